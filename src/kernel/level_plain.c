/* SPDX-License-Identifier: Apache-2.0
 * kernel/level_plain.c - the kernels for every CPU. */
#include "kernel/level_priv.h"

#define TABLE kernel_table_plain
#include "kernel/table.tmpl.h"
