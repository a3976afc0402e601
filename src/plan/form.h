/* SPDX-License-Identifier: Apache-2.0
 * plan/form.h - form.def as a table: what users call beside the functions of expr.
 *
 *     const Form *form = form_find(name);
 *     if (form != NULL && form->kind == FORM_COALESCE) ...
 *
 * Forms have a grammar or a typing of their own; SHOW FUNCTIONS and "did you mean" list them with the functions.
 * Threads: constants. */
#ifndef WEIR_PLAN_FORM_H
#define WEIR_PLAN_FORM_H

#include "column/type.h"

typedef enum FormKind { FORM_COALESCE, FORM_NULLIF, FORM_TYPEOF, FORM_CURRENT, FORM_WINDOW } FormKind;

/* What SHOW FUNCTIONS tells of one form. */
typedef struct Form {
    FormKind kind;
    const char *name;
    const char *arguments;
    TypeId result;
    const char *summary;
} Form;

/* NULL: no form has that name. */
const Form *form_find(Str name);

/* All of them: form_at(i) for i < form_count(). */
uint32_t form_count(void);
const Form *form_at(uint32_t index);

#endif
