/* SPDX-License-Identifier: Apache-2.0
 * kernel/modulo.tmpl.h - x % divisor = remainder without a division.
 *
 * Parameters, undefined at the end: LANE (i32, i64), T, U, and, where the level has one, VECTOR_WORD(a,
 * inverse, limit, rotate): 64 rows at once for remainder 0.
 *
 * With |divisor| = 2^k * m, m odd: u is a multiple of |divisor| exactly when u * m^-1 (mod 2^bits), rotated
 * right by k, is at most floor((2^bits - 1) / |divisor|) (Hacker's Delight 10-17). x % d = r asks that of |x|
 * - |r|, and that x has the sign of r. */
#define NAME_(operation, lane)  operation##_##lane
#define NAME__(operation, lane) NAME_(operation, lane)
#define NAME(operation)         NAME__(operation, LANE)

static U NAME(inverse)(U odd) {
    DEBUG_ASSERT((odd & 1) == 1); /* an even number has no inverse modulo a power of two */
    U inverse = odd; /* right in 3 bits; each round doubles them */
    for (int bits = 3; bits < (int)(8 * sizeof(U)); bits *= 2) inverse = (U)(inverse * (2 - odd * inverse));
    return inverse;
}

/* What tells a multiple of one divisor: m^-1, floor((2^bits - 1) / |divisor|), and k. */
typedef struct NAME(Multiple) {
    U inverse;
    U limit;
    int rotate;
} NAME(Multiple);

static NAME(Multiple) NAME(multiple)(T divisor) {
    DEBUG_ASSERT(divisor != 0);
    U magnitude = divisor < 0 ? (U)(0 - (U)divisor) : (U)divisor;
    int rotate = sizeof(U) == 8 ? __builtin_ctzll(magnitude) : __builtin_ctz((unsigned)magnitude);
    return (NAME(Multiple)){.inverse = NAME(inverse)((U)(magnitude >> rotate)),
                            .limit = (U)(~(U)0 / magnitude),
                            .rotate = rotate};
}

/* Of the least value too, which has no positive twin in T. */
static inline U NAME(magnitude)(T x) {
    return x < 0 ? (U)(0 - (U)x) : (U)x;
}

static inline bool NAME(is_multiple)(U u, NAME(Multiple) multiple) {
    enum { BITS = 8 * sizeof(U) };
    U product = (U)(u * multiple.inverse);
    return (U)(product >> multiple.rotate | product << ((BITS - multiple.rotate) % BITS)) <= multiple.limit;
}

static inline uint64_t NAME(multiple_word)(const T *restrict a, NAME(Multiple) multiple) {
#if defined(VECTOR_WORD)
    return VECTOR_WORD(a, multiple.inverse, multiple.limit, multiple.rotate);
#else
    uint8_t flags[64];
    for (size_t i = 0; i < 64; i++) flags[i] = NAME(is_multiple)(NAME(magnitude)(a[i]), multiple);
    return pack_flags(flags);
#endif
}

/* Remainders other than 0. */
static void NAME(modulo_is_other)(const T *restrict a, T divisor, T remainder, size_t count,
                                  uint64_t *restrict bits) {
    NAME(Multiple) multiple = NAME(multiple)(divisor);
    U rest = NAME(magnitude)(remainder);
    /* x % 3 is never 5, and never -3: no row then. */
    bool possible = rest < NAME(magnitude)(divisor);
    for (size_t row = 0; row < count; row += 64) {
        size_t end = count - row < 64 ? count - row : 64;
        uint64_t word = 0;
        for (size_t i = 0; possible && i < end; i++) {
            U u = NAME(magnitude)(a[row + i]);
            bool is = (a[row + i] < 0) == (remainder < 0) && u >= rest &&
                      NAME(is_multiple)((U)(u - rest), multiple);
            word |= (uint64_t)is << i;
        }
        bits[row / 64] = word;
    }
}

static void NAME(modulo_is)(const T *restrict a, T divisor, T remainder, size_t count,
                            uint64_t *restrict bits) {
    if (remainder != 0) {
        NAME(modulo_is_other)(a, divisor, remainder, count, bits);
        return;
    }
    NAME(Multiple) multiple = NAME(multiple)(divisor);
    size_t row = 0;
    for (; row + 64 <= count; row += 64) bits[row / 64] = NAME(multiple_word)(a + row, multiple);
    if (row == count) return; /* no last, incomplete word to write */
    uint64_t word = 0;
    for (size_t i = 0; row + i < count; i++)
        word |= (uint64_t)NAME(is_multiple)(NAME(magnitude)(a[row + i]), multiple) << i;
    bits[row / 64] = word;
}

#undef NAME_
#undef NAME__
#undef NAME
#undef LANE
#undef T
#undef U
#undef VECTOR_WORD
