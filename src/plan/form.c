/* SPDX-License-Identifier: Apache-2.0
 * plan/form.c - the rows of form.def. */
#include "plan/form.h"

static const Form FORMS[] = {
#define FORM(kind, name, arguments, result, summary) {FORM_##kind, name, arguments, TYPE_##result, summary},
#include "plan/form.def"
#undef FORM
};
enum { FORM_COUNT = sizeof(FORMS) / sizeof(FORMS[0]) };
STATIC_ASSERT(FORM_COUNT > 0 && FORM_COUNT < 64, "few enough to be walked for each call");

const Form *form_find(Str name) {
    for (uint32_t i = 0; i < FORM_COUNT; i++)
        if (str_equal(name, str_from_c(FORMS[i].name))) return &FORMS[i];
    return NULL;
}

uint32_t form_count(void) {
    return FORM_COUNT;
}

const Form *form_at(uint32_t index) {
    ASSERT(index < FORM_COUNT);
    return &FORMS[index];
}
