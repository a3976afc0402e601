/* SPDX-License-Identifier: Apache-2.0
 * column/arrow_import_text.c - text and binary of every Arrow form as views.
 *
 *     offsets      views are made; the bytes are shared. A view's offset has 31 bits here, so bytes
 *                  beyond 2 GiB get further entries in the data list, each starting at some text
 *     fixed size   the same with offsets that are products
 *     views        shared as they are, once every one of them has been looked at. Padding that is not
 *                  zero and views under NULLs that point nowhere are repaired in a copy, so that
 *                  our loops may compare words and follow pointers without asking */
#include "base/utf8.h"
#include "column/arrow_priv.h"

enum { TEXT_SIZE_MAX = INT32_MAX };

/* The producer has broken the format; rows are counted from 1. */
static Status malformed_text(const ArrowImportJob *job, uint32_t row, const char *what, Error *err) {
    return error_set(err, STATUS_MISUSE, "row %u of Arrow column \"%.*s\" has %s", row + 1,
                     STR_ARGS(job->column->name), what);
}

/* The bytes are in place, and are no text here: the producer's data, not its format. */
static Status no_text(const ArrowImportJob *job, uint32_t row, Str bytes, Error *err) {
    const char *what = utf8_is_valid(bytes) ? "holds a zero byte" : "is not valid UTF-8";
    return error_set(err, STATUS_INVALID_ENCODING, "the text in row %u of column \"%.*s\" %s", row + 1, STR_ARGS(job->column->name), what);
}

static Status too_long(const ArrowImportJob *job, uint32_t row, Error *err) {
    return error_set(err, STATUS_LIMIT, "the text in row %u of column \"%.*s\" has more than %d bytes",
                     row + 1, STR_ARGS(job->column->name), TEXT_SIZE_MAX);
}

/* ---- offsets and fixed size ---- */

/* Where text `row` begins: the kind and width are constants at every call below. */
static inline __attribute__((always_inline)) int64_t text_begin(const ArrowImportJob *job, ArrowKind kind,
                                                                uint32_t row) {
    int64_t index = job->offset + row, wide;
    int32_t narrow;
    switch (kind) {
        case ARROW_OFFSETS32:
            memcpy(&narrow, (const char *)job->array->buffers[1] + 4 * index, 4);
            return narrow;
        case ARROW_OFFSETS64: memcpy(&wide, (const char *)job->array->buffers[1] + 8 * index, 8); return wide;
        default: return index * job->column->width;
    }
}

/* What the loops behind this one rely on: offsets rise from 0 or above. Whether the bytes are there nobody can check: the interface gives no
 * size of that buffer. */
static inline __attribute__((always_inline)) Status check_offsets(const ArrowImportJob *job, ArrowKind kind,
                                                                  Error *err) {
    int64_t begin = text_begin(job, kind, 0);
    if (begin < 0) return malformed_text(job, 0, "a negative offset", err);
    for (uint32_t row = 0; row < job->out->length; row++) {
        int64_t end = text_begin(job, kind, row + 1);
        if (end < begin) return malformed_text(job, row, "an offset smaller than the one before", err);
        if (end - begin > TEXT_SIZE_MAX) return too_long(job, row, err);
        begin = end;
    }
    return STATUS_OK;
}

/* All bytes at once; then no text may start inside a character. Only when that fails is it asked which. */
static inline __attribute__((always_inline)) Status check_offsets_text(const ArrowImportJob *job,
                                                                       ArrowKind kind, const char *bytes,
                                                                       Error *err) {
    uint32_t length = job->out->length;
    int64_t first = text_begin(job, kind, 0), last = text_begin(job, kind, length);
    /* One call over all texts is several times as fast as one for each. */
    bool good = utf8_is_text(str_from(bytes + first, (size_t)(last - first)));
    for (uint32_t row = 1; good && row < length; row++) {
        int64_t begin = text_begin(job, kind, row);
        if (begin < last && ((unsigned char)bytes[begin] & 0xC0) == 0x80) good = false;
    }
    if (good) return STATUS_OK;
    for (uint32_t row = 0; row < length; row++) {
        int64_t begin = text_begin(job, kind, row), end = text_begin(job, kind, row + 1);
        Str text = {bytes + begin, (size_t)(end - begin)};
        if (!array_is_null(job->out, row) && !utf8_is_text(text)) return no_text(job, row, text, err);
    }
    return STATUS_OK;
}

static inline __attribute__((always_inline)) Status make_views(const ArrowImportJob *job, ArrowKind kind,
                                                               const char *bytes, Error *err) {
    uint32_t length = job->out->length, data_count = 0;
    int64_t total = text_begin(job, kind, length) - text_begin(job, kind, 0);
    ViewData *list = FRAME_ARRAY(job->frame, ViewData, total / (TEXT_SIZE_MAX / 2) + 2);
    View *views = frame_alloc(job->frame, length * sizeof(*views), &job->out->values_owner);
    TRY_ALLOC(list);
    TRY_ALLOC(views);
    int64_t begin = text_begin(job, kind, 0), base = 0;
    for (uint32_t row = 0; row < length; row++) {
        int64_t end = text_begin(job, kind, row + 1);
        Str text = {bytes + begin, (size_t)(end - begin)};
        /* The bytes under a NULL are not checked to be UTF-8, so no view may show them. */
        if (array_is_null(job->out, row)) {
            text = (Str){0};
        } else if (text.size > VIEW_INLINE_SIZE_MAX) {
            /* A new entry only when an offset would not fit 31 bits: nearly always there is one. */
            if (data_count == 0 || end - base > TEXT_SIZE_MAX) {
                base = begin;
                list[data_count++] = (ViewData){.bytes = bytes + base, .owner = job->root};
            }
            list[data_count - 1].size = (size_t)(end - base);
        }
        views[row] = view_make(text, data_count - 1, (uint32_t)(begin - base));
        begin = end;
    }
    job->out->values = views;
    job->out->data = list;
    /* Two entries in turn begin more than TEXT_SIZE_MAX apart, else the second would not have been made. */
    ASSERT(data_count <= total / (TEXT_SIZE_MAX / 2) + 2);
    job->out->data_count = data_count;
    return STATUS_OK;
}

/* A NULL buffer of bytes is allowed where no text has any. */
static inline __attribute__((always_inline)) Status import_offsets(const ArrowImportJob *job, ArrowKind kind,
                                                                   const char *bytes, Error *err) {
    TRY(check_offsets(job, kind, err));
    if (bytes == NULL && text_begin(job, kind, job->out->length) > 0)
        return malformed_text(job, 0, "no buffer of bytes", err);
    if (bytes == NULL) bytes = ""; /* all texts are empty */
    if (type_is_text(job->out->type)) TRY(check_offsets_text(job, kind, bytes, err));
    return make_views(job, kind, bytes, err);
}

/* ---- views ---- */

/* The bits of a short view that are text, its size being in the first word: both words. */
static void short_view_mask(uint32_t size, uint64_t mask[2]) {
    mask[0] = size >= 4 ? ~0ULL : (1ULL << (32 + 8 * size)) - 1;
    mask[1] = size <= 4 ? 0 : size >= 12 ? ~0ULL : (1ULL << (8 * (size - 4))) - 1;
}

typedef enum ViewVerdict { VIEW_GOOD, VIEW_UNPADDED, VIEW_NO_TEXT, VIEW_OUTSIDE } ViewVerdict;

#define HIGH_BITS 0x8080808080808080ULL

/* The high bit of each byte that is not zero, for words of ASCII: no sum carries into the next byte. */
#define NONZERO_BITS(word) ((word) + 0x7F7F7F7F7F7F7F7FULL)

/* Its own 16 bytes are all there is to it. */
static ViewVerdict check_short_view(const View *view, bool is_text) {
    uint64_t words[2], mask[2];
    memcpy(words, view, 16);
    DEBUG_ASSERT(view->size <= VIEW_INLINE_SIZE_MAX);
    short_view_mask(view->size, mask);
    uint64_t high_bits = ((words[0] & mask[0] & HIGH_BITS) >> 32) | (words[1] & mask[1] & HIGH_BITS);
    uint64_t nonzero = (NONZERO_BITS(words[0] >> 32) | ~(mask[0] >> 32)) & (NONZERO_BITS(words[1]) | ~mask[1]);
    bool is_plain = high_bits == 0 && (nonzero & HIGH_BITS) == HIGH_BITS;
    if (is_text && !is_plain && !utf8_is_text(str_from(view->inlined, view->size))) return VIEW_NO_TEXT;
    return (words[0] & ~mask[0]) | (words[1] & ~mask[1]) ? VIEW_UNPADDED : VIEW_GOOD;
}

/* Plain ASCII needs no call; text of more than 12 bytes, so that words fit. */
static bool is_long_text(const char *bytes, size_t size) {
    DEBUG_ASSERT(size > VIEW_INLINE_SIZE_MAX); /* the last word begins inside */
    uint64_t word, all = 0, nonzero = HIGH_BITS;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        memcpy(&word, bytes + i, 8);
        all |= word;
        nonzero &= NONZERO_BITS(word);
    }
    memcpy(&word, bytes + size - 8, 8);
    all |= word;
    nonzero &= NONZERO_BITS(word);
    return ((all & HIGH_BITS) == 0 && nonzero == HIGH_BITS) || utf8_is_text(str_from(bytes, size));
}

/* A prefix that is not the text's first bytes counts as pointing elsewhere: comparisons would go by it. */
static ViewVerdict check_long_view(const View *view, const Array *array, bool is_text) {
    if (view->size > TEXT_SIZE_MAX || view->far.buffer >= array->data_count) return VIEW_OUTSIDE;
    const ViewData *data = &array->data[view->far.buffer];
    if ((uint64_t)view->far.offset + view->size > data->size) return VIEW_OUTSIDE;
    const char *bytes = data->bytes + view->far.offset;
    if (memcmp(bytes, view->far.prefix, 4) != 0) return VIEW_OUTSIDE;
    return is_text && !is_long_text(bytes, view->size) ? VIEW_NO_TEXT : VIEW_GOOD;
}

static ViewVerdict check_view(const View *view, const Array *array, bool is_text) {
    return view->size <= VIEW_INLINE_SIZE_MAX ? check_short_view(view, is_text)
                                              : check_long_view(view, array, is_text);
}

/* The data buffers, whose sizes stand in the last buffer. */
static Status list_data(const ArrowImportJob *job, Error *err) {
    const struct ArrowArray *array = job->array;
    ASSERT(array->n_buffers >= 3); /* check_array: validity, views, sizes */
    uint32_t count = (uint32_t)(array->n_buffers - 3);
    const char *sizes = array->buffers[array->n_buffers - 1];
    if (count > 0 && sizes == NULL) return malformed_text(job, 0, "no sizes of its data buffers", err);
    ViewData *list = FRAME_ARRAY(job->frame, ViewData, count);
    TRY_ALLOC(list);
    for (uint32_t i = 0; i < count; i++) {
        int64_t size;
        memcpy(&size, sizes + 8 * (size_t)i, 8);
        if (size < 0 || (size > 0 && array->buffers[2 + i] == NULL))
            return malformed_text(job, 0, "a data buffer without bytes", err);
        list[i] = (ViewData){array->buffers[2 + i], (size_t)size, job->root};
    }
    job->out->data = list;
    job->out->data_count = count;
    return STATUS_OK;
}

/* Views of our own, with what is wrong in them but harmless put right. */
static Status copy_views(const ArrowImportJob *job, const char *from, Error *err) {
    uint32_t length = job->out->length;
    bool is_text = type_is_text(job->out->type);
    View *views = frame_alloc(job->frame, length * sizeof(*views), &job->out->values_owner);
    TRY_ALLOC(views);
    memcpy(views, from, length * sizeof(*views));
    job->out->values = views;
    for (uint32_t row = 0; row < length; row++) {
        ViewVerdict verdict = check_view(&views[row], job->out, is_text);
        if (verdict == VIEW_GOOD) continue;
        if (verdict == VIEW_UNPADDED)
            views[row] = view_make(str_from(views[row].inlined, views[row].size), 0, 0);
        else
            views[row] = (View){0};
    }
    return STATUS_OK;
}

typedef uint64_t ViewWords __attribute__((vector_size(16)));
STATIC_ASSERT(sizeof(ViewWords) == sizeof(View), "a view is two words");

/* How many views from the first on are short, padded with zeroes, and ASCII without a zero byte, by whole blocks: the common
 * case, in a loop without a branch. The others are for check_view. */
static uint32_t count_plain_views(const char *from, uint32_t count) {
    enum { BLOCK_COUNT = 64 };
    ViewWords padding_masks[VIEW_INLINE_SIZE_MAX + 1];
    for (uint32_t size = 0; size <= VIEW_INLINE_SIZE_MAX; size++) {
        uint64_t mask[2];
        short_view_mask(size, mask);
        padding_masks[size] = (ViewWords){~mask[0], ~mask[1]};
    }
    uint32_t row = 0;
    for (; row + BLOCK_COUNT <= count; row += BLOCK_COUNT) {
        ViewWords bytes = {0}, padding = {0}, nonzero = {HIGH_BITS, HIGH_BITS};
        bool is_long = false;
        for (uint32_t i = row; i < row + BLOCK_COUNT; i++) {
            ViewWords view;
            memcpy(&view, from + 16 * (size_t)i, 16);
            uint32_t size = (uint32_t)view[0];
            is_long |= size > VIEW_INLINE_SIZE_MAX;
            bytes |= view;
            ViewWords mask = padding_masks[size <= VIEW_INLINE_SIZE_MAX ? size : 0];
            padding |= view & mask;
            nonzero &= NONZERO_BITS(view) | mask;
        }
        bool is_ascii = ((bytes[0] & HIGH_BITS) >> 32 | (bytes[1] & HIGH_BITS)) == 0;
        bool has_zero = ((nonzero[0] | UINT32_MAX) & nonzero[1] & HIGH_BITS) != HIGH_BITS; /* not in its size */
        if (is_long || (padding[0] | padding[1]) != 0 || !is_ascii || has_zero) break;
    }
    return row;
}

/* Shared if every view is as ours are; copied if some are only unpadded, lie at an odd address, or are wrong under a NULL. */
static Status import_views(const ArrowImportJob *job, Error *err) {
    TRY(list_data(job, err));
    const char *from = (const char *)job->array->buffers[1] + 16 * job->offset;
    bool is_text = type_is_text(job->out->type), is_bad = (uintptr_t)from % 8 != 0;
    for (uint32_t row = count_plain_views(from, job->out->length); row < job->out->length; row++) {
        View view;
        memcpy(&view, from + 16 * (size_t)row, 16);
        ViewVerdict verdict = check_view(&view, job->out, is_text);
        if (verdict == VIEW_GOOD) continue;
        is_bad = true;
        if (verdict == VIEW_UNPADDED || array_is_null(job->out, row)) continue;
        if (verdict == VIEW_NO_TEXT) return no_text(job, row, view_text(&view, job->out->data), err);
        return malformed_text(job, row, "a view that does not match its data buffers", err);
    }
    if (is_bad) return copy_views(job, from, err);
    job->out->values = from;
    job->out->values_owner = job->root;
    return STATUS_OK;
}

Status arrow_import_text(const ArrowImportJob *job, Error *err) {
    switch (job->column->kind) {
        case ARROW_OFFSETS32: return import_offsets(job, ARROW_OFFSETS32, job->array->buffers[2], err);
        case ARROW_OFFSETS64: return import_offsets(job, ARROW_OFFSETS64, job->array->buffers[2], err);
        case ARROW_BYTES: return import_offsets(job, ARROW_BYTES, job->array->buffers[1], err);
        default:
            ASSERT(job->column->kind == ARROW_VIEWS); /* the one other kind that array_import sends here */
            return import_views(job, err);
    }
}
