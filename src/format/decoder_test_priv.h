/* SPDX-License-Identifier: Apache-2.0
 * format/decoder_test_priv.h - feeds bytes to a decoder in any split and writes down what comes out. */
#ifndef WEIR_FORMAT_DECODER_TEST_PRIV_H
#define WEIR_FORMAT_DECODER_TEST_PRIV_H

#include "format/decoder.h"

/* An entry of a table of fields. */
#define FIELD(field_name, type_id)                                                    \
    {                                                                                 \
        .name = {field_name, sizeof(field_name) - 1}, .type = {.id = TYPE_##type_id } \
    }

/* Moves the rest to the front of a fresh block and appends the next piece, as a source does. */
static inline Buffer *feed_block(BufferPool *pool, const DecoderInput *old, Str piece, DecoderInput *input) {
    size_t rest = old->at == NULL ? 0 : (size_t)(old->end - old->at);
    Buffer *buffer = buffer_alloc(pool, rest + piece.size + DECODER_PADDING);
    ASSERT(buffer != NULL);
    if (rest > 0) memcpy(buffer->data, old->at, rest);
    if (piece.size > 0) memcpy(buffer->data + rest, piece.data, piece.size);
    memset(buffer->data + rest + piece.size, '}', DECODER_PADDING);
    *input = *old;
    input->at = buffer->data;
    input->end = buffer->data + rest + piece.size;
    input->owner = buffer;
    return buffer;
}

/* record: value|value ... per row, then "! record @offset SQLSTATE reason <payload>" per dead letter, in the
 * order of the reads. */
static inline void dump_read(const DecoderRead *read, Text *rows, Text *letters) {
    for (uint32_t row = 0; row < read->batch.row_count; row++) {
        text_append_format(rows, "%lld: ", (long long)read->batch.meta[META_POSITION][row]);
        for (uint32_t c = 0; c < read->batch.column_count; c++) {
            if (c > 0) text_append_char(rows, '|');
            if (!array_value_text(&read->batch.columns[c], row, rows)) text_append_c(rows, "NULL");
        }
        text_append_char(rows, '\n');
    }
    for (uint32_t i = 0; i < read->dead_letter_count; i++) {
        const DeadLetter *letter = &read->dead_letters[i];
        text_append_format(letters, "! %lld @%lld %s %.*s <", (long long)letter->record,
                           (long long)letter->byte_offset, status_sqlstate(letter->status),
                           STR_ARGS(letter->reason));
        text_append(letters, letter->payload);
        text_append_c(letters, ">\n");
    }
}

typedef struct FeedCounts {
    uint64_t rows, letters;
} FeedCounts;

/* All of `bytes` in pieces of piece_size (0: one), `row_count_max` rows a read. Appends rows, then letters,
 * then warnings to `out`. */
static inline FeedCounts feed(BufferPool *pool, Decoder *decoder, Str bytes, size_t piece_size,
                              uint32_t row_count_max, Text *out, Text *warnings) {
    Frame frame;
    Error err = {0};
    FeedCounts counts = {0};
    Text letters;
    text_init(&letters, out->memory);
    Status status = frame_init(&frame, pool, &err);
    ASSERT(status == STATUS_OK);
    DecoderInput input = {0};
    Buffer *buffer = NULL;
    if (piece_size == 0 || piece_size > bytes.size) piece_size = bytes.size;
    for (size_t at = 0; !input.is_end; at += piece_size) {
        size_t size = bytes.size - at < piece_size ? bytes.size - at : piece_size;
        Buffer *old = buffer;
        buffer = feed_block(pool, &input, str_from(bytes.data + at, size), &input);
        buffer_release(old);
        input.is_end = at + size == bytes.size;
        DecoderRead read = {.state = DECODER_MORE};
        while (read.state == DECODER_MORE) {
            status = decoder_read(decoder, &frame, &input, row_count_max, &read, &err);
            ASSERT(status == STATUS_OK);
            batch_check(&read.batch);
            dump_read(&read, out, &letters);
            for (uint32_t i = 0; warnings != NULL && i < read.warning_count; i++)
                text_append_format(warnings, "warning: %.*s\n", STR_ARGS(read.warnings[i]));
            counts.rows += read.batch.row_count;
            counts.letters += read.dead_letter_count;
            frame_reset(&frame);
        }
    }
    ASSERT(input.at == input.end);
    buffer_release(buffer);
    text_append(out, text_str(&letters));
    text_deinit(&letters);
    frame_deinit(&frame);
    return counts;
}

#endif
