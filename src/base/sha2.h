/* SPDX-License-Identifier: Apache-2.0
 * base/sha2.h - the digests SHA-224, SHA-256, SHA-384 and SHA-512 (FIPS 180-4), for SQL's sha256() and its
 * like. Plain C, written for size.
 *
 *     uint8_t digest[SHA2_DIGEST_SIZE_MAX];
 *     sha2_digest(str, SHA2_256, digest);          its first sha2_size(SHA2_256) bytes
 *
 * Threads: no state. */
#ifndef WEIR_BASE_SHA2_H
#define WEIR_BASE_SHA2_H

#include "base/str.h"

typedef enum Sha2 { SHA2_224, SHA2_256, SHA2_384, SHA2_512 } Sha2;

enum { SHA2_DIGEST_SIZE_MAX = 64 };

/* Bytes of the digest: the first of the 64 that sha2_digest has room for. */
static inline size_t sha2_size(Sha2 kind) {
    return kind == SHA2_224 ? 28 : kind == SHA2_256 ? 32 : kind == SHA2_384 ? 48 : 64;
}

/* Bytes past sha2_size(kind) are left as they were. */
void sha2_digest(Str input, Sha2 kind, uint8_t digest[SHA2_DIGEST_SIZE_MAX]);

#endif
