/* SPDX-License-Identifier: Apache-2.0
 * kernel/sums.tmpl.h - values into the exact sums of their groups.
 *
 *     rows 0 1 2 3   a lane each: | hi hi hi hi | lo lo lo lo |  3 error-free additions  | back to 4 records
 *
 * Rows of one group must go in one after the other, so four rows share the lanes only when their groups
 * differ; others, and those that a pair of doubles does not take, go one at a time. */

/* In turn: a group's sum may overflow its pair of doubles half way, and the caller promotes it there. */
static uint32_t add_exact_each(void *const *records, size_t offset, const double *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!exact_sum_add_one((ExactSum *)((char *)records[i] + offset), values[i])) return i;
    return count;
}

#if defined(__AVX2__)
typedef struct Lanes {
    __m256d value, error;
} Lanes;

/* a + b and what rounding took away; as exact_two_sum. */
static inline __attribute__((always_inline)) Lanes two_sum_lanes(__m256d a, __m256d b) {
    __m256d sum = _mm256_add_pd(a, b), b_part = _mm256_sub_pd(sum, a);
    __m256d error = _mm256_add_pd(_mm256_sub_pd(a, _mm256_sub_pd(sum, b_part)), _mm256_sub_pd(b, b_part));
    return (Lanes){sum, error};
}

/* All six pairs of the four addresses: each with its next (a ring of four), and with the one opposite. */
static inline __attribute__((always_inline)) bool four_differ(__m256i records) {
    __m256i next = _mm256_permute4x64_epi64(records, 0x39),
            opposite = _mm256_permute4x64_epi64(records, 0x4E);
    __m256i same = _mm256_or_si256(_mm256_cmpeq_epi64(records, next), _mm256_cmpeq_epi64(records, opposite));
    return _mm256_testz_si256(same, same);
}

/* False, and nothing changed, when a row must go alone. */
static inline __attribute__((always_inline)) bool add_exact_four(void *const *records, size_t offset,
                                                                 const double *values) {
    if (!four_differ(_mm256_loadu_si256((const __m256i *)(const void *)records))) return false;
    /* Between here and the stores nothing may fail half way: lanes are computed first and stored together. */
    double *at[4];
    for (int i = 0; i < 4; i++) at[i] = (double *)(void *)((char *)records[i] + offset);
    __m256d even = _mm256_set_m128d(_mm_loadu_pd(at[2]), _mm_loadu_pd(at[0])); /* hi lo of row 0, of row 2 */
    __m256d odd = _mm256_set_m128d(_mm_loadu_pd(at[3]), _mm_loadu_pd(at[1]));
    Lanes high = two_sum_lanes(_mm256_unpacklo_pd(even, odd), _mm256_loadu_pd(values));
    Lanes rest = two_sum_lanes(_mm256_unpackhi_pd(even, odd), high.error);
    Lanes pair = two_sum_lanes(high.value, rest.value);
    /* A third term that is not 0 does not fit the pair; infinities and NaN show as NaN in pair.error -
     * itself. */
    __m256d wrong = _mm256_add_pd(rest.error, _mm256_sub_pd(pair.error, pair.error));
    if (_mm256_movemask_pd(_mm256_cmp_pd(wrong, _mm256_setzero_pd(), _CMP_NEQ_UQ)) != 0) return false;
    even = _mm256_unpacklo_pd(pair.value, pair.error);
    odd = _mm256_unpackhi_pd(pair.value, pair.error);
    _mm_storeu_pd(at[0], _mm256_castpd256_pd128(even));
    _mm_storeu_pd(at[1], _mm256_castpd256_pd128(odd));
    _mm_storeu_pd(at[2], _mm256_extractf128_pd(even, 1));
    _mm_storeu_pd(at[3], _mm256_extractf128_pd(odd, 1));
    return true;
}
#endif

static uint32_t add_exact(void *const *records, size_t offset, const double *values, uint32_t count) {
    uint32_t done = 0;
#if defined(__AVX2__)
    for (; done + 4 <= count; done += 4) {
        if (add_exact_four(records + done, offset, values + done)) continue;
        uint32_t taken = add_exact_each(records + done, offset, values + done, 4);
        if (taken < 4) return done + taken;
    }
#endif
    return done + add_exact_each(records + done, offset, values + done, count - done);
}
