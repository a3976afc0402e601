/* SPDX-License-Identifier: Apache-2.0
 * op/session.c - sessions: being written. */
#include "op/op_priv.h"

Status session_init(Op *op, const OpContext *context, Error *err) {
    return error_set_at(err, STATUS_NOT_SUPPORTED, op->node->span.start, "SESSION is not supported yet");
}
void session_deinit(Op *op) {}
Status session_push(Op *op, const OpContext *context, const Batch *batch, OpOutput *out, Error *err) { return STATUS_OK; }
Status session_resume(Op *op, const OpContext *context, OpOutput *out, Error *err) { return STATUS_OK; }
void session_watermark(Op *op, int64_t watermark) {}
int64_t session_watermark_out(const Op *op, int64_t watermark) { return watermark; }
Status session_epoch_end(Op *op, const OpContext *context, OpOutput *out, Error *err) { return STATUS_OK; }
Status session_end(Op *op, const OpContext *context, OpOutput *out, Error *err) { return STATUS_OK; }
size_t session_memory(const Op *op) { return 0; }
