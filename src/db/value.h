/* SPDX-License-Identifier: Apache-2.0
 * db/value.h - a weir_value of the user's as a value of a column or a parameter: checked for type, range and encoding.
 *
 *     ValuePlace place = {.type = field->type, .column = field->name, .zone = zone, .zones = &db->zones.source};
 *     TRY(value_append(&builder, &place, &value, err));
 *
 * Text is the form of any type, integers and doubles those of their own; REFERENCE.md lists which, "Types". */
#ifndef WEIR_DB_VALUE_H
#define WEIR_DB_VALUE_H

#include <weir.h>

#include "column/builder.h"

/* Where a value is to go: what its errors name. */
typedef struct ValuePlace {
    Type type;
    Str column;         /* its name; of parameters empty */
    uint32_t parameter; /* n of $n; 0: a column */
    const Zone *zone;   /* of texts of TIMESTAMPTZ that name none; NULL: UTC */
    ZoneSource *zones;
} ValuePlace;

/* Appended to a builder of the place's type (of NUMERIC with the digits that are kept), or nothing and: DATATYPE_MISMATCH,
 * NUMERIC_OUT_OF_RANGE, DATETIME_OUT_OF_RANGE, INVALID_ENCODING, MISUSE, and those of array_builder_parse. */
NODISCARD Status value_append(ArrayBuilder *builder, const ValuePlace *place, const weir_value *value, Error *err);

/* DATATYPE_MISMATCH: "column "x" is of type integer but the value is `given`". */
NODISCARD Status value_misfit(const ValuePlace *place, const char *given, Error *err);

#endif
