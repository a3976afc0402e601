/* SPDX-License-Identifier: Apache-2.0
 * db/guess.h - the columns of a source that names none, from the first records of its input.
 *
 *     TRY(guess_read_stdin(db, err));                       db->stdin_head is there, also for who reads it afterwards
 *     TRY(guess_columns(db, arena, connector, &options, &relation, err));      CREATE SOURCE s WITH (connector = 'file', path = 'x.csv')
 *
 * What is guessed is format/infer.h's; what the options say holds. Threads: inside the database. */
#ifndef WEIR_DB_GUESS_H
#define WEIR_DB_GUESS_H

#include "connect/connector.h"
#include "db/database.h"
#include "format/infer.h"

/* The head of standard input, read once. INTERRUPTED while nothing comes. */
NODISCARD Status guess_read_stdin(weir_db *db, Error *err);

/* Columns of the relation, and the format and delimiter among the options where these have none. Connectors that have a format read files;
 * of several files the first is looked at. */
NODISCARD Status guess_columns(weir_db *db, Arena *arena, const Connector *connector, OptionList *options, Relation *relation, Error *err);

/* The format, and CSV's delimiter and comment, as options where none is given; *options is a new list in the arena. */
enum { GUESS_OPTION_COUNT_MAX = 3 };
NODISCARD Status guess_add_options(const Inference *inference, Arena *arena, OptionList *options, Error *err);

/* The same for what a guess was made of: columns of a relation. */
NODISCARD Status guess_take_columns(const Inference *inference, Arena *arena, Relation *relation, Error *err);

#endif
