/* SPDX-License-Identifier: Apache-2.0
 * format/json_shape.c - the run over lines of one shape, for any CPU. */
#define JSON_RUN json_run
#include "format/json_shape.tmpl.h"
