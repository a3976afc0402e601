/* SPDX-License-Identifier: Apache-2.0
 * db/dead_letters.c - a bounded list; each entry owns one block with its four texts. */
#include "db/dead_letters.h"

#include "base/utf8.h"
#include "column/builder.h"

void dead_letters_init(DeadLetters *letters, Memory *memory) {
    *letters = (DeadLetters){.memory = memory};
}

static size_t entry_size(const DeadLetterEntry *entry) {
    return entry->source.size + entry->partition.size + entry->reason.size + entry->payload.size + 1;
}

static void entry_free(DeadLetters *letters, DeadLetterEntry *entry) {
    letters->size -= entry_size(entry);
    memory_free(letters->memory, (void *)(uintptr_t)entry->source.data, entry_size(entry));
}

static size_t kept_count(const DeadLetters *letters) {
    ASSERT(letters->gone_count <= letters->entries.count);
    return letters->entries.count - letters->gone_count;
}

/* `index` of those that are kept. */
static DeadLetterEntry *kept_entry(const DeadLetters *letters, size_t index) {
    ASSERT(index < kept_count(letters));
    return &letters->entries.items[index == 0 ? 0 : letters->gone_count + index];
}

void dead_letters_deinit(DeadLetters *letters) {
    for (size_t i = 0; i < kept_count(letters); i++) entry_free(letters, kept_entry(letters, i));
    vector_deinit(&letters->entries, letters->memory);
}

static Str place(char **at, Str text) {
    char *to = *at;
    if (text.size > 0) memcpy(to, text.data, text.size);
    *at += text.size;
    return str_from(to, text.size);
}

/* Drops the oldest but the first of all until there is room; moves the rest down once half of the list is gone. */
static void make_room(DeadLetters *letters, size_t size) {
    while (kept_count(letters) > 1 && (kept_count(letters) >= DEAD_LETTERS_COUNT_MAX || letters->size + size > DEAD_LETTERS_SIZE_MAX)) {
        entry_free(letters, kept_entry(letters, 1));
        letters->gone_count++;
    }
    if (letters->gone_count < DEAD_LETTERS_COUNT_MAX) return;
    size_t rest = kept_count(letters) - 1;
    memmove(letters->entries.items + 1, letters->entries.items + 1 + letters->gone_count, rest * sizeof(DeadLetterEntry));
    letters->entries.count = 1 + rest;
    letters->gone_count = 0;
}

/* Bytes that are no UTF-8 (a binary file, a record that was cut inside a character) become \xHH: the
 * relation's columns are texts. */
static Str readable(Text *room, Str text) {
    if (utf8_is_text(text)) return text;
    text_reset(room);
    while (text.size > 0) {
        size_t valid = utf8_valid_size(text), plain = 0;
        while (plain < valid && text.data[plain] != '\0') plain++;
        text_append(room, str_from(text.data, plain));
        text = str_from(text.data + plain, text.size - plain);
        if (text.size == 0) break;
        unsigned byte = (unsigned char)text.data[0];
        const char *const digits = "0123456789abcdef";
        text_append_c(room, "\\x");
        text_append_char(room, digits[byte >> 4]);
        text_append_char(room, digits[byte & 15]);
        text = str_from(text.data + 1, text.size - 1);
    }
    return text_str(room);
}

static void letters_add(DeadLetters *letters, const DeadLetterEntry *entry) {
    size_t size = entry_size(entry);
    make_room(letters, size);
    char *block =
        vector_reserve(&letters->entries, letters->memory, 1) ? memory_alloc(letters->memory, size) : NULL;
    if (block == NULL) return; /* counted all the same */
    ASSERT(letters->entries.count < letters->entries.capacity);
    char *at = block;
    DeadLetterEntry kept = *entry;
    kept.source = place(&at, entry->source);
    kept.partition = place(&at, entry->partition);
    kept.reason = place(&at, entry->reason);
    kept.payload = place(&at, entry->payload);
    letters->entries.items[letters->entries.count++] = kept;
    letters->size += size;
    ASSERT(at + 1 == block + size); /* entry_size foresaw every text: entry_free gives back as many bytes */
}

void dead_letters_add(DeadLetters *letters, const DeadLetterEntry *entry) {
    Text rooms[3];
    DeadLetterEntry shown = *entry;
    Str *const texts[3] = {&shown.partition, &shown.reason, &shown.payload};
    letters->count++;
    for (int i = 0; i < 3; i++) {
        text_init(&rooms[i], letters->memory);
        if (texts[i]->size > 0) *texts[i] = readable(&rooms[i], *texts[i]);
    }
    letters_add(letters, &shown);
    for (int i = 0; i < 3; i++) text_deinit(&rooms[i]);
}

const DeadLetterEntry *dead_letters_find(const DeadLetters *letters, Str source) {
    for (size_t i = 0; i < kept_count(letters); i++)
        if (str_equal(kept_entry(letters, i)->source, source)) return kept_entry(letters, i);
    return NULL;
}

/* --- as a relation ---------------------------------------------------------------------------- */

typedef struct ColumnSpec {
    const char *name;
    TypeId type;
} ColumnSpec;

static const ColumnSpec COLUMNS[] = {
    {"source", TYPE_TEXT},
    {"partition", TYPE_TEXT},
    {"record", TYPE_BIGINT},
    {"byte_offset", TYPE_BIGINT},
    {"reason", TYPE_TEXT},
    {"payload", TYPE_TEXT},
    {"received_at", TYPE_TIMESTAMPTZ},
};
enum { COLUMN_COUNT = sizeof(COLUMNS) / sizeof(COLUMNS[0]) };

Relation *dead_letters_relation(Arena *arena) {
    Relation *relation = ARENA_NEW(arena, Relation);
    PlanColumn *columns = ARENA_ARRAY(arena, PlanColumn, COLUMN_COUNT);
    if (relation == NULL || columns == NULL) return NULL;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        columns[i] = (PlanColumn){.name = str_from_c(COLUMNS[i].name), .type = type_of(COLUMNS[i].type)};
    *relation = (Relation){.kind = RELATION_SYSTEM,
                           .schema = STR("weir_catalog"),
                           .name = STR("dead_letters"),
                           .columns = columns,
                           .column_count = COLUMN_COUNT,
                           .bounded = true,
                           .time_column = -1};
    return relation;
}

static void append_number(ArrayBuilder *builder, int64_t value) {
    if (value < 0)
        array_builder_null(builder);
    else
        array_builder_i64(builder, value);
}

static void append_row(ArrayBuilder *builders, const DeadLetterEntry *entry) {
    array_builder_text(&builders[0], entry->source);
    if (entry->partition.size == 0)
        array_builder_null(&builders[1]);
    else
        array_builder_text(&builders[1], entry->partition);
    append_number(&builders[2], entry->record);
    append_number(&builders[3], entry->byte_offset);
    array_builder_text(&builders[4], entry->reason);
    array_builder_text(&builders[5], entry->payload);
    array_builder_i64(&builders[6], entry->received_at_us);
}

Status dead_letters_scan(void *context, Frame *frame, uint64_t *position, Batch *out, Error *err) {
    const DeadLetters *letters = context;
    size_t from = *position, left = from < kept_count(letters) ? kept_count(letters) - from : 0;
    uint32_t count = left < BATCH_ROW_COUNT_MAX ? (uint32_t)left : BATCH_ROW_COUNT_MAX;
    *out = (Batch){0};
    if (count == 0) return STATUS_OK;
    ArrayBuilder builders[COLUMN_COUNT];
    Array *columns = FRAME_ARRAY(frame, Array, COLUMN_COUNT);
    TRY_ALLOC(columns);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        TRY(array_builder_init(&builders[i], frame, type_of(COLUMNS[i].type), count, err));
    for (uint32_t i = 0; i < count; i++) append_row(builders, kept_entry(letters, from + i));
    for (size_t i = 0; i < COLUMN_COUNT; i++) TRY(array_builder_finish(&builders[i], &columns[i], err));
    *position += count;
    *out = (Batch){.row_count = count, .column_count = COLUMN_COUNT, .columns = columns};
    return STATUS_OK;
}
