/* SPDX-License-Identifier: Apache-2.0
 * format/json_shape_avx2.c - the run over lines of one shape, for CPUs with AVX2 and BMI2. */
#define JSON_RUN json_run_avx2
#include "format/json_shape.tmpl.h"
