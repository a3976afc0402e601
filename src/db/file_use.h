/* SPDX-License-Identifier: Apache-2.0
 * db/file_use.h - one file, one writer, and nobody who reads it meanwhile.
 *
 * A sink that wrote the file of a source would empty it, or feed itself for ever; two sinks in one file would
 * write over each other. */
#ifndef WEIR_DB_FILE_USE_H
#define WEIR_DB_FILE_USE_H

#include "db/object.h"

/* Before the file of a sink is opened. INVALID_OPTION at the path when a source reads that file now, or another
 * sink writes it, by whatever name, or the process has it as its standard input or output; devices and pipes may be
 * shared. Files that a source's pattern will match
 * later are not seen. */
NODISCARD Status file_use_check(const weir_db *db, const Object *sink, Error *err);

#endif
