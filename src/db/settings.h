/* SPDX-License-Identifier: Apache-2.0
 * db/settings.h - SET, SHOW and RESET of setting.def. on_error and TimeZone are the session's, batch_rows the database's.
 *
 *     TRY(settings_set(conn, ast->set, false, err));           SET on_error = 'stop'
 *     TRY(settings_get(conn, &name, &text, err));              SHOW on_error
 *
 * Most settings are PostgreSQL's and have one value here: setting it is taken, another value that PostgreSQL would take is
 * NOT_SUPPORTED, anything else INVALID_OPTION. Threads: inside the database. */
#ifndef WEIR_DB_SETTINGS_H
#define WEIR_DB_SETTINGS_H

#include "db/conn.h"

/* In the order of setting.def, index < settings_count(); texts are constants. */
uint32_t settings_count(void);
const char *settings_name(uint32_t index);
const char *settings_summary(uint32_t index);
/* The value as SHOW gives it. */
void settings_read(const weir_conn *conn, uint32_t index, Text *out);

/* What the column of SHOW is called: the setting as it is written here, in whatever case it was asked for. */
Str settings_column(Str name);
/* UNDEFINED_OBJECT for a name that is none, with the nearest that is. */
NODISCARD Status settings_get(const weir_conn *conn, const AstName *name, Text *out, Error *err);

/* SET and RESET (whose `name` may be empty: ALL). Errors carry the position of the setting's name. */
NODISCARD Status settings_set(weir_conn *conn, const AstSet *set, bool reset, Error *err);

#endif
