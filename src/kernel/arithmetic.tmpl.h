/* SPDX-License-Identifier: Apache-2.0
 * kernel/arithmetic.tmpl.h - + - * / % of one numeric type.
 *
 * Parameters, undefined at the end:
 *     LANE        suffix of the names: i16, i32, i64, f32, f64
 *     T           the C type
 *     INTEGER     1 or 0
 *     U           integers: the unsigned type
 *     T_MIN       integers: the least value
 *     WIDER       integers: a signed type of twice the width, for division by a constant and
 *                 multiplication
 *
 * Every loop computes all rows and folds "something may be wrong" into one flag, so that it has no branch. */
/* Two steps, so that LANE is expanded before it is pasted: add_aa_i32 for an array and an array, add_ac_i32 for an array and a
 * constant, add_ca_i32 the other way. */
#define NAME_(operation, form, lane)  operation##_##form##_##lane
#define NAME__(operation, form, lane) NAME_(operation, form, lane)
#define NAME(operation, form)         NAME__(operation, form, LANE)

#if INTEGER
/* The sign bit of `flag` collects overflow: a sum overflows when its sign is neither operand's (Hacker's
 * Delight 2-13). In U, since signed overflow is undefined. */
#define ADD_ROW(x, y, result)                             \
    do {                                                  \
        (result) = (T)((U)(x) + (U)(y));                  \
        flag |= (T)(((x) ^ (result)) & ((y) ^ (result))); \
    } while (0)
#define SUBTRACT_ROW(x, y, result)                   \
    do {                                             \
        (result) = (T)((U)(x) - (U)(y));             \
        flag |= (T)(((x) ^ (y)) & ((x) ^ (result))); \
    } while (0)
#define FLAG_INIT   T flag = 0
#define FLAG_RESULT (flag < 0)
#else
#define FLAG_INIT      int flag = 0
#define FLAG_RESULT    (flag != 0)
/* Infinite, and not NaN: inf - inf and NaN - NaN are NaN, which is not 0 either. */
#define IS_INFINITE(x) ((x) - (x) != 0 && (x) == (x))
#define ADD_ROW(x, y, result)        \
    do {                             \
        (result) = (x) + (y);        \
        flag |= IS_INFINITE(result); \
    } while (0)
#define SUBTRACT_ROW(x, y, result)   \
    do {                             \
        (result) = (x) - (y);        \
        flag |= IS_INFINITE(result); \
    } while (0)
/* PostgreSQL calls 0 from operands that are not 0 an underflow; rows with one of them 0 are looked at in
 * vain. */
#define MULTIPLY_ROW(x, y, result)                                                 \
    do {                                                                           \
        (result) = (x) * (y);                                                      \
        flag |= IS_INFINITE(result) | (((result) == 0) & ((x) != 0) & ((y) != 0)); \
    } while (0)
#define DIVIDE_ROW(x, y, result)                                                   \
    do {                                                                           \
        (result) = (x) / (y);                                                      \
        flag |= IS_INFINITE(result) | ((y) == 0) | (((result) == 0) & ((x) != 0)); \
    } while (0)
#endif

/* The three forms of one operation. Values go through locals of type T, since a ROW reads its operands more than once and the arrays
 * may not be read again after a store. */
#define LOOPS(operation, ROW)                                                                       \
    static bool NAME(operation, aa)(const void *restrict a_, const void *restrict b_, size_t count, \
                                    void *restrict out_) {                                          \
        const T *restrict a = a_;                                                                   \
        const T *restrict b = b_;                                                                   \
        T *restrict out = out_;                                                                     \
        FLAG_INIT;                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                        \
            T x = a[i], y = b[i], result;                                                           \
            ROW(x, y, result);                                                                      \
            out[i] = result;                                                                        \
        }                                                                                           \
        return FLAG_RESULT;                                                                         \
    }                                                                                               \
    static bool NAME(operation, ac)(const void *restrict a_, const void *restrict b_, size_t count, \
                                    void *restrict out_) {                                          \
        const T *restrict a = a_;                                                                   \
        const T y = *(const T *)b_;                                                                 \
        T *restrict out = out_;                                                                     \
        FLAG_INIT;                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                        \
            T x = a[i], result;                                                                     \
            ROW(x, y, result);                                                                      \
            out[i] = result;                                                                        \
        }                                                                                           \
        return FLAG_RESULT;                                                                         \
    }                                                                                               \
    static bool NAME(operation, ca)(const void *restrict a_, const void *restrict b_, size_t count, \
                                    void *restrict out_) {                                          \
        const T x = *(const T *)a_;                                                                 \
        const T *restrict b = b_;                                                                   \
        T *restrict out = out_;                                                                     \
        FLAG_INIT;                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                        \
            T y = b[i], result;                                                                     \
            ROW(x, y, result);                                                                      \
            out[i] = result;                                                                        \
        }                                                                                           \
        return FLAG_RESULT;                                                                         \
    }

LOOPS(add, ADD_ROW)
LOOPS(subtract, SUBTRACT_ROW)

#if INTEGER
#undef FLAG_INIT
#undef FLAG_RESULT
#define FLAG_INIT   bool flag = false
#define FLAG_RESULT flag
/* Types narrower than 64 bits multiply in the wider type, which vectorises. */
#define MULTIPLY_ROW(x, y, result)                               \
    do {                                                         \
        if (sizeof(T) == 8) {                                    \
            flag |= __builtin_mul_overflow((x), (y), &(result)); \
        } else {                                                 \
            WIDER product = (WIDER)((WIDER)(x) * (WIDER)(y));    \
            (result) = (T)product;                               \
            flag |= product != (WIDER)(result);                  \
        }                                                        \
    } while (0)
/* A divisor of 0 or -1 divides by 1 instead, -1 then negates: nothing traps. */
#define DIVIDE_ROW(x, y, result)                                \
    do {                                                        \
        bool special = (U)((U)(y) + 1) <= 1;                    \
        T quotient = (T)((x) / (special ? 1 : (y)));            \
        (result) = (y) == -1 ? (T)(0 - (U)quotient) : quotient; \
        flag |= ((y) == 0) | (((y) == -1) & ((x) == T_MIN));    \
    } while (0)
#define MODULO_ROW(x, y, result)                   \
    do {                                           \
        bool special = (U)((U)(y) + 1) <= 1;       \
        (result) = (T)((x) % (special ? 1 : (y))); \
        flag |= (y) == 0;                          \
    } while (0)

LOOPS(multiply, MULTIPLY_ROW)
LOOPS(divide_any, DIVIDE_ROW)
LOOPS(modulo_any, MODULO_ROW)

/* Division by a constant as a multiplication: q = floor(|x| * m / 2^(bits + shift)) with the m that is
 * exact for every dividend (Granlund and Montgomery 1994, the unsigned form on magnitudes, where m has one
 * bit more than the word: q = (((u - t) >> 1) + t) >> (shift - 1) with t = high(u * m)). */
typedef struct NAME(divider, by) {
    U multiplier;
    int shift; /* of the sum, after the halving */
} NAME(divider, by);

static NAME(divider, by) NAME(divider, make)(U magnitude) {
    DEBUG_ASSERT(magnitude >= 2); /* 0, 1 and -1 went to divide_any */
    enum { BITS = 8 * sizeof(U) };
    int shift = 0; /* ceil(log2(magnitude)), magnitude >= 2 */
    while (shift < BITS && ((unsigned __int128)1 << shift) < magnitude) shift++;
    unsigned __int128 numerator = (((unsigned __int128)1 << shift) - magnitude) << BITS;
    DEBUG_ASSERT(shift >= 1 && shift <= BITS);
    return (NAME(divider, by)){.multiplier = (U)(numerator / magnitude + 1), .shift = shift - 1};
}

/* floor(u / magnitude) of any u: (u - t) / 2 + t is (u + t) / 2 without the bit that the sum would lose. */
static inline __attribute__((always_inline)) U NAME(divider, quotient)(U u, U multiplier, int shift) {
    U t = (U)(((unsigned WIDER)u * multiplier) >> (8 * sizeof(U)));
    return (U)((U)((U)((U)(u - t) >> 1) + t) >> shift);
}

/* Signs are taken off by xor and subtraction, which is a negation when the mask is all ones; the remainder has the sign of the dividend.
 * No row can fail: 0 and -1 are no divisors here. `modulo` is a constant where this is inlined. */
static inline __attribute__((always_inline)) bool NAME(divider, loop)(const T *restrict a, T divisor,
                                                                      size_t count, T *restrict out,
                                                                      bool modulo) {
    U magnitude = divisor < 0 ? (U)(0 - (U)divisor) : (U)divisor;
    NAME(divider, by) divider = NAME(divider, make)(magnitude);
    T divisor_sign = (T)(divisor < 0 ? -1 : 0);
    for (size_t i = 0; i < count; i++) {
        T x = a[i];
        T sign = (T)(x < 0 ? -1 : 0);
        U u = (U)(((U)x ^ (U)sign) - (U)sign);
        U quotient = NAME(divider, quotient)(u, divider.multiplier, divider.shift);
        if (modulo) { /* u - q * d, below d */
            U remainder = (U)(u - (U)(quotient * magnitude));
            out[i] = (T)((remainder ^ (U)sign) - (U)sign);
        } else {
            U negative = (U)(sign ^ divisor_sign);
            out[i] = (T)((quotient ^ negative) - negative);
        }
    }
    return false;
}

enum { NAME(divider, rows_min) = 16 }; /* below it, making the multiplier costs more than dividing */

static bool NAME(divide, ac)(const void *restrict a, const void *restrict b, size_t count,
                             void *restrict out) {
    T divisor = *(const T *)b;
    /* -1, 0 and 1, as one comparison of unsigned numbers. */
    if (count < NAME(divider, rows_min) || (U)(divisor + (U)1) <= 2)
        return NAME(divide_any, ac)(a, b, count, out);
    return NAME(divider, loop)(a, divisor, count, out, false);
}
static bool NAME(modulo, ac)(const void *restrict a, const void *restrict b, size_t count,
                             void *restrict out) {
    T divisor = *(const T *)b;
    if (count < NAME(divider, rows_min) || (U)(divisor + (U)1) <= 2)
        return NAME(modulo_any, ac)(a, b, count, out);
    return NAME(divider, loop)(a, divisor, count, out, true);
}
#undef MODULO_ROW
#else
LOOPS(multiply, MULTIPLY_ROW)
LOOPS(divide, DIVIDE_ROW)
#undef IS_INFINITE
#endif

#undef NAME_
#undef NAME__
#undef NAME
#undef ADD_ROW
#undef SUBTRACT_ROW
#undef MULTIPLY_ROW
#undef DIVIDE_ROW
#undef FLAG_INIT
#undef FLAG_RESULT
#undef LOOPS
#undef LANE
#undef T
#undef INTEGER
#undef U
#undef T_MIN
#undef WIDER
