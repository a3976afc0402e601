/* SPDX-License-Identifier: Apache-2.0
 * test/fuzz/csv_fuzz.c
 *
 * Property: for any bytes, under any options, the CSV decoder does not crash; the batches it gives are sound;
 * every line that is not blank, not the header and not inside a quoted field becomes one row or one dead
 * letter (so there are never more of these than lines, and none of them is lost); and the rows and dead
 * letters are the same whether the bytes come at once or in pieces, and whatever the row limit of a read. */
#include "fuzz_feed.h"

static const Field fields[] = {
    FUZZ_FIELD("a", BIGINT),
    FUZZ_FIELD("b", TEXT),
    FUZZ_FIELD("t", TIMESTAMPTZ),
};

static uint64_t count_lines(Str bytes) {
    uint64_t count = 0;
    const char *at = bytes.data, *end = bytes.data + bytes.size;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        count++;
        at = stop == NULL ? end : stop + 1;
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    FormatOptions options = format_options_default(FORMAT_CSV);
    options.timestamp_unit = (TimestampUnit)(data[0] % 5 - 1);
    options.header = data[0] & 128;
    options.delimiter = data[3] & 1 ? ',' : ';';
    options.quote = data[3] & 2 ? '"' : '\'';
    options.escape = data[3] & 4 ? options.quote : '\\';
    options.comment = data[3] & 16 ? '#' : '\0';
    options.null_text = data[3] & 8 ? STR("") : STR("NULL");
    FuzzSplit split = {.piece_size = data[1] % 32,
                       .row_count_max = data[2] % 8 + 1,
                       .record_size_max = data[2] >= 128 ? 24 : RECORD_SIZE_MAX};
    Str bytes = str_from((const char *)data + 4, size - 4);
    Schema schema = {fields, sizeof(fields) / sizeof(fields[0])};
    FeedCounts counts = fuzz_compare(&schema, &options, bytes, split);
    ASSERT(counts.rows + counts.letters <= count_lines(bytes));
    return 0;
}
