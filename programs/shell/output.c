/* SPDX-License-Identifier: Apache-2.0
 * shell/output.c - what is on its way to a standard stream or a file. */
#include "shell/output.h"

void output_init(Output *output, Memory *memory, IoFile standard) {
    *output = (Output){.standard = standard, .file = standard};
    text_init(&output->path, memory);
    text_init(&output->text, memory);
}

void output_deinit(Output *output) {
    output_flush(output);
    io_close(&output->file, &(Error){0});
    text_deinit(&output->path);
    text_deinit(&output->text);
}

void output_flush(Output *output) {
    Text *text = &output->text;
    if (text->size > 0 && output->before_first != NULL) {
        OutputBefore *before = output->before_first;
        output->before_first = NULL;
        before(output, output->before_context);
    }
    if (text->failed && output->status == STATUS_OK) output->status = error_out_of_memory(&output->error);
    if (output->status == STATUS_OK && text->size > 0)
        output->status = io_write(&output->file, text->data, text->size, &output->error);
    text_reset(text);
}

void output_spill(Output *output) {
    if (output->text.size >= OUTPUT_SPILL_SIZE || output->text.failed) output_flush(output);
}

Status output_redirect(Output *output, Str path, Error *err) {
    output_flush(output);
    Status closed = io_close(&output->file, err);
    output->file = output->standard;
    TRY(closed);
    if (path.size == 0) return STATUS_OK;
    text_reset(&output->path);
    text_append(&output->path, path);
    if (output->path.failed) return error_out_of_memory(err);
    IoFile file;
    TRY(io_open(output->file.io, text_str(&output->path), IO_OPEN_TRUNCATE, &file, err));
    output->file = file;
    return STATUS_OK;
}
