/* SPDX-License-Identifier: Apache-2.0
 * base/number_shortest.c - floating point to the shortest text that reads back.
 *
 * Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020). A value
 * v = c * 2^q owns the interval between the midpoints to its neighbours. With k chosen so that 10^k is just
 * under the interval's width, the interval holds at least one and at most a few multiples of 10^k: take one
 * of 10^(k+1) when there is one, else the nearest of 10^k. Three products with a 128-bit power of ten,
 * rounded to odd, decide exactly.
 *
 * The ends of the interval are never used, as in PostgreSQL: a reader that rounds ties some other way gets
 * the same value back. */
#include "base/big.h"
#include "base/decimal.h"
#include "base/number.h"
#include "base/number_powers.h"

typedef unsigned __int128 Product;

static int floor_log10_power_of_two(int e) {
    return (int)((int64_t)e * 1262611 >> 22);
}
/* floor(log10(3/4 * 2^e)), for the narrow side below a power of two. */
static int floor_log10_three_quarters(int e) {
    return (int)(((int64_t)e * 1262611 - 524031) >> 22);
}
static int floor_log2_power_of_ten(int e) {
    return (int)((int64_t)e * 1741647 >> 19);
}

/* floor(g * c / 2^128) with the lowest bit set when the rest is not zero. */
static uint64_t multiply_round_to_odd(uint64_t high, uint64_t low, uint64_t c) {
    DEBUG_ASSERT(high >> 63 == 1); /* powers are normalized */
    uint64_t x = (uint64_t)((Product)low * c >> 64);
    Product y = (Product)high * c + x;
    return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/* c * 2^q with the neighbour below at half distance when `narrow_below`. */
static void shortest(uint64_t c, int q, bool narrow_below, uint64_t *digits, int32_t *exponent) {
    int k = narrow_below ? floor_log10_three_quarters(q) : floor_log10_power_of_two(q);
    int h = q + floor_log2_power_of_ten(-k) + 1;
    DEBUG_ASSERT(h >= 1 && h <= 4); /* so that 4 c + 2 < 2^56 keeps its bits when shifted */
    DEBUG_ASSERT(c > 0 && c < 1ULL << 53);
    DEBUG_ASSERT(-k >= NUMBER_POWER_MIN && -k <= NUMBER_POWER_MAX);
    const uint64_t *power = number_powers[-k - NUMBER_POWER_MIN];
    uint64_t high = power[0], low = power[1];
    if (-k < 0 || -k > NUMBER_POWER_EXACT_MAX) {
        low++; /* rounded up, as the proof wants it */
        high += low == 0;
    }
    /* Four times the value and its midpoints, so that halves and quarters are whole numbers. */
    uint64_t left = multiply_round_to_odd(high, low, (4 * c - 2 + narrow_below) << h);
    uint64_t middle = multiply_round_to_odd(high, low, (4 * c) << h);
    uint64_t right = multiply_round_to_odd(high, low, (4 * c + 2) << h);
    left++, right--; /* without the ends */
    DEBUG_ASSERT(left <= middle && middle <= right);
    uint64_t s = middle / 4;
    if (s >= 10) {
        uint64_t tens = s / 10;
        bool down_inside = left <= 40 * tens, up_inside = 40 * tens + 40 <= right;
        if (down_inside != up_inside) {
            *digits = tens + up_inside;
            *exponent = k + 1;
            return;
        }
    }
    bool down_inside = left <= 4 * s, up_inside = 4 * s + 4 <= right;
    uint64_t between = 4 * s + 2;
    bool up = down_inside != up_inside ? up_inside : middle > between || (middle == between && (s & 1));
    *digits = s + up;
    *exponent = k;
}

static void strip_zeros(uint64_t *digits, int32_t *exponent) {
    uint64_t value = *digits;
    int32_t count = 0;
    DEBUG_ASSERT(value > 0);
    while (value % 100000000 == 0) value /= 100000000, count += 8;
    if (value % 10000 == 0) value /= 10000, count += 4;
    if (value % 100 == 0) value /= 100, count += 2;
    if (value % 10 == 0) value /= 10, count += 1;
    *digits = value;
    *exponent += count;
}

void number_shortest_double(double value, uint64_t *digits, int32_t *exponent) {
    DEBUG_ASSERT(value > 0 && value <= 1.7976931348623157e308);
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t fraction = bits & ((1ULL << 52) - 1);
    int biased = (int)(bits >> 52);
    uint64_t c = biased > 0 ? fraction | 1ULL << 52 : fraction;
    int q = (biased > 0 ? biased : 1) - 1075;
    if (q <= 0 && q > -53 && (c & ((1ULL << -q) - 1)) == 0) { /* a whole number below 2^53 is its own text */
        *digits = c >> -q;
        *exponent = 0;
    } else {
        shortest(c, q, fraction == 0 && biased > 1, digits, exponent);
    }
    strip_zeros(digits, exponent);
}

void number_shortest_float(float value, uint32_t *digits, int32_t *exponent) {
    DEBUG_ASSERT(value > 0 && value <= 3.4028235e38f);
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint32_t fraction = bits & ((1U << 23) - 1);
    int biased = (int)(bits >> 23);
    uint64_t c = biased > 0 ? fraction | 1U << 23 : fraction, wide;
    int q = (biased > 0 ? biased : 1) - 150;
    if (q <= 0 && q > -24 && (c & ((1ULL << -q) - 1)) == 0) {
        wide = c >> -q;
        *exponent = 0;
    } else {
        shortest(c, q, fraction == 0 && biased > 1, &wide, exponent);
    }
    strip_zeros(&wide, exponent);
    *digits = (uint32_t)wide;
}

/* "e+20", "e-05": at least two digits. */
static size_t write_exponent(char *out, int32_t exponent) {
    out[0] = 'e';
    out[1] = exponent < 0 ? '-' : '+';
    uint32_t magnitude = (uint32_t)(exponent < 0 ? -exponent : exponent);
    DEBUG_ASSERT(magnitude < 1000); /* doubles end at 308 and -324 */
    size_t size = 2;
    if (magnitude >= 100) out[size++] = (char)('0' + magnitude / 100);
    out[size++] = (char)('0' + magnitude / 10 % 10);
    out[size++] = (char)('0' + magnitude % 10);
    return size;
}

/* Positional from 10^-4 up to 10^digits_max, else with an exponent. Copies of a fixed size, longer than
 * needed, are far faster than those of `count` bytes: `out` and `text` have room for them. */
static size_t write_decimal(char *out, uint64_t digits, int32_t exponent, int32_t digits_max) {
    DEBUG_ASSERT(digits > 0 && digits % 10 != 0); /* strip_zeros: positions are counted from the last digit */
    enum { DIGITS_SIZE = 17, COPY_SIZE = 16, TEXT_SIZE = 40 };
    STATIC_ASSERT(DIGITS_SIZE - 1 <= COPY_SIZE && 1 + 15 + 1 + COPY_SIZE <= NUMBER_DOUBLE_SIZE_MAX,
                  "the sign, the longest whole part, the point and a copy");
    char text[TEXT_SIZE];
    size_t count = number_write_u64(text, digits);
    DEBUG_ASSERT(count <= DIGITS_SIZE);
    int32_t leading = (int32_t)count + exponent - 1; /* exponent of the first digit */
    if (leading < -4 || leading >= digits_max) {
        out[0] = text[0];
        size_t size = 1;
        if (count > 1) {
            out[1] = '.';
            memcpy(out + 2, text + 1, COPY_SIZE);
            size = count + 1;
        }
        return size + write_exponent(out + size, leading);
    }
    if (exponent >= 0) {
        memset(out, '0', COPY_SIZE);
        memcpy(out, text, count);
        return count + (size_t)exponent;
    }
    if (leading >= 0) {
        size_t whole = (size_t)leading + 1;
        memcpy(out, text, COPY_SIZE);
        out[whole] = '.';
        memcpy(out + whole + 1, text + whole, COPY_SIZE);
        return count + 1;
    }
    size_t zeros = (size_t)(-leading) - 1;
    memcpy(out, "0.000", 5);
    memcpy(out + 2 + zeros, text, COPY_SIZE);
    out[2 + zeros + COPY_SIZE] = text[COPY_SIZE];
    return 2 + zeros + count;
}

static size_t write_special(char *out, double value, bool *done) {
    *done = true;
    Str text = value != value ? STR("NaN") : value == 0 ? STR("0") : STR("Infinity");
    if (value == value && value != 0 && value - value == 0) *done = false;
    memcpy(out, text.data, text.size);
    return text.size;
}

size_t number_write_double(char *out, double value) {
    bool done, negative = __builtin_signbit(value) && value == value;
    if (negative) *out++ = '-', value = -value;
    size_t special = write_special(out, value, &done);
    if (done) return special + negative;
    DEBUG_ASSERT(value > 0 && value - value == 0);
    uint64_t digits;
    int32_t exponent;
    number_shortest_double(value, &digits, &exponent);
    return write_decimal(out, digits, exponent, 15) + negative;
}

size_t number_write_float(char *out, float value) {
    bool done, negative = __builtin_signbit(value) && value == value;
    if (negative) *out++ = '-', value = -value;
    size_t special = write_special(out, (double)value, &done);
    if (done) return special + negative;
    DEBUG_ASSERT(value > 0 && value - value == 0);
    uint32_t digits;
    int32_t exponent;
    number_shortest_float(value, &digits, &exponent);
    return write_decimal(out, digits, exponent, 6) + negative;
}

/* numerator / denominator = c * 2^q / 10^exponent */
static void ratio_at(uint64_t c, int q, int32_t exponent, Big *numerator, Big *denominator) {
    DEBUG_ASSERT(c > 0 && c < 1ULL << 53);
    big_set(numerator, c);
    big_set(denominator, 1);
    if (exponent < 0) big_multiply_power_of_ten(numerator, (unsigned)-exponent);
    if (exponent > 0) big_multiply_power_of_ten(denominator, (unsigned)exponent);
    if (q > 0) big_shift_left(numerator, (unsigned)q);
    if (q < 0) big_shift_left(denominator, (unsigned)-q);
}

void number_round_double(double value, int significant, uint64_t *digits, int32_t *exponent) {
    DEBUG_ASSERT(value > 0 && value - value == 0);
    enum { DOUBLE_DIGITS = 15 };
    DEBUG_ASSERT(significant >= 1 && significant <= 17);
    /* Most values have few digits: then the shortest text is the rounded one. Not below the least normal
     * number, where the shortest is short because the value is coarse. */
    number_shortest_double(value, digits, exponent);
    if (*digits < decimal_powers_of_ten[significant] && significant <= DOUBLE_DIGITS &&
        value >= 2.2250738585072014e-308)
        return;
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    int biased = (int)(bits >> 52);
    uint64_t c = (bits & ((1ULL << 52) - 1)) | (biased > 0 ? 1ULL << 52 : 0);
    int q = (biased > 0 ? biased : 1) - 1075;
    char text[NUMBER_I64_SIZE_MAX];
    int32_t at = *exponent + (int32_t)number_write_u64(text, *digits) - significant;
    /* The shortest digits may have been rounded up over a power of ten: then one digit is missing, once more.
     */
    for (;; at--) {
        Big numerator, denominator, quotient;
        ratio_at(c, q, at, &numerator, &denominator);
        big_divide(&numerator, &denominator, &quotient);
        DEBUG_ASSERT(quotient.count <= 1); /* at most 17 digits and one that was guessed too many */
        uint64_t whole = quotient.count > 0 ? quotient.limbs[0] : 0;
        if (whole < decimal_powers_of_ten[significant - 1]) continue;
        big_shift_left(&numerator, 1);
        int order = big_compare(&numerator, &denominator);
        /* To even: PostgreSQL prints with printf, which does. */
        *digits = whole + (order > 0 || (order == 0 && (whole & 1)));
        *exponent = at;
        break;
    }
    strip_zeros(digits, exponent);
}
