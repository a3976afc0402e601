/* SPDX-License-Identifier: Apache-2.0
 * kernel/views.tmpl.h - one comparison of texts by their bytes.
 *
 * Parameters, undefined at the end:
 *     OPERATION   suffix of the names
 *     EQUALITY    1: only equality is asked, two words decide it mostly
 *     ROW(order)  the answer, given the order (< 0, 0, > 0), or for EQUALITY whether they are equal */
#define NAME_(form, operation)  compare_views_##operation##_##form
#define NAME__(form, operation) NAME_(form, operation)
#define NAME(form)              NAME__(form, OPERATION)
#if EQUALITY
#define ORDER views_equal
#else
#define ORDER views_order
#endif

#define LOOP(form, Y)                                                                             \
    static void NAME(form)(KernelViews a, KernelViews b, const uint64_t *validity, size_t count,  \
                           uint64_t *bits) {                                                      \
        for (size_t row = 0; row < count; row += 64) {                                            \
            size_t end = count - row < 64 ? count - row : 64;                                     \
            uint64_t valid = validity == NULL ? ~0ULL : validity[row / 64];                       \
            uint64_t word = 0;                                                                    \
            for (size_t i = 0; i < end; i++)                                                      \
                word |= (uint64_t)(ROW(ORDER(a, row + i, b, Y(row + i), (valid >> i) & 1))) << i; \
            bits[row / 64] = word;                                                                \
        }                                                                                         \
    }
/* Which view of `b` goes with row i of `a`: the same, or the constant. */
#define SAME(i)  (i)
#define FIRST(i) 0
LOOP(aa, SAME)
LOOP(ac, FIRST)

#undef NAME_
#undef NAME__
#undef NAME
#undef ORDER
#undef LOOP
#undef SAME
#undef FIRST
#undef OPERATION
#undef EQUALITY
#undef ROW
