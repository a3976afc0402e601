/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/json_fuzz.c
 *
 * Property: for any bytes, under any options, the JSON decoder does not crash; the batches it gives are
 * sound; in lines every line that is not blank (or is too long) becomes one row or one dead letter; and the
 * rows and dead letters are the same whether the bytes come at once or in pieces, and whatever the row limit
 * of a read. */
#include "fuzz_feed.h"

static const Field fields[] = {
    FUZZ_FIELD("a", BIGINT),    FUZZ_FIELD("b", TEXT),
    FUZZ_FIELD("c", DOUBLE),    FUZZ_FIELD("d", BOOLEAN),
    FUZZ_FIELD("t", TIMESTAMP), FUZZ_FIELD("e", DATE),
    FUZZ_FIELD("i", SMALLINT),  {.name = {"n", 1}, .type = {.id = TYPE_NUMERIC, .precision = 10, .scale = 2}},
};

static bool is_blank(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) at++;
    return at == end;
}

/* Lines that hold something; -1 when the input is an array. */
static int64_t count_lines(Str bytes, size_t record_size_max) {
    if (str_starts_with(bytes, STR("\xEF\xBB\xBF"))) bytes = str_from(bytes.data + 3, bytes.size - 3);
    int64_t count = 0;
    const char *at = bytes.data, *end = bytes.data + bytes.size, *first = at;
    while (first < end && (*first == ' ' || *first == '\t' || *first == '\r' || *first == '\n')) first++;
    if (first < end && *first == '[' && (size_t)(first - at) <= record_size_max) return -1;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL) stop = end;
        count += !is_blank(at, stop) || (size_t)(stop - at) > record_size_max;
        at = stop + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3) return 0;
    FormatOptions options = format_options_default(FORMAT_JSON);
    options.timestamp_unit = (TimestampUnit)(data[0] % 5 - 1);
    FuzzSplit split = {.piece_size = data[1] % 32,
                       .row_count_max = data[2] % 8 + 1,
                       .record_size_max = data[2] >= 128 ? 24 : RECORD_SIZE_MAX};
    Str bytes = str_from((const char *)data + 3, size - 3);
    Schema schema = {fields, sizeof(fields) / sizeof(fields[0])};
    FeedCounts counts = fuzz_compare(&schema, &options, bytes, split);
    int64_t lines = count_lines(bytes, split.record_size_max);
    if (lines >= 0) ASSERT((int64_t)(counts.rows + counts.letters) == lines);
    return 0;
}
