/* SPDX-License-Identifier: Apache-2.0
 * column/rowkey.c - columns to keys, a block of rows at a time.
 *
 * For each block and column: the values are normalised into one or two words per row (a scratch
 * that stays in the first-level cache), then the words are stored at their stride in the keys and
 * folded into the hashes. So there is one small loop per layout of values, one per width of cell,
 * and none for their products. Keys of the commonest shape skip the scratch: words that are the same in all
 * rows (the window, no NULLs), then one column; also two integers.
 *
 *     hash = fold(cells), then fold(NULL word) if it is not 0
 *     8-byte cell: its word;  16-byte cell: a product of both words;  long text: (head, XXH3 of the bytes) */
#include "column/rowkey.h"

#include "base/hash.h"
#include "column/jsonb_view.h"

STATIC_ASSERT(ROWKEY_COLUMN_COUNT_MAX == 64, "a NULL bit per column in one word");
STATIC_ASSERT(ROWKEY_CELLS_SIZE_MAX <= UINT16_MAX, "RowKeyLayout.size");

enum { ROWKEY_BLOCK_ROW_COUNT = 256 };
STATIC_ASSERT(ROWKEY_BLOCK_ROW_COUNT % 64 == 0, "a block starts at a whole word of a bitmap");

/* 256 rows of four words: 8 KiB, a quarter of the first-level cache. */
typedef struct Block {
    uint64_t low[ROWKEY_BLOCK_ROW_COUNT];   /* the cell's first word */
    uint64_t high[ROWKEY_BLOCK_ROW_COUNT];  /* its second, when it has one */
    uint64_t nulls[ROWKEY_BLOCK_ROW_COUNT]; /* the rows' NULL words */
    uint64_t mixed[ROWKEY_BLOCK_ROW_COUNT]; /* long texts: what stands for `high` in the hash */
    bool has_nulls;
    bool has_long;
} Block;

Status rowkey_layout_init(RowKeyLayout *layout, Arena *arena, const Type *types, const bool *nullable,
                          uint32_t column_count, Error *err) {
    ASSERT(column_count == 0 || (types != NULL && nullable != NULL));
    if (column_count > ROWKEY_COLUMN_COUNT_MAX)
        return error_set(err, STATUS_LIMIT, "a key has %u columns, more than %d", column_count,
                         ROWKEY_COLUMN_COUNT_MAX);
    RowKeyCell *cells = ARENA_ARRAY(arena, RowKeyCell, column_count);
    TRY_ALLOC(cells);
    *layout = (RowKeyLayout){.column_count = (uint8_t)column_count, .cells = cells};
    for (uint32_t i = 0; i < column_count; i++) layout->has_null_word |= nullable[i];
    uint32_t offset = layout->has_null_word ? 8 : 0;
    for (uint32_t i = 0; i < column_count; i++) {
        uint32_t size = type_cell_size(types[i]);
        if (size == 0)
            return error_set(err, STATUS_NOT_SUPPORTED, "values of type %s cannot be keys yet",
                             type_name((TypeId)types[i].id));
        cells[i] = (RowKeyCell){.type = types[i], .offset = (uint16_t)offset};
        cells[i].is_pair = size == 16;
        cells[i].is_text = type_layout(types[i]) == LAYOUT_VIEW;
        layout->has_text |= cells[i].is_text;
        offset += size;
    }
    ASSERT(offset <= ROWKEY_CELLS_SIZE_MAX);
    ASSERT(offset % 8 == 0);
    layout->size = (uint16_t)offset;
    return STATUS_OK;
}

/* ---- hashing ---- */

/* The 128-bit product of wyhash (Wang Yi), with two of its constants: without them a word of 0 would hide the
 * other. */
static inline uint64_t mix_pair(uint64_t low, uint64_t high) {
    unsigned __int128 product = (unsigned __int128)(low ^ 0x2D358DCCAA6C78A5) * (high ^ 0x8BB84B93962EACC9);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t fold_first(uint64_t word) {
    return hash_u64(word);
}

/* A row without NULLs hashes as if no column could be NULL: keys of both kinds of layout meet, and
 * find_prefix need not ask which it is. */
static inline uint64_t fold_nulls(uint64_t hash, uint64_t nulls) {
    return nulls == 0 ? hash : hash_combine(hash, nulls);
}

static void fold_column(uint64_t *restrict hashes, const Block *block, bool is_first, bool is_pair,
                        uint32_t count) {
    const uint64_t *low = block->low, *high = block->has_long ? block->mixed : block->high;
    if (is_first && !is_pair)
        for (uint32_t i = 0; i < count; i++) hashes[i] = fold_first(low[i]);
    else if (is_first)
        for (uint32_t i = 0; i < count; i++) hashes[i] = fold_first(mix_pair(low[i], high[i]));
    else if (!is_pair)
        for (uint32_t i = 0; i < count; i++) hashes[i] = hash_combine(hashes[i], low[i]);
    else
        for (uint32_t i = 0; i < count; i++) hashes[i] = hash_combine(hashes[i], mix_pair(low[i], high[i]));
}

/* A View and a StateText both begin with the size. */
static inline uint32_t text_cell_size(uint64_t low) {
    return (uint32_t)low;
}

static inline const char *text_cell_address(uint64_t high) {
    return (const char *)(uintptr_t)high;
}

/* By content: the address of a long text is where it happens to lie, and equal keys must meet. */
static uint64_t hash_cell(const RowKeyCell *cell, const uint64_t *words) {
    if (!cell->is_pair) return words[0];
    uint64_t high = words[1];
    if (cell->is_text && text_cell_size(words[0]) > VIEW_INLINE_SIZE_MAX)
        high = hash_bytes(text_cell_address(high), text_cell_size(words[0]));
    return mix_pair(words[0], high);
}

uint64_t rowkey_hash(const RowKeyLayout *layout, const uint64_t *key) {
    if (layout->column_count == 0) return fold_first(0);
    uint64_t hash = 0;
    for (uint32_t i = 0; i < layout->column_count; i++) {
        uint64_t word = hash_cell(&layout->cells[i], key + layout->cells[i].offset / 8);
        hash = i == 0 ? fold_first(word) : hash_combine(hash, word);
    }
    return layout->has_null_word ? fold_nulls(hash, key[0]) : hash;
}

/* ---- values to words ---- */

/* Selections, no branches: every NaN becomes the quiet one, ... */
static inline uint64_t spelled_word(double value) {
    uint64_t word;
    memcpy(&word, &value, 8);
    return value != value ? 0x7FF8000000000000 : word;
}

/* ... and -0 becomes 0. */
static inline uint64_t double_word(double value) {
    return value == 0 ? 0 : spelled_word(value);
}

#define LOAD(name, CType, expression)                                                            \
    static void load_##name(Block *restrict block, const CType *restrict from, uint32_t count) { \
        for (uint32_t i = 0; i < count; i++) block->low[i] = (expression);                       \
    }
LOAD(i16, int16_t, (uint64_t)from[i])
LOAD(i32, int32_t, (uint64_t)from[i])
LOAD(i64, int64_t, (uint64_t)from[i])
LOAD(f32, float, double_word(from[i]))
LOAD(f64, double, double_word(from[i]))
LOAD(spelled_f32, float, spelled_word(from[i]))
LOAD(spelled_f64, double, spelled_word(from[i]))
#undef LOAD

/* The block starts at a multiple of 64 rows. */
static void load_bits(Block *restrict block, const uint64_t *restrict bits, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) block->low[i] = bits[i / 64] >> (i % 64) & 1;
}

static void load_pairs(Block *restrict block, const void *restrict from, uint32_t count) {
    const uint64_t *words = from;
    for (uint32_t i = 0; i < count; i++) {
        block->low[i] = words[2 * i];
        block->high[i] = words[2 * i + 1];
    }
}

static void load_intervals(Block *restrict block, const Interval *restrict from, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        __int128 order = interval_order(from[i]);
        block->low[i] = (uint64_t)order;
        block->high[i] = (uint64_t)(order >> 64);
    }
}

/* The words of the views; true when one of them is long. */
static bool load_views(Block *restrict block, const View *restrict views, uint32_t count) {
    /* A maximum, and not a test per row: the loop stays free of branches, and load_long is called for few
     * keys. */
    uint32_t longest = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t words[2];
        memcpy(words, views + i, 16);
        block->low[i] = words[0];
        block->high[i] = words[1];
        longest = views[i].size > longest ? views[i].size : longest;
    }
    return longest > VIEW_INLINE_SIZE_MAX;
}

static void load_long(Block *block, const View *views, const ViewData *data, bool hash, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = text_cell_size(block->low[i]); /* 0 for a NULL, whatever its view */
        block->mixed[i] = block->high[i];
        if (size <= VIEW_INLINE_SIZE_MAX) continue;
        const char *bytes = data[views[i].far.buffer].bytes + views[i].far.offset;
        block->high[i] = (uint64_t)(uintptr_t)bytes;
        if (hash) block->mixed[i] = hash_bytes(bytes, size);
    }
}

/* NULLs of column `column`: words cleared, the bit set. `validity` is that of the block's first row. */
static void mask_nulls(Block *block, const uint64_t *validity, uint32_t column, uint32_t count) {
    for (uint32_t base = 0; base < count; base += 64) {
        uint64_t nulls = ~validity[base / 64];
        if (count - base < 64) nulls &= bits_tail_mask(count);
        if (nulls == 0) continue;
        block->has_nulls = true;
        for (; nulls != 0; nulls &= nulls - 1) {
            uint32_t i = base + (uint32_t)__builtin_ctzll(nulls);
            block->low[i] = block->high[i] = 0;
            block->nulls[i] |= 1ULL << column;
        }
    }
}

/* Of a type that has spellings: values as they are. */
static void load_spelled(Block *block, const Array *array, uint32_t from, uint32_t count) {
    TypeLayout layout = type_layout(array->type);
    if (layout == LAYOUT_F32) {
        load_spelled_f32(block, array_f32(array) + from, count);
    } else if (layout == LAYOUT_F64) {
        load_spelled_f64(block, array_f64(array) + from, count);
    } else {
        ASSERT(layout == LAYOUT_INTERVAL);
        load_pairs(block, array_interval(array) + from, count);
    }
}

static void load_values(Block *block, const Array *array, uint32_t from, uint32_t count) {
    switch (type_layout(array->type)) {
        case LAYOUT_BIT: load_bits(block, array_bits(array) + from / 64, count); return;
        case LAYOUT_I16: load_i16(block, array_i16(array) + from, count); return;
        case LAYOUT_I32: load_i32(block, array_i32(array) + from, count); return;
        case LAYOUT_I64: load_i64(block, array_i64(array) + from, count); return;
        case LAYOUT_F32: load_f32(block, array_f32(array) + from, count); return;
        case LAYOUT_F64: load_f64(block, array_f64(array) + from, count); return;
        case LAYOUT_INTERVAL: load_intervals(block, array_interval(array) + from, count); return;
        case LAYOUT_I128: load_pairs(block, array_decimal(array) + from, count); return;
        case LAYOUT_BYTES16: load_pairs(block, (const char *)array->values + 16 * (size_t)from, count); return;
        case LAYOUT_VIEW: /* load_texts */
        case LAYOUT_NESTED: break;
    }
    ASSERT(!"no keys of nested types yet");
}

/* Of the layout's type, not the array's: who wants JSON values by their bytes says that they are texts. */
static bool is_cut_to_key(const RowKeyLayout *layout, uint32_t column) {
    return layout->cells[column].type.id == TYPE_JSONB && !layout->keeps_spelling;
}

static void load_texts(Block *block, const Array *array, const View *views, uint32_t column, uint32_t from, uint32_t count, bool hash) {
    block->has_long = load_views(block, views, count);
    if (array->validity != NULL) mask_nulls(block, array->validity + from / 64, column, count);
    if (block->has_long) load_long(block, views, array->data, hash, count);
}

static void load_json_keys(Block *block, const Array *array, uint32_t column, uint32_t from, uint32_t count, bool hash) {
    const View *views = array_views(array) + from;
    View keys[ROWKEY_BLOCK_ROW_COUNT];
    for (uint32_t i = 0; i < count; i++) keys[i] = array_is_null(array, from + i) ? (View){0} : jsonb_view_key(&views[i], array->data);
    load_texts(block, array, keys, column, from, count, hash);
}

/* One key column of the block into its words, NULLs masked, addresses of long texts put in. */
static void load_column(const RowKeyLayout *layout, Block *block, const Array *array, uint32_t column,
                        uint32_t from, uint32_t count, bool hash) {
    if (type_layout(array->type) == LAYOUT_VIEW) {
        const View *views = array_views(array) + from;
        if (is_cut_to_key(layout, column) && jsonb_views_have_zeros(views, count))
            load_json_keys(block, array, column, from, count, hash);
        else
            load_texts(block, array, views, column, from, count, hash);
        return;
    }
    if (layout->keeps_spelling && type_has_spellings(array->type))
        load_spelled(block, array, from, count);
    else
        load_values(block, array, from, count);
    if (array->validity != NULL) mask_nulls(block, array->validity + from / 64, column, count);
    block->has_long = false;
}

/* ---- words to keys ---- */

static void store_words(uint64_t *restrict keys, size_t stride, const uint64_t *restrict words,
                        uint32_t count) {
    for (uint32_t i = 0; i < count; i++) keys[i * stride] = words[i];
}

static void store_pairs(uint64_t *restrict keys, size_t stride, const Block *restrict block, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        keys[i * stride] = block->low[i];
        keys[i * stride + 1] = block->high[i];
    }
}

/* Column by column: each is loaded once, then stored and hashed while its words are in the first-level cache. */
static void encode_block(const RowKeyLayout *layout, const Array *const *columns, Block *block, uint32_t from,
                         uint32_t count, uint64_t *keys, uint64_t *hashes) {
    ASSERT(from % 64 == 0 && count <= ROWKEY_BLOCK_ROW_COUNT);
    size_t stride = layout->size / 8;
    if (layout->has_null_word) memset(block->nulls, 0, count * sizeof(*block->nulls));
    block->has_nulls = false;
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const RowKeyCell *cell = &layout->cells[c];
        bool is_pair = cell->is_pair;
        load_column(layout, block, columns[c], c, from, count, hashes != NULL);
        if (keys != NULL && is_pair) store_pairs(keys + cell->offset / 8, stride, block, count);
        if (keys != NULL && !is_pair) store_words(keys + cell->offset / 8, stride, block->low, count);
        if (hashes != NULL) fold_column(hashes, block, c == 0, is_pair, count);
    }
    if (!layout->has_null_word) return;
    if (keys != NULL) store_words(keys, stride, block->nulls, count);
    if (hashes != NULL && block->has_nulls)
        for (uint32_t i = 0; i < count; i++) hashes[i] = fold_nulls(hashes[i], block->nulls[i]);
}

/* ---- the commonest keys ---- */

/* Words that are the same in all keys of a batch: no NULL, the same window; then one column that varies. */
enum { PREFIX_WORD_COUNT_MAX = 3 };
typedef struct Prefix {
    uint64_t words[PREFIX_WORD_COUNT_MAX];
    uint32_t count;
    bool is_hashed; /* one of them is a column: `seed` is what it contributes */
    uint64_t seed;  /* hash_seed of the fold so far */
} Prefix;

/* Without a branch: one pass that the compiler does several words at a time. */
static bool all_same(const uint64_t *restrict words, uint32_t count) {
    uint64_t difference = 0;
    for (uint32_t i = 1; i < count; i++) difference |= words[i] ^ words[0];
    return difference == 0;
}

/* False when the key has another shape. */
static bool find_prefix(const RowKeyLayout *layout, const Array *const *columns, uint32_t row_count,
                        Prefix *prefix) {
    uint32_t before = layout->column_count - 1u;
    *prefix = (Prefix){.count = layout->has_null_word}; /* the NULL word is 0, which is not hashed */
    if (before + prefix->count > PREFIX_WORD_COUNT_MAX || row_count == 0) return false;
    uint64_t hash = 0;
    /* The last column too: its NULLs would set bits in the word that is the same for all. */
    for (uint32_t c = 0; c <= before; c++)
        if (columns[c]->validity != NULL) return false;
    for (uint32_t c = 0; c < before; c++) {
        const uint64_t *words = columns[c]->values;
        if (type_layout(columns[c]->type) != LAYOUT_I64 || !all_same(words, row_count)) return false;
        prefix->words[prefix->count++] = words[0];
        hash = c == 0 ? fold_first(words[0]) : hash_combine(hash, words[0]);
    }
    prefix->is_hashed = before > 0;
    prefix->seed = hash_seed(hash);
    return true;
}

/* One word, or the two of a pair, after the prefix. The counts are constants wherever this is inlined; keys
 * and hashes in one loop, so that the compiler does not make a strided loop per word of it. */
static inline __attribute__((always_inline)) void encode_rows(const Prefix *prefix, uint32_t prefix_count,
                                                              uint32_t word_count,
                                                              const uint64_t *restrict values, uint32_t count,
                                                              uint64_t *restrict keys,
                                                              uint64_t *restrict hashes) {
    uint64_t words[PREFIX_WORD_COUNT_MAX], seed = prefix->seed;
    bool is_hashed = prefix->is_hashed;
    memcpy(words, prefix->words, sizeof(words));
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *value = values + (size_t)i * word_count;
        uint64_t *key = keys + (size_t)i * (prefix_count + word_count);
        uint64_t word = word_count == 1 ? value[0] : mix_pair(value[0], value[1]);
        memcpy(key, words, prefix_count * sizeof(*key));
        memcpy(key + prefix_count, value, word_count * sizeof(*key));
        hashes[i] = hash_u64(is_hashed ? word ^ seed : word);
    }
}

static void encode_after_prefix(const Prefix *prefix, uint32_t word_count, const uint64_t *restrict values,
                                uint32_t count, uint64_t *restrict keys, uint64_t *restrict hashes) {
    DEBUG_ASSERT(prefix->count <= PREFIX_WORD_COUNT_MAX);
#define ENCODE(words, prefix_words)                                            \
    case 4 * words + prefix_words:                                             \
        encode_rows(prefix, prefix_words, words, values, count, keys, hashes); \
        return
    switch (4 * word_count + prefix->count) {
        ENCODE(1, 0);
        ENCODE(1, 1);
        ENCODE(1, 2);
        ENCODE(1, 3);
        ENCODE(2, 0);
        ENCODE(2, 1);
        ENCODE(2, 2);
        ENCODE(2, 3);
        default: ASSERT(!"a prefix of at most three words");
    }
#undef ENCODE
}

static bool is_short_texts(const Array *array, uint32_t count) {
    const View *views = array_views(array);
    uint32_t longest = 0;
    for (uint32_t i = 0; i < count; i++) longest = views[i].size > longest ? views[i].size : longest;
    return longest <= VIEW_INLINE_SIZE_MAX;
}

/* A word, or a text in its view, after words that are the same in all rows; false: the key is none of these.
 */
static bool encode_prefixed(const RowKeyLayout *layout, const Array *const *columns, uint32_t count,
                            uint64_t *keys, uint64_t *hashes) {
    const Array *last = columns[layout->column_count - 1];
    bool is_word = type_layout(last->type) == LAYOUT_I64, is_text = type_layout(last->type) == LAYOUT_VIEW;
    Prefix prefix;
    if (keys == NULL || hashes == NULL) return false;
    if ((!is_word && !is_text) || !find_prefix(layout, columns, count, &prefix)) return false;
    if (is_text && !is_short_texts(last, count)) return false;
    if (is_text && is_cut_to_key(layout, layout->column_count - 1u) && jsonb_views_have_zeros(array_views(last), count)) return false;
    encode_after_prefix(&prefix, is_word ? 1 : 2, last->values, count, keys, hashes);
    return true;
}

/* Two integers, none of them the same in all rows. */
static bool is_two_words(const RowKeyLayout *layout, const Array *const *columns) {
    return layout->column_count == 2 && !layout->has_null_word &&
           type_layout(columns[0]->type) == LAYOUT_I64 && type_layout(columns[1]->type) == LAYOUT_I64;
}

static void encode_two_words(const uint64_t *restrict a, const uint64_t *restrict b, uint32_t count,
                             uint64_t *restrict keys, uint64_t *restrict hashes) {
    if (keys != NULL)
        for (uint32_t i = 0; i < count; i++) {
            keys[2 * i] = a[i];
            keys[2 * i + 1] = b[i];
        }
    if (hashes != NULL)
        for (uint32_t i = 0; i < count; i++) hashes[i] = hash_combine(fold_first(a[i]), b[i]);
}

static void check_columns(const RowKeyLayout *layout, const Array *const *columns, uint32_t row_count) {
    for (uint32_t c = 0; c < layout->column_count; c++) {
        const Array *array = columns[c];
        ASSERT(array->length >= row_count);
        ASSERT(type_layout(array->type) == type_layout(layout->cells[c].type));
        ASSERT(array->type.id != TYPE_NUMERIC || array->type.scale == layout->cells[c].type.scale);
        if (!layout->has_null_word) ASSERT(array_null_count(array) == 0);
    }
}

void rowkey_encode(const RowKeyLayout *layout, const Array *const *columns, uint32_t row_count,
                   uint64_t *keys, uint64_t *hashes) {
    check_columns(layout, columns, row_count);
    ASSERT((uintptr_t)keys % 8 == 0);
    ASSERT(columns != NULL || layout->column_count == 0);
    if (layout->column_count == 0) {
        for (uint32_t i = 0; hashes != NULL && i < row_count; i++) hashes[i] = fold_first(0);
    } else if (encode_prefixed(layout, columns, row_count, keys, hashes)) {
        return;
    } else if (is_two_words(layout, columns)) {
        encode_two_words(columns[0]->values, columns[1]->values, row_count, keys, hashes);
    } else {
        Block block;
        for (uint32_t from = 0; from < row_count; from += ROWKEY_BLOCK_ROW_COUNT) {
            uint32_t left = row_count - from,
                     count = left < ROWKEY_BLOCK_ROW_COUNT ? left : ROWKEY_BLOCK_ROW_COUNT;
            encode_block(layout, columns, &block, from, count,
                         keys == NULL ? NULL : keys + (size_t)from * (layout->size / 8),
                         hashes == NULL ? NULL : hashes + from);
        }
    }
}

/* ---- keys to values ---- */

void rowkey_decode(const RowKeyLayout *layout, uint32_t column, const uint64_t *key, ArrayBuilder *builder) {
    DEBUG_ASSERT(column < layout->column_count);
    const RowKeyCell *cell = &layout->cells[column];
    DEBUG_ASSERT(type_layout(builder->type) == type_layout(cell->type));
    const uint64_t *words = key + cell->offset / 8;
    double real;
    if (layout->has_null_word && (key[0] >> column & 1)) {
        array_builder_null(builder);
        return;
    }
    switch (type_layout(cell->type)) {
        case LAYOUT_BIT: array_builder_bool(builder, words[0] != 0); return;
        case LAYOUT_I16: array_builder_i16(builder, (int16_t)words[0]); return;
        case LAYOUT_I32: array_builder_i32(builder, (int32_t)words[0]); return;
        case LAYOUT_I64:
        case LAYOUT_F64: array_builder_i64(builder, (int64_t)words[0]); return;
        case LAYOUT_F32:
            memcpy(&real, words, 8);
            array_builder_f32(builder, (float)real);
            return;
        case LAYOUT_I128:
        case LAYOUT_BYTES16: array_builder_bytes16(builder, words); return;
        case LAYOUT_VIEW: {
            bool is_long = text_cell_size(words[0]) > VIEW_INLINE_SIZE_MAX;
            const char *bytes = is_long ? text_cell_address(words[1]) : (const char *)words + 4;
            array_builder_text(builder, str_from(bytes, text_cell_size(words[0])));
            return;
        }
        case LAYOUT_INTERVAL: {
            Interval interval;
            DEBUG_ASSERT(layout->keeps_spelling);
            memcpy(&interval, words, sizeof(interval));
            array_builder_interval(builder, interval);
            return;
        }
        case LAYOUT_NESTED: break;
    }
    ASSERT(!"a key that does not hold its value");
}
