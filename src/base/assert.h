/* SPDX-License-Identifier: Apache-2.0
 * base/assert.h - three kinds of assertion.
 *
 * ASSERT        always on, also in release: a broken invariant stops the process
 *               before it can spread into stored data.
 * DEBUG_ASSERT  debug builds only: checks that run once per row.
 * NEVER / ALWAYS  a condition believed to be false / true that is handled all the same:
 *               debug builds stop, release builds take the branch.
 *
 * Which one: ASSERT for everything that is not in a loop over rows or bytes; it costs a compare and a branch
 * that is never taken. None of them is for what a user, a file or a peer can bring about: that gets an Error.
 * The condition has no side effects (DEBUG_ASSERT does not evaluate it in release builds); one condition
 * each, so that the line says which.
 *
 *     ASSERT(row_count <= BATCH_ROW_COUNT_MAX);
 *     if (NEVER(column == NULL)) return error_set(err, STATUS_INTERNAL, ...); */
#ifndef WEIR_BASE_ASSERT_H
#define WEIR_BASE_ASSERT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Prints the failed condition to standard error and aborts. */
_Noreturn void assert_fail(const char *condition, const char *file, int line);

#define ASSERT(condition) \
    (__builtin_expect(!!(condition), 1) ? (void)0 : assert_fail(#condition, __FILE__, __LINE__))

#ifdef WEIR_DEBUG
#define DEBUG_ASSERT(condition) ASSERT(condition)
#define NEVER(condition)        ((condition) ? (assert_fail("never: " #condition, __FILE__, __LINE__), true) : false)
#define ALWAYS(condition) \
    ((condition) ? true : (assert_fail("always: " #condition, __FILE__, __LINE__), false))
#else
#define DEBUG_ASSERT(condition) ((void)0)
#define NEVER(condition)        __builtin_expect(!!(condition), 0)
#define ALWAYS(condition)       __builtin_expect(!!(condition), 1)
#endif

/* Checked by the compiler, at file scope or in a function: how constants relate, how large what is stored or
 * sent is. */
#define STATIC_ASSERT(condition, message) _Static_assert(condition, message)

#endif
