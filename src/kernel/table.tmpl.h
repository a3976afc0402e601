/* SPDX-License-Identifier: Apache-2.0
 * kernel/table.tmpl.h - all kernels of one CPU level: included by the file of each level, which is compiled
 * with that level's flags. Where the compiler does not find the instructions itself, code under __AVX2__ or
 * __AVX512F__ says how.
 *
 * Parameters, undefined at the end: TABLE, the name of the table. */
#include <math.h>

#include "kernel/table.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* 64 bytes of 0 or 1 to 64 bits, row 0 the lowest. The multiplication moves bit 0 of byte i to bit 56 + i:
 * all the products fall on bits of their own, so nothing carries. */
static inline __attribute__((always_inline)) uint64_t pack_flags(const uint8_t *flags) {
#if defined(__AVX512BW__)
    __m512i bytes = _mm512_loadu_si512(flags);
    return _mm512_test_epi8_mask(bytes, bytes);
#elif defined(__AVX2__)
    __m256i low = _mm256_slli_epi16(_mm256_loadu_si256((const __m256i *)flags), 7);
    __m256i high = _mm256_slli_epi16(_mm256_loadu_si256((const __m256i *)(flags + 32)), 7);
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
#else
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t eight;
        memcpy(&eight, flags + 8 * i, 8);
        word |= (eight * 0x0102040810204080ULL >> 56) << (8 * i);
    }
    return word;
#endif
}

/* WIDER of i64 has 128 bits: no product can be lost, and division by a constant needs the upper half. */
#define LANE    i16
#define T       int16_t
#define INTEGER 1
#define U       uint16_t
#define T_MIN   INT16_MIN
#define WIDER   int
#include "kernel/arithmetic.tmpl.h"
#define LANE    i32
#define T       int32_t
#define INTEGER 1
#define U       uint32_t
#define T_MIN   INT32_MIN
#define WIDER   long
#include "kernel/arithmetic.tmpl.h"
#define LANE    i64
#define T       int64_t
#define INTEGER 1
#define U       uint64_t
#define T_MIN   INT64_MIN
#define WIDER   __int128
#include "kernel/arithmetic.tmpl.h"
#define LANE    f32
#define T       float
#define INTEGER 0
#include "kernel/arithmetic.tmpl.h"
#define LANE    f64
#define T       double
#define INTEGER 0
#include "kernel/arithmetic.tmpl.h"

#define LANE     i16
#define T        int16_t
#define KEY(x)   (x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"
#define LANE     i32
#define T        int32_t
#define KEY(x)   (x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"
#define LANE     i64
#define T        int64_t
#define KEY(x)   (x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"
#define LANE     f32
#define T        float
#define KEY(x)   (x)
#define FLOATING 1
#include "kernel/compare.tmpl.h"
#define LANE     f64
#define T        double
#define KEY(x)   (x)
#define FLOATING 1
#include "kernel/compare.tmpl.h"
#define LANE     i128
#define T        __int128
#define KEY(x)   (x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"

/* As interval_order of base/interval.h, here in full so that it is compiled with the level's flags. The
 * compiler cannot vectorise 128 bits; what counts is that there is no call per row. */
static inline __int128 interval_key(Interval interval) {
    enum { DAYS_PER_MONTH = 30 };
    return ((__int128)interval.months * DAYS_PER_MONTH + interval.days) * (INT64_C(86400) * 1000000) +
           interval.microseconds;
}
#define LANE     interval
#define T        Interval
#define KEY(x)   interval_key(x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"

typedef struct Bytes16 {
    uint64_t words[2];
} Bytes16;
/* Byte order is the order of big-endian numbers. */
static inline unsigned __int128 bytes16_key(Bytes16 bytes) {
    return (unsigned __int128)__builtin_bswap64(bytes.words[0]) << 64 | __builtin_bswap64(bytes.words[1]);
}
#define LANE     bytes16
#define T        Bytes16
#define KEY(x)   bytes16_key(x)
#define FLOATING 0
#include "kernel/compare.tmpl.h"

/* The length and the first four bytes lie in one word of the view, the rest of a short text in the other. */
static inline bool views_equal(KernelViews a, size_t i, KernelViews b, size_t j, bool valid) {
    uint64_t x[2], y[2];
    memcpy(x, &a.views[i], 16);
    memcpy(y, &b.views[j], 16);
    if (x[0] != y[0]) return false;
    if ((uint32_t)x[0] <= VIEW_INLINE_SIZE_MAX) return x[1] == y[1];
    return valid && memcmp(view_text(&a.views[i], a.data).data, view_text(&b.views[j], b.data).data,
                           a.views[i].size) == 0;
}

/* The first four bytes as a number decide most: shorter texts are padded with zeros. */
static inline int views_order(KernelViews a, size_t i, KernelViews b, size_t j, bool valid) {
    uint32_t x, y;
    memcpy(&x, a.views[i].inlined, 4);
    memcpy(&y, b.views[j].inlined, 4);
    x = __builtin_bswap32(x), y = __builtin_bswap32(y);
    if (x != y) return x < y ? -1 : 1;
    if (!valid) return 0;
    Str text_a = view_text(&a.views[i], a.data), text_b = view_text(&b.views[j], b.data);
    size_t size = text_a.size < text_b.size ? text_a.size : text_b.size;
    int order = memcmp(text_a.data, text_b.data, size);
    return order != 0 ? order : text_a.size < text_b.size ? -1 : text_a.size > text_b.size;
}

#define OPERATION equal
#define EQUALITY  1
#define ROW(same) (same)
#include "kernel/views.tmpl.h"
#define OPERATION not_equal
#define EQUALITY  1
#define ROW(same) (!(same))
#include "kernel/views.tmpl.h"
#define OPERATION  less
#define EQUALITY   0
#define ROW(order) ((order) < 0)
#include "kernel/views.tmpl.h"
#define OPERATION  less_equal
#define EQUALITY   0
#define ROW(order) ((order) <= 0)
#include "kernel/views.tmpl.h"
#define OPERATION  greater
#define EQUALITY   0
#define ROW(order) ((order) > 0)
#include "kernel/views.tmpl.h"
#define OPERATION  greater_equal
#define EQUALITY   0
#define ROW(order) ((order) >= 0)
#include "kernel/views.tmpl.h"

/* Any integer to a wider one or to a float. */
#define ALWAYS_FITS(x) true
#define PLAIN(x)       (TO)(x)
/* Integer to a narrower integer: there and back is the same value. */
#define NARROW_FITS(x) ((FROM)(TO)(x) == (x))
/* Float to integer, to nearest, ties to even; bounds as powers of two, which are exact. */
#define ROUND_FITS(x, bits) (ROUND(x) >= -(FROM)(1ULL << ((bits)-1)) && ROUND(x) < (FROM)(1ULL << ((bits)-1)))
#define ROUND_GIVE(x, bits) (ROUND_FITS(x, bits) ? (TO)ROUND(x) : 0)

#define NAME    convert_i16_i32
#define FROM    int16_t
#define TO      int32_t
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i16_i64
#define FROM    int16_t
#define TO      int64_t
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i16_f32
#define FROM    int16_t
#define TO      float
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i16_f64
#define FROM    int16_t
#define TO      double
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i32_i16
#define FROM    int32_t
#define TO      int16_t
#define FITS(x) NARROW_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i32_i64
#define FROM    int32_t
#define TO      int64_t
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i32_f32
#define FROM    int32_t
#define TO      float
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i32_f64
#define FROM    int32_t
#define TO      double
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i64_i16
#define FROM    int64_t
#define TO      int16_t
#define FITS(x) NARROW_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i64_i32
#define FROM    int64_t
#define TO      int32_t
#define FITS(x) NARROW_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i64_f32
#define FROM    int64_t
#define TO      float
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#define NAME    convert_i64_f64
#define FROM    int64_t
#define TO      double
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"

#define ROUND(x) rintf(x)
#define NAME     convert_f32_i16
#define FROM     float
#define TO       int16_t
#define FITS(x)  ROUND_FITS(x, 16)
#define GIVE(x)  ROUND_GIVE(x, 16)
#include "kernel/convert.tmpl.h"
#define NAME    convert_f32_i32
#define FROM    float
#define TO      int32_t
#define FITS(x) ROUND_FITS(x, 32)
#define GIVE(x) ROUND_GIVE(x, 32)
#include "kernel/convert.tmpl.h"
#define NAME    convert_f32_i64
#define FROM    float
#define TO      int64_t
#define FITS(x) ROUND_FITS(x, 64)
#define GIVE(x) ROUND_GIVE(x, 64)
#include "kernel/convert.tmpl.h"
#undef ROUND

#define ROUND(x) rint(x)
#define NAME     convert_f64_i16
#define FROM     double
#define TO       int16_t
#define FITS(x)  ROUND_FITS(x, 16)
#define GIVE(x)  ROUND_GIVE(x, 16)
#include "kernel/convert.tmpl.h"
#define NAME    convert_f64_i32
#define FROM    double
#define TO      int32_t
#define FITS(x) ROUND_FITS(x, 32)
#define GIVE(x) ROUND_GIVE(x, 32)
#include "kernel/convert.tmpl.h"
#define NAME    convert_f64_i64
#define FROM    double
#define TO      int64_t
#define FITS(x) ROUND_FITS(x, 64)
#define GIVE(x) ROUND_GIVE(x, 64)
#include "kernel/convert.tmpl.h"
#undef ROUND

#define NAME    convert_f32_f64
#define FROM    float
#define TO      double
#define FITS(x) ALWAYS_FITS(x)
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
/* A finite double that turns into an infinity, or into zero, does not fit: PostgreSQL's overflow and
 * underflow. */
#define NAME    convert_f64_f32
#define FROM    double
#define TO      float
#define FITS(x) ((((float)(x) - (float)(x) == 0) | ((x) - (x) != 0)) & (((float)(x) != 0) | ((x) == 0)))
#define GIVE(x) PLAIN(x)
#include "kernel/convert.tmpl.h"
#undef ALWAYS_FITS
#undef PLAIN
#undef NARROW_FITS
#undef ROUND_FITS
#undef ROUND_GIVE

#define LANE i32
#define T    int32_t
#define U    uint32_t
#include "kernel/modulo.tmpl.h"
#define LANE i64
#define T    int64_t
#define U    uint64_t
/* The test of modulo.tmpl.h, eight rows at once: the low 64 bits of a product are one instruction only with AVX-512DQ. */
#if defined(__AVX512DQ__)
static inline uint64_t multiple_word_avx512(const int64_t *a, uint64_t inverse, uint64_t limit, int rotate) {
    __m512i inverses = _mm512_set1_epi64((int64_t)inverse), limits = _mm512_set1_epi64((int64_t)limit);
    __m512i rotates = _mm512_set1_epi64(rotate);
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        __m512i magnitude = _mm512_abs_epi64(_mm512_loadu_si512(a + 8 * i));
        __m512i product = _mm512_rorv_epi64(_mm512_mullo_epi64(magnitude, inverses), rotates);
        word |= (uint64_t)_mm512_cmple_epu64_mask(product, limits) << (8 * i);
    }
    return word;
}
#define VECTOR_WORD(a, inverse, limit, rotate) multiple_word_avx512(a, inverse, limit, rotate)
#endif
#include "kernel/modulo.tmpl.h"

#include "kernel/sums.tmpl.h"

/* AVX-512 stores sixteen rows whatever their number, hence the room behind. */
static uint32_t select_bits(const uint64_t *restrict bits, uint32_t count, uint32_t *restrict rows) {
    uint32_t *at = rows;
    for (uint32_t first = 0; first < count; first += 64) {
        uint64_t word = bits[first / 64];
        if (count - first < 64) word &= bits_tail_mask(count);
#if defined(__AVX512F__)
        __m512i row =
            _mm512_add_epi32(_mm512_set1_epi32((int)first),
                             _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
        for (; word != 0; word >>= 16) {
            __mmask16 sixteen = (__mmask16)word;
            _mm512_storeu_si512(at, _mm512_maskz_compress_epi32(sixteen, row));
            at += __builtin_popcount(sixteen);
            row = _mm512_add_epi32(row, _mm512_set1_epi32(16));
        }
#else
        for (; word != 0; word &= word - 1) *at++ = first + (uint32_t)__builtin_ctzll(word);
#endif
    }
    return (uint32_t)(at - rows);
}

/* clang-format off */
/* Division by an array, and of a constant, has no multiplier to prepare: divide_any. COMPARE has no third form: its caller swaps. */
#define ARITHMETIC(OPERATION, aa, ac, ca, LANE, lane) \
    [KERNEL_##OPERATION][KERNEL_ARRAY_ARRAY][LANE_##LANE] = aa##_aa_##lane, \
    [KERNEL_##OPERATION][KERNEL_ARRAY_CONSTANT][LANE_##LANE] = ac##_ac_##lane, \
    [KERNEL_##OPERATION][KERNEL_CONSTANT_ARRAY][LANE_##LANE] = ca##_ca_##lane
#define INTEGER_ARITHMETIC(LANE, lane) \
    ARITHMETIC(ADD, add, add, add, LANE, lane), \
    ARITHMETIC(SUBTRACT, subtract, subtract, subtract, LANE, lane), \
    ARITHMETIC(MULTIPLY, multiply, multiply, multiply, LANE, lane), \
    ARITHMETIC(DIVIDE, divide_any, divide, divide_any, LANE, lane), \
    ARITHMETIC(MODULO, modulo_any, modulo, modulo_any, LANE, lane)
#define FLOAT_ARITHMETIC(LANE, lane) \
    ARITHMETIC(ADD, add, add, add, LANE, lane), \
    ARITHMETIC(SUBTRACT, subtract, subtract, subtract, LANE, lane), \
    ARITHMETIC(MULTIPLY, multiply, multiply, multiply, LANE, lane), \
    ARITHMETIC(DIVIDE, divide, divide, divide, LANE, lane)
#define COMPARE_ONE(OPERATION, operation, ORDER, lane) \
    [KERNEL_##OPERATION][KERNEL_ARRAY_ARRAY][ORDER_##ORDER] = operation##_aa_##lane, \
    [KERNEL_##OPERATION][KERNEL_ARRAY_CONSTANT][ORDER_##ORDER] = operation##_ac_##lane
#define COMPARE(ORDER, lane) \
    COMPARE_ONE(EQUAL, equal, ORDER, lane), COMPARE_ONE(NOT_EQUAL, not_equal, ORDER, lane), \
    COMPARE_ONE(LESS, less, ORDER, lane), COMPARE_ONE(LESS_EQUAL, less_equal, ORDER, lane), \
    COMPARE_ONE(GREATER, greater, ORDER, lane), COMPARE_ONE(GREATER_EQUAL, greater_equal, ORDER, lane)
#define COMPARE_VIEWS(OPERATION, operation) \
    [KERNEL_##OPERATION] = {compare_views_##operation##_aa, compare_views_##operation##_ac}

const KernelTable TABLE = {
    .arithmetic = {INTEGER_ARITHMETIC(I16, i16), INTEGER_ARITHMETIC(I32, i32), INTEGER_ARITHMETIC(I64, i64),
                   FLOAT_ARITHMETIC(F32, f32), FLOAT_ARITHMETIC(F64, f64)},
    .compare = {COMPARE(I16, i16), COMPARE(I32, i32), COMPARE(I64, i64), COMPARE(F32, f32), COMPARE(F64, f64),
                COMPARE(I128, i128), COMPARE(INTERVAL, interval), COMPARE(BYTES16, bytes16)},
    .compare_views = {COMPARE_VIEWS(EQUAL, equal), COMPARE_VIEWS(NOT_EQUAL, not_equal),
                      COMPARE_VIEWS(LESS, less), COMPARE_VIEWS(LESS_EQUAL, less_equal),
                      COMPARE_VIEWS(GREATER, greater), COMPARE_VIEWS(GREATER_EQUAL, greater_equal)},
    .convert = {
        [LANE_I16] = {NULL, convert_i16_i32, convert_i16_i64, convert_i16_f32, convert_i16_f64},
        [LANE_I32] = {convert_i32_i16, NULL, convert_i32_i64, convert_i32_f32, convert_i32_f64},
        [LANE_I64] = {convert_i64_i16, convert_i64_i32, NULL, convert_i64_f32, convert_i64_f64},
        [LANE_F32] = {convert_f32_i16, convert_f32_i32, convert_f32_i64, NULL, convert_f32_f64},
        [LANE_F64] = {convert_f64_i16, convert_f64_i32, convert_f64_i64, convert_f64_f32, NULL}},
    .modulo_is_i32 = modulo_is_i32,
    .modulo_is_i64 = modulo_is_i64,
    .select_bits = select_bits,
    .add_exact = add_exact,
};
/* clang-format on */

#undef TABLE
#undef ARITHMETIC
#undef INTEGER_ARITHMETIC
#undef FLOAT_ARITHMETIC
#undef COMPARE_ONE
#undef COMPARE
#undef COMPARE_VIEWS
