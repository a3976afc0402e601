/* SPDX-License-Identifier: Apache-2.0
 * base/big.c - schoolbook arithmetic on 64-bit limbs; division is Knuth's algorithm D (TAOCP 4.3.1). */
#include "base/big.h"

#include <string.h>

typedef unsigned __int128 Limbs2;
STATIC_ASSERT(sizeof(Limbs2) == 2 * sizeof(uint64_t), "a product of limbs");

static void big_trim(Big *big) {
    while (big->count > 0 && big->limbs[big->count - 1] == 0) big->count--;
}

static void big_push(Big *big, uint64_t limb) {
    ASSERT(big->count < BIG_LIMB_COUNT_MAX);
    big->limbs[big->count++] = limb;
}

void big_set(Big *big, unsigned __int128 value) {
    /* Both limbs, whatever they are; big_trim takes the zeros off. */
    big->count = 2;
    big->limbs[0] = (uint64_t)value;
    big->limbs[1] = (uint64_t)(value >> 64);
    big_trim(big);
}

void big_set_limbs(Big *big, const uint64_t *limbs, size_t count) {
    ASSERT(limbs != NULL || count == 0);
    ASSERT(count <= BIG_LIMB_COUNT_MAX);
    memcpy(big->limbs, limbs, count * sizeof(*limbs));
    big->count = (uint32_t)count;
    big_trim(big);
}

size_t big_bit_length(const Big *big) {
    if (big->count == 0) return 0;
    return big->count * 64U - (size_t)__builtin_clzll(big->limbs[big->count - 1]);
}

int big_compare(const Big *a, const Big *b) {
    /* Without leading zero limbs (big_trim), the longer is the larger. */
    DEBUG_ASSERT(a->count == 0 || a->limbs[a->count - 1] != 0);
    DEBUG_ASSERT(b->count == 0 || b->limbs[b->count - 1] != 0);
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (uint32_t i = a->count; i-- > 0;)
        if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
    return 0;
}

void big_add(Big *big, const Big *other) {
    DEBUG_ASSERT(other->count <= BIG_LIMB_COUNT_MAX);
    while (big->count < other->count) big_push(big, 0);
    uint64_t carry = 0;
    for (uint32_t i = 0; i < big->count; i++) {
        Limbs2 sum = (Limbs2)big->limbs[i] + (i < other->count ? other->limbs[i] : 0) + carry;
        big->limbs[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    if (carry > 0) big_push(big, carry);
}

void big_subtract(Big *big, const Big *other) {
    DEBUG_ASSERT(big_compare(big, other) >= 0);
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < big->count; i++) {
        Limbs2 difference = (Limbs2)big->limbs[i] - (i < other->count ? other->limbs[i] : 0) - borrow;
        big->limbs[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    ASSERT(borrow == 0);
    big_trim(big);
}

void big_multiply_add(Big *big, uint64_t factor, uint64_t addend) {
    uint64_t carry = addend;
    for (uint32_t i = 0; i < big->count; i++) {
        Limbs2 product = (Limbs2)big->limbs[i] * factor + carry;
        big->limbs[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    if (carry > 0) big_push(big, carry);
    big_trim(big);
}

void big_multiply(const Big *a, const Big *b, Big *out) {
    ASSERT(out != a && out != b);
    ASSERT(a->count + b->count <= BIG_LIMB_COUNT_MAX);
    out->count = a->count + b->count;
    /* Sums run over the limbs of `out`, so they start at zero. */
    memset(out->limbs, 0, out->count * sizeof(uint64_t));
    for (uint32_t i = 0; i < a->count; i++) {
        uint64_t carry = 0;
        for (uint32_t j = 0; j < b->count; j++) {
            Limbs2 product = (Limbs2)a->limbs[i] * b->limbs[j] + out->limbs[i + j] + carry;
            out->limbs[i + j] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
        out->limbs[i + b->count] = carry;
    }
    big_trim(out);
}

/* 10^e = 5^e << e: the powers of five in whole limbs. */
void big_multiply_power_of_ten(Big *big, unsigned exponent) {
    DEBUG_ASSERT(big->count <= BIG_LIMB_COUNT_MAX);
    enum { FIVES_PER_LIMB = 27 }; /* 5^27 < 2^64 */
    unsigned rest = exponent;
    for (; rest >= FIVES_PER_LIMB; rest -= FIVES_PER_LIMB) big_multiply_add(big, 7450580596923828125ULL, 0);
    uint64_t power = 1;
    for (; rest > 0; rest--) power *= 5;
    DEBUG_ASSERT(power < 7450580596923828125ULL);
    big_multiply_add(big, power, 0);
    big_shift_left(big, exponent);
}

void big_shift_left(Big *big, unsigned bits) {
    if (big->count == 0 || bits == 0) return;
    uint32_t limbs = bits / 64, shift = bits % 64;
    uint64_t top = shift == 0 ? 0 : big->limbs[big->count - 1] >> (64 - shift);
    ASSERT(big->count + limbs + (top != 0) <= BIG_LIMB_COUNT_MAX);
    /* From the top down: the limbs move up over themselves. */
    for (uint32_t i = big->count; i-- > 0;) {
        uint64_t below = i > 0 && shift > 0 ? big->limbs[i - 1] >> (64 - shift) : 0;
        big->limbs[i + limbs] = big->limbs[i] << shift | below;
    }
    memset(big->limbs, 0, limbs * sizeof(uint64_t));
    big->count += limbs;
    if (top != 0) big_push(big, top);
}

bool big_shift_right(Big *big, unsigned bits) {
    uint32_t limbs = bits / 64, shift = bits % 64;
    bool lost = false;
    for (uint32_t i = 0; i < limbs && i < big->count; i++) lost |= big->limbs[i] != 0;
    if (limbs >= big->count) {
        big->count = 0;
        return lost;
    }
    lost |= shift > 0 && big->limbs[limbs] << (64 - shift) != 0;
    big->count -= limbs;
    for (uint32_t i = 0; i < big->count; i++) {
        uint64_t above = i + 1 < big->count && shift > 0 ? big->limbs[i + limbs + 1] << (64 - shift) : 0;
        big->limbs[i] = big->limbs[i + limbs] >> shift | above;
    }
    big_trim(big);
    return lost;
}

static void big_divide_short(Big *big, uint64_t divisor, Big *quotient) {
    DEBUG_ASSERT(quotient != big);
    DEBUG_ASSERT(divisor != 0);
    uint64_t remainder = 0;
    quotient->count = big->count;
    for (uint32_t i = big->count; i-- > 0;) {
        Limbs2 part = (Limbs2)remainder << 64 | big->limbs[i];
        quotient->limbs[i] = (uint64_t)(part / divisor);
        remainder = (uint64_t)(part % divisor);
    }
    big_trim(quotient);
    big_set(big, remainder);
}

/* One digit of algorithm D: u[0..n] -= digit * v[0..n-1], with the digit put right if it was one too large.
 */
static uint64_t big_divide_step(uint64_t *u, const uint64_t *v, uint32_t n) {
    DEBUG_ASSERT(n >= 2);
    DEBUG_ASSERT(v[n - 1] >> 63 == 1); /* normalized by big_divide */
    DEBUG_ASSERT(u[n] <= v[n - 1]);    /* what the digit above left is less than v */
    Limbs2 head = (Limbs2)u[n] << 64 | u[n - 1];
    Limbs2 digit = u[n] >= v[n - 1] ? (Limbs2)UINT64_MAX : head / v[n - 1];
    Limbs2 rest = head - digit * v[n - 1];
    while ((rest >> 64) == 0 && digit * v[n - 2] > (rest << 64 | u[n - 2])) digit--, rest += v[n - 1];
    uint64_t carry = 0, borrow = 0;
    for (uint32_t i = 0; i <= n; i++) {
        Limbs2 product = digit * (i < n ? v[i] : 0) + carry;
        carry = (uint64_t)(product >> 64);
        Limbs2 difference = (Limbs2)u[i] - (uint64_t)product - borrow;
        u[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    if (borrow == 0) return (uint64_t)digit;
    /* Rare (2 in 2^64): one too large after all, so v goes back once. */
    carry = 0;
    for (uint32_t i = 0; i <= n; i++) {
        Limbs2 sum = (Limbs2)u[i] + (i < n ? v[i] : 0) + carry;
        u[i] = (uint64_t)sum;
        carry = (uint64_t)(sum >> 64);
    }
    return (uint64_t)digit - 1;
}

void big_divide(Big *big, const Big *divisor, Big *quotient) {
    Big unused;
    if (quotient == NULL) quotient = &unused;
    ASSERT(divisor->count > 0);
    ASSERT(quotient != big && quotient != divisor && big != divisor);
    if (big_compare(big, divisor) < 0) {
        quotient->count = 0;
        return;
    }
    if (divisor->count == 1) {
        big_divide_short(big, divisor->limbs[0], quotient);
        return;
    }
    /* Algorithm D guesses each digit from the top limbs; with the divisor's top bit set the guess is at most
     * two too large. */
    unsigned shift = (unsigned)__builtin_clzll(divisor->limbs[divisor->count - 1]);
    Big v = *divisor;
    big_shift_left(&v, shift);
    big_shift_left(big, shift);
    uint32_t n = v.count;
    big_push(big, 0);
    quotient->count = big->count - n;
    for (uint32_t j = quotient->count; j-- > 0;)
        quotient->limbs[j] = big_divide_step(big->limbs + j, v.limbs, n);
    big_trim(quotient);
    big->count = n;
    big_trim(big);
    bool lost = big_shift_right(big, shift);
    ASSERT(!lost); /* the remainder was shifted with the dividend */
    DEBUG_ASSERT(big_compare(big, divisor) < 0);
}

void big_divide_rounded(Big *big, const Big *divisor, Big *quotient) {
    ASSERT(quotient != NULL);
    ASSERT(quotient != big && quotient != divisor);
    big_divide(big, divisor, quotient);
    /* Twice the remainder against the divisor: half and more goes up. */
    big_shift_left(big, 1);
    if (big_compare(big, divisor) < 0) return;
    Big one;
    big_set(&one, 1);
    big_add(quotient, &one);
}

bool big_square_root(const Big *big, Big *root) {
    ASSERT(root != big);
    /* Newton from above: the sequence falls until it is the root. */
    big_set(root, 1);
    if (big->count == 0) {
        root->count = 0;
        return true;
    }
    big_shift_left(root, (unsigned)(big_bit_length(big) + 1) / 2);
    for (;;) {
        Big rest = *big, next;
        big_divide(&rest, root, &next);
        /* Exact when the last division left nothing and gave the root itself. */
        if (big_compare(&next, root) >= 0) return big_is_zero(&rest) && big_compare(&next, root) == 0;
        big_add(&next, root);
        big_shift_right(&next, 1);
        *root = next;
    }
}

bool big_to_u128(const Big *big, unsigned __int128 *out) {
    DEBUG_ASSERT(big->count == 0 || big->limbs[big->count - 1] != 0);
    if (big->count > 2) return false;
    *out = (Limbs2)(big->count > 1 ? big->limbs[1] : 0) << 64 | (big->count > 0 ? big->limbs[0] : 0);
    return true;
}

double big_to_double(const Big *big, int64_t exponent, bool inexact) {
    enum { FRACTION = 52, EXPONENT_MIN = -1074, EXPONENT_MAX = 971 };
    if (big->count == 0) return 0;
    Big kept = *big;
    int64_t drop = (int64_t)big_bit_length(big) - (FRACTION + 1);
    if (exponent + drop < EXPONENT_MIN) drop = EXPONENT_MIN - exponent;
    ASSERT(!inexact || drop > 0);
    if (drop < 0) {
        big_shift_left(&kept, (unsigned)-drop);
    } else if (drop > 0) {
        /* One bit more than is kept, then round by it and what lies below. */
        inexact |= big_shift_right(&kept, (unsigned)(drop - 1));
        uint64_t bits = kept.count > 0 ? kept.limbs[0] : 0;
        bool up = (bits & 1) && (inexact || (bits & 2));
        big_set(&kept, (bits >> 1) + up);
    }
    /* All was below half of the least subnormal number. */
    if (kept.count == 0) return 0;
    exponent += drop;
    DEBUG_ASSERT(kept.count == 1 && kept.limbs[0] <= 1ULL << (FRACTION + 1));
    uint64_t mantissa = kept.limbs[0];
    if (mantissa == 1ULL << (FRACTION + 1)) mantissa >>= 1, exponent++;
    if (exponent > EXPONENT_MAX) return __builtin_inf();
    bool normal = mantissa >= 1ULL << FRACTION;
    uint64_t bits =
        normal ? (uint64_t)(exponent - EXPONENT_MIN + 1) << FRACTION | (mantissa & ((1ULL << FRACTION) - 1))
               : mantissa;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}
