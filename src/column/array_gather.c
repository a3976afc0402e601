/* SPDX-License-Identifier: Apache-2.0
 * column/array_gather.c - rows picked out of one array or of several.
 *
 * One loop per width, stamped below; the width is looked at once per call. Views are gathered as
 * they are: the data they point into is shared. Several sources have several lists of data, so
 * there the index of a view is moved by where its source's list starts in the joined one. */
#include "column/array.h"

typedef struct Word16 {
    uint64_t low, high;
} Word16;

#define GATHER(width, CType)                                                                         \
    static void gather_##width(CType *restrict out, const CType *restrict values,                    \
                               const uint32_t *restrict rows, uint32_t count) {                      \
        for (uint32_t i = 0; i < count; i++) out[i] = values[rows[i]];                               \
    }                                                                                                \
    static void gather_many_##width(CType *restrict out, const void *const *restrict bases,          \
                                    const uint32_t *restrict sources, const uint32_t *restrict rows, \
                                    uint32_t count) {                                                \
        for (uint32_t i = 0; i < count; i++) out[i] = ((const CType *)bases[sources[i]])[rows[i]];   \
    }
GATHER(2, uint16_t)
GATHER(4, uint32_t)
GATHER(8, uint64_t)
GATHER(16, Word16)
#undef GATHER

/* Up to 64 bits at `rows`. */
static uint64_t gather_word(const uint64_t *restrict bits, const uint32_t *restrict rows, uint32_t count) {
    uint64_t word = 0;
    for (uint32_t i = 0; i < count; i++) word |= (bits[rows[i] / 64] >> (rows[i] % 64) & 1) << i;
    return word;
}

/* True when all gathered bits are ones. */
static bool gather_bits(uint64_t *out, const uint64_t *bits, const uint32_t *rows, uint32_t count) {
    uint64_t all = ~0ULL;
    for (uint32_t done = 0; done < count; done += 64) {
        uint32_t left = count - done;
        if (left >= 64) {
            out[done / 64] = gather_word(bits, rows + done, 64); /* a constant count: unrolled */
            all &= out[done / 64];
        } else {
            out[done / 64] = gather_word(bits, rows + done, left);
            all &= out[done / 64] | ~bits_tail_mask(left);
        }
    }
    return all == ~0ULL;
}

/* The same from several; a source without a bitmap (NULL) gives ones. */
static bool gather_many_bits(uint64_t *out, const uint64_t *const *maps, const uint32_t *sources,
                             const uint32_t *rows, uint32_t count) {
    uint64_t word = 0, all = ~0ULL;
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t *bits = maps[sources[i]];
        uint64_t bit = bits == NULL || bits_get(bits, rows[i]);
        all &= 0 - bit;
        word |= bit << (i % 64);
        if (i % 64 == 63 || i + 1 == count) out[i / 64] = word, word = 0;
    }
    return all == ~0ULL;
}

/* Once per call, by width: what the 16 bytes mean does not matter to who moves them. */
static void gather_values(Type type, void *out, const void *values, const uint32_t *rows, uint32_t count) {
    switch (type_width(type)) {
        case 2: gather_2(out, values, rows, count); break;
        case 4: gather_4(out, values, rows, count); break;
        case 8: gather_8(out, values, rows, count); break;
        case 16: gather_16(out, values, rows, count); break;
        default: gather_bits(out, values, rows, count);
    }
}

static void *gather_room(Frame *frame, Type type, uint32_t count, Buffer **owner) {
    size_t width = type_width(type);
    return frame_alloc(frame, width == 0 ? bits_size(count) : width * count, owner);
}

Status array_gather(const Array *array, Frame *frame, const uint32_t *rows, uint32_t count, Array *out,
                    Error *err) {
    ASSERT(type_layout(array->type) != LAYOUT_NESTED);
    ASSERT(count == 0 || (rows != NULL && array->values != NULL));
    for (uint32_t i = 0; i < count; i++) DEBUG_ASSERT(rows[i] < array->length);
    Array result = {
        .type = array->type, .length = count, .data = array->data, .data_count = array->data_count};
    void *values = gather_room(frame, array->type, count, &result.values_owner);
    TRY_ALLOC(values);
    gather_values(array->type, values, array->values, rows, count);
    result.values = values;
    if (array->validity != NULL) {
        Buffer *owner;
        uint64_t *validity = frame_alloc(frame, bits_size(count), &owner);
        TRY_ALLOC(validity);
        if (!gather_bits(validity, array->validity, rows, count)) {
            result.validity = validity;
            result.validity_owner = owner;
        }
    }
    *out = result;
    return STATUS_OK;
}

STATIC_ASSERT(sizeof(View) == sizeof(Word16) && sizeof(Decimal) == sizeof(Word16), "gather_16 moves them");

/* ---- several sources ---- */

typedef struct GatherMany {
    const Array *arrays;
    uint32_t array_count;
    const uint32_t *sources;
    const uint32_t *rows;
    uint32_t count;
    Frame *frame;
    Array *out;
} GatherMany;

static Status gather_many_validity(const GatherMany *job, const bool *used, Error *err) {
    const uint64_t **maps = FRAME_ARRAY(job->frame, const uint64_t *, job->array_count);
    TRY_ALLOC(maps);
    bool any = false;
    for (uint32_t i = 0; i < job->array_count; i++) {
        maps[i] = job->arrays[i].validity;
        any |= used[i] && maps[i] != NULL;
    }
    /* Only the sources that rows come from count: the bitmap of another need not be made up for all. */
    if (!any) return STATUS_OK;
    Buffer *owner;
    uint64_t *validity = frame_alloc(job->frame, bits_size(job->count), &owner);
    TRY_ALLOC(validity);
    if (gather_many_bits(validity, maps, job->sources, job->rows, job->count)) return STATUS_OK;
    job->out->validity = validity;
    job->out->validity_owner = owner;
    return STATUS_OK;
}

static void gather_many_values(const GatherMany *job, const void *const *bases, void *out) {
    switch (type_width(job->out->type)) {
        case 2: gather_many_2(out, bases, job->sources, job->rows, job->count); break;
        case 4: gather_many_4(out, bases, job->sources, job->rows, job->count); break;
        case 8: gather_many_8(out, bases, job->sources, job->rows, job->count); break;
        case 16: gather_many_16(out, bases, job->sources, job->rows, job->count); break;
        default:
            gather_many_bits(out, (const uint64_t *const *)(const void *)bases, job->sources, job->rows,
                             job->count);
    }
}

/* The data lists of the used sources joined: starts[i] is where source i's begins. False when the
 * joined list would be too long, or pins more dead bytes than it is worth. */
static bool gather_many_join(const GatherMany *job, const bool *used, uint32_t *starts, ViewData *list,
                             uint32_t *count_out) {
    uint32_t count = 0, newest = UINT32_MAX;
    size_t pinned = 0;
    for (uint32_t i = 0; i < job->array_count; i++) {
        const Array *array = &job->arrays[i];
        if (!used[i] || array->data_count == 0) continue;
        /* Batches cut from one larger one share its list: joining it once per batch would fill the limit. */
        if (newest != UINT32_MAX && job->arrays[newest].data == array->data &&
            job->arrays[newest].data_count == array->data_count) {
            starts[i] = starts[newest];
            continue;
        }
        if (array->data_count > ARRAY_DATA_COUNT_MAX - count) return false;
        starts[i] = count;
        for (uint32_t k = 0; k < array->data_count; k++) {
            list[count++] = array->data[k];
            if (array->data[k].owner != NULL) pinned += array->data[k].size;
        }
        newest = i;
    }
    ASSERT(count <= ARRAY_DATA_COUNT_MAX);
    *count_out = count;
    const View *views = job->out->values;
    size_t live = 0;
    for (uint32_t i = 0; i < job->count; i++)
        live += views[i].size > VIEW_INLINE_SIZE_MAX ? views[i].size : 0;
    /* Less than half: the copy costs no more memory than it frees. */
    return live >= pinned / 2;
}

/* Long texts into one buffer; offsets are 32 bits, so beyond that into several. */
static Status gather_many_copy(const GatherMany *job, View *views, Error *err) {
    enum { COPY_SIZE_MAX = 1 << 30 };
    size_t total = 0, data_count = 0;
    for (uint32_t i = 0; i < job->count; i++)
        if (views[i].size > VIEW_INLINE_SIZE_MAX && !array_is_null(job->out, i)) total += views[i].size;
    ViewData *list = FRAME_ARRAY(job->frame, ViewData, total / (COPY_SIZE_MAX / 2) + 2);
    TRY_ALLOC(list);
    ViewData *data = NULL;
    char *at = NULL;
    for (uint32_t i = 0; i < job->count; i++) {
        if (views[i].size <= VIEW_INLINE_SIZE_MAX) continue;
        if (array_is_null(job->out, i)) {
            views[i] = (View){0};
            continue;
        }
        /* The view is still the source's, its buffer's number too: read below, before it is rewritten. */
        if (data == NULL || views[i].size > data->size - (size_t)(at - data->bytes)) {
            if (data != NULL) data->size = (size_t)(at - data->bytes);
            data = &list[data_count++];
            data->size = total < COPY_SIZE_MAX           ? total
                         : COPY_SIZE_MAX > views[i].size ? COPY_SIZE_MAX
                                                         : views[i].size;
            at = frame_alloc(job->frame, data->size, &data->owner);
            TRY_ALLOC(at);
            data->bytes = at;
        }
        const Array *array = &job->arrays[job->sources[i]];
        memcpy(at, array->data[views[i].far.buffer].bytes + views[i].far.offset, views[i].size);
        views[i].far.buffer = (uint32_t)data_count - 1;
        views[i].far.offset = (uint32_t)(at - data->bytes);
        total -= views[i].size;
        at += views[i].size;
    }
    ASSERT(total == 0); /* what was counted has been copied */
    if (data != NULL) data->size = (size_t)(at - data->bytes);
    ASSERT(data_count <= UINT32_MAX);
    job->out->data = list;
    job->out->data_count = (uint32_t)data_count;
    return STATUS_OK;
}

static Status gather_many_data(const GatherMany *job, const bool *used, View *views, Error *err) {
    uint32_t *starts = FRAME_ARRAY(job->frame, uint32_t, job->array_count);
    ViewData *list = FRAME_ARRAY(job->frame, ViewData, ARRAY_DATA_COUNT_MAX);
    TRY_ALLOC(starts);
    TRY_ALLOC(list);
    uint32_t data_count;
    if (!gather_many_join(job, used, starts, list, &data_count)) return gather_many_copy(job, views, err);
    for (uint32_t i = 0; i < job->count; i++)
        if (views[i].size > VIEW_INLINE_SIZE_MAX) views[i].far.buffer += starts[job->sources[i]];
    job->out->data = list;
    job->out->data_count = data_count;
    return STATUS_OK;
}

Status array_gather_many(const Array *arrays, uint32_t array_count, Frame *frame, const uint32_t *sources,
                         const uint32_t *rows, uint32_t count, Array *out, Error *err) {
    ASSERT(array_count > 0);
    ASSERT(arrays != NULL);
    ASSERT(count == 0 || (sources != NULL && rows != NULL));
    /* One source: nothing to join, and no source to look up per row. */
    if (array_count == 1) return array_gather(arrays, frame, rows, count, out, err);
    Array result = {.type = arrays[0].type, .length = count};
    GatherMany job = {arrays, array_count, sources, rows, count, frame, &result};
    bool *used = FRAME_ARRAY(frame, bool, array_count);
    const void **bases = FRAME_ARRAY(frame, const void *, array_count);
    TRY_ALLOC(used);
    TRY_ALLOC(bases);
    for (uint32_t i = 0; i < array_count; i++) {
        ASSERT(type_layout(arrays[i].type) == type_layout(result.type));
        bases[i] = arrays[i].values;
    }
    for (uint32_t i = 0; i < count; i++) {
        DEBUG_ASSERT(sources[i] < array_count && rows[i] < arrays[sources[i]].length);
        used[sources[i]] = true;
    }
    void *values = gather_room(frame, result.type, count, &result.values_owner);
    TRY_ALLOC(values);
    result.values = values;
    gather_many_values(&job, bases, values);
    TRY(gather_many_validity(&job, used, err));
    if (type_layout(result.type) == LAYOUT_VIEW) TRY(gather_many_data(&job, used, values, err));
    *out = result;
    return STATUS_OK;
}

/* ---- one after the other ---- */

static Status concat_views(const Array *arrays, uint32_t array_count, Frame *frame, Array *out, View *views,
                           Error *err) {
    /* The views were copied as they are: those of source i still number its own list, which begins at `start` of the joined one. */
    uint32_t data_count = 0;
    for (uint32_t i = 0; i < array_count; i++) data_count += arrays[i].data_count;
    ViewData *list = FRAME_ARRAY(frame, ViewData, data_count);
    TRY_ALLOC(list);
    uint32_t start = 0;
    for (uint32_t i = 0; i < array_count; i++) {
        if (arrays[i].data_count > 0)
            memcpy(list + start, arrays[i].data, arrays[i].data_count * sizeof(*list));
        for (uint32_t k = 0; k < arrays[i].length; k++)
            if (views[k].size > VIEW_INLINE_SIZE_MAX) views[k].far.buffer += start;
        views += arrays[i].length;
        start += arrays[i].data_count;
    }
    ASSERT(start == data_count);
    out->data = list;
    out->data_count = data_count;
    return STATUS_OK;
}

static void concat_values(const Array *arrays, uint32_t array_count, Type type, void *values) {
    size_t width = type_width(type), at = 0;
    for (uint32_t i = 0; i < array_count; i++) {
        if (width == 0)
            bits_append(values, at, array_bits(&arrays[i]), 0, arrays[i].length);
        else if (arrays[i].length > 0)
            memcpy((char *)values + at * width, arrays[i].values, arrays[i].length * width);
        at += arrays[i].length;
    }
}

static Status concat_validity(const Array *arrays, uint32_t array_count, Frame *frame, Array *out,
                              Error *err) {
    DEBUG_ASSERT(out->length > 0 || array_count > 0);
    uint64_t *validity = frame_alloc(frame, bits_size(out->length), &out->validity_owner);
    TRY_ALLOC(validity);
    /* bits_append writes the rows of its own array alone: those of arrays without NULLs stay as they are filled here. */
    bits_fill(validity, out->length, true);
    size_t at = 0;
    for (uint32_t i = 0; i < array_count; i++) {
        if (arrays[i].validity != NULL) bits_append(validity, at, arrays[i].validity, 0, arrays[i].length);
        at += arrays[i].length;
    }
    out->validity = validity;
    return STATUS_OK;
}

Status array_concat(const Array *arrays, uint32_t array_count, Frame *frame, Array *out, Error *err) {
    ASSERT(array_count > 0);
    ASSERT(arrays != NULL);
    Array result = {.type = arrays[0].type};
    uint64_t length = 0;
    bool has_validity = false;
    for (uint32_t i = 0; i < array_count; i++) {
        ASSERT(type_layout(arrays[i].type) == type_layout(result.type));
        length += arrays[i].length;
        has_validity |= arrays[i].validity != NULL;
    }
    if (length > UINT32_MAX)
        return error_set(err, STATUS_LIMIT, "an array has more than %u rows", UINT32_MAX);
    result.length = (uint32_t)length;
    void *values = gather_room(frame, result.type, result.length, &result.values_owner);
    TRY_ALLOC(values);
    /* bits_append keeps the bits around its own, and reads them: of memory that nobody has written. */
    if (type_layout(result.type) == LAYOUT_BIT) memset(values, 0, bits_size(result.length));
    concat_values(arrays, array_count, result.type, values);
    result.values = values;
    if (type_layout(result.type) == LAYOUT_VIEW)
        TRY(concat_views(arrays, array_count, frame, &result, values, err));
    if (has_validity) TRY(concat_validity(arrays, array_count, frame, &result, err));
    *out = result;
    return STATUS_OK;
}
