/* SPDX-License-Identifier: Apache-2.0
 * kernel/convert.tmpl.h - one numeric type to another.
 *
 * Parameters, undefined at the end:
 *     NAME          of the function
 *     FROM, TO      the C types
 *     FITS(x)       true when x can be given as TO
 *     GIVE(x)       the value; must be defined in C for every x, also one that does not fit: a float out of an
 *                   integer's range is given as 0
 *
 * `bad` is an int because that is what the compiler folds a comparison into without a branch. */
static bool NAME(const void *restrict from_, size_t count, void *restrict out_) {
    const FROM *restrict from = from_;
    TO *restrict out = out_;
    int bad = 0;
    for (size_t i = 0; i < count; i++) {
        FROM x = from[i];
        bad |= !(FITS(x));
        out[i] = GIVE(x);
    }
    return bad != 0;
}
#undef NAME
#undef FROM
#undef TO
#undef FITS
#undef GIVE
