/* SPDX-License-Identifier: Apache-2.0
 * base/uuid.h - UUID: 16 bytes, and its text.
 *
 *     TRY(uuid_parse(STR("{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}"), &uuid, err));
 *
 * Ordered by bytes (memcmp). Threads: no state. */
#ifndef WEIR_BASE_UUID_H
#define WEIR_BASE_UUID_H

#include "base/text.h"

typedef struct Uuid {
    uint8_t bytes[16];
} Uuid;

enum { UUID_TEXT_SIZE = 36 };

/* Hexadecimal digits of either case, a hyphen allowed after every fourth, braces allowed around: PostgreSQL's
 * rule. INVALID_TEXT (22P02) for anything else. */
Status uuid_parse(Str text, Uuid *out, Error *err);

/* Writes exactly UUID_TEXT_SIZE bytes: lower case, 8-4-4-4-12. */
void uuid_write(char *out, const Uuid *uuid);
void text_append_uuid(Text *text, const Uuid *uuid);

/* Version 4 from 16 random bytes of the caller: six of their bits give way to version and variant. */
Uuid uuid_from_random(const uint8_t random[16]);

#endif
