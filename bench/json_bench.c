/* SPDX-License-Identifier: Apache-2.0
 * bench/json_bench.c - NDJSON bids of 196 bytes and 7 columns into columns; called by json_bench.py.
 *
 *     json_bench            prints: work <tab> ns per row, for each case
 *     json_bench FILE       writes the records to FILE, for the peer
 *
 * The limits beside it: reading every byte once (a sum), and the line feeds alone (memchr). */
#include <string.h>

#include "bench.h"
#include "format/decoder.h"

enum { BID_COUNT = 400000, BLOCK_SIZE = 256 << 10 };

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return *seed >> 33;
}

/* Bids as the Nexmark generator makes them: channels of a few names and many numbered ones, a url, filler. */
static void append_bid(Text *text, uint64_t *seed, int64_t number, bool text_time) {
    static const char *const channels[] = {"Google", "Facebook", "Baidu", "Apple"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    size_t start = text->size;
    text_append_format(text, "{\"auction\":%lld,\"bidder\":%lld,\"price\":%lld,\"channel\":\"",
                       (long long)(1000 + next_random(seed) % 100000),
                       (long long)(1000 + next_random(seed) % 20000),
                       (long long)(next_random(seed) % 100000000));
    if (next_random(seed) % 2 == 0)
        text_append_c(text, channels[next_random(seed) % 4]);
    else
        text_append_format(text, "channel-%lld", (long long)(next_random(seed) % 10000));
    text_append_format(text, "\",\"url\":\"https://www.nexmark.com/item.htm?query=%lld\",\"date_time\":",
                       (long long)(next_random(seed) % 100000));
    if (text_time) {
        long long ms = number * 7 % 1000, second = number / 150 % 60, minute = number / 9000 % 60;
        text_append_format(text, "\"2026-11-24T10:%lld%lld:%lld%lld.%lld%lld%lld\"", minute / 10, minute % 10,
                           second / 10, second % 10, ms / 100, ms / 10 % 10, ms % 10);
    } else {
        text_append_format(text, "%lld", 1764000000000LL + (long long)number * 7);
    }
    text_append_c(text, ",\"extra\":\"");
    size_t end = 193;
    while (text->size - start < end) text_append_char(text, letters[next_random(seed) % 26]);
    text_append_c(text, "\"}\n");
}

static Text make_bids(Memory *memory, bool text_time) {
    Text text;
    uint64_t seed = 42;
    text_init(&text, memory);
    for (int64_t i = 0; i < BID_COUNT; i++) append_bid(&text, &seed, i, text_time);
    if (text.failed) exit(1);
    return text;
}

#define FIELD(field_name, type_id)                                                    \
    {                                                                                 \
        .name = {field_name, sizeof(field_name) - 1}, .type = {.id = TYPE_##type_id } \
    }
static const Field bid[] = {FIELD("auction", BIGINT), FIELD("bidder", BIGINT), FIELD("price", BIGINT),
                            FIELD("channel", TEXT),   FIELD("url", TEXT),      FIELD("date_time", TIMESTAMP),
                            FIELD("extra", TEXT)};
static const Field two[] = {FIELD("auction", BIGINT), FIELD("price", BIGINT)};

/* As a file source does: blocks from a pool, the rest carried over. Returns the rows. */
static uint64_t decode_all(BufferPool *pool, Decoder *decoder, Str bytes) {
    Frame frame;
    Error err;
    uint64_t rows = 0;
    size_t rest = 0;
    char carried[4096];
    if (frame_init(&frame, pool, &err) != STATUS_OK) exit(1);
    decoder_restart(decoder);
    for (size_t at = 0; at < bytes.size;) {
        Buffer *buffer = buffer_alloc(pool, BLOCK_SIZE);
        size_t size = BLOCK_SIZE - DECODER_PADDING - rest;
        if (size > bytes.size - at) size = bytes.size - at;
        memcpy(buffer->data, carried, rest);
        memcpy(buffer->data + rest, bytes.data + at, size);
        at += size;
        DecoderInput input = {.at = buffer->data, .end = buffer->data + rest + size, .owner = buffer};
        input.is_end = at == bytes.size;
        DecoderRead read = {.state = DECODER_MORE};
        while (read.state == DECODER_MORE) {
            if (decoder_read(decoder, &frame, &input, BATCH_ROW_COUNT_MAX, &read, &err) != STATUS_OK) exit(1);
            rows += read.batch.row_count;
            frame_reset(&frame);
        }
        rest = (size_t)(input.end - input.at);
        memcpy(carried, input.at, rest);
        buffer_release(buffer);
    }
    frame_deinit(&frame);
    return rows;
}

static double time_case(Memory *memory, const Field *fields, uint32_t count, Str bytes, TimestampUnit unit) {
    BufferPool *pool = buffer_pool_create(memory);
    FormatOptions options = format_options_default(FORMAT_JSON);
    options.timestamp_unit = unit;
    Decoder *decoder;
    Error err;
    Schema schema = {fields, count};
    if (decoder_create(memory, &schema, &options, &decoder, &err) != STATUS_OK) exit(1);
    uint64_t rows = 0;
    double best;
    decode_all(pool, decoder, bytes);
    BENCH_BEST(best, BID_COUNT, rows = decode_all(pool, decoder, bytes));
    if (rows != BID_COUNT) exit(2);
    decoder_destroy(decoder);
    buffer_pool_destroy(pool);
    return best;
}

static uint64_t sum_bytes(Str bytes) {
    uint64_t sum = 0, word;
    for (size_t i = 0; i + 8 <= bytes.size; i += 8) {
        memcpy(&word, bytes.data + i, 8);
        sum += word;
    }
    return sum;
}

static uint64_t count_lines(Str bytes) {
    uint64_t count = 0;
    const char *at = bytes.data, *end = bytes.data + bytes.size;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) count++, at++;
    return count;
}

static int write_file(const char *path, Str bytes) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.data, 1, bytes.size, file) != bytes.size) return 1;
    return fclose(file) != 0;
}

int main(int argc, char **argv) {
    Memory memory;
    memory_init(&memory, 0);
    Text text = make_bids(&memory, true), numbers = make_bids(&memory, false);
    if (argc > 1) return write_file(argv[1], text_str(&text));
    double sum, lines;
    BENCH_BEST(sum, BID_COUNT, BENCH_KEEP(sum_bytes(text_str(&text))));
    BENCH_BEST(lines, BID_COUNT, BENCH_KEEP(count_lines(text_str(&text))));
    double all = time_case(&memory, bid, 7, text_str(&text), TIMESTAMP_UNIT_NONE);
    double ms = time_case(&memory, bid, 7, text_str(&numbers), TIMESTAMP_UNIT_MS);
    double few = time_case(&memory, two, 2, text_str(&text), TIMESTAMP_UNIT_NONE);
    bench_line("NDJSON bids to 7 columns", all, NULL, 0, "memory read", sum, "2x", "8x");
    printf("NDJSON bids to 7 columns\t\t\t\tline feeds\t%.4g\n", lines);
    bench_line("NDJSON bids, times in ms", ms, NULL, 0, "memory read", sum, "", "");
    bench_line("NDJSON bids to 2 columns", few, NULL, 0, "memory read", sum, "", "");
    text_deinit(&text);
    text_deinit(&numbers);
    return 0;
}
