/* SPDX-License-Identifier: Apache-2.0
 * base/md5.h - the MD5 digest (RFC 1321), for SQL's md5() and the Postgres login. Not for security.
 *
 *     char hex[MD5_HEX_SIZE];
 *     md5_hex(str, hex);
 *
 * Threads: no state. */
#ifndef WEIR_BASE_MD5_H
#define WEIR_BASE_MD5_H

#include "base/str.h"

enum { MD5_DIGEST_SIZE = 16, MD5_HEX_SIZE = 32 };

void md5_digest(Str input, uint8_t digest[MD5_DIGEST_SIZE]);

/* Lower case, no zero byte: exactly MD5_HEX_SIZE bytes. */
void md5_hex(Str input, char hex[MD5_HEX_SIZE]);

#endif
