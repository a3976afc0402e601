/* SPDX-License-Identifier: Apache-2.0
 * db/parameters.c - kept values, and copies of them where a run still reads them. */
#include "db/parameters.h"

#include "column/builder.h"

/* One value, at the alignment and with the padding that kernels ask of an array's values. */
typedef struct KeptValue {
    _Alignas(MEMORY_ALIGNMENT) char room[MEMORY_ALIGNMENT];
    char *bytes; /* of a text that does not lie in its view */
    size_t byte_count;
    ViewData data;
    bool is_set;
} KeptValue;
STATIC_ASSERT(sizeof(View) <= MEMORY_ALIGNMENT && sizeof(Decimal) <= MEMORY_ALIGNMENT, "a value of any type that is not nested");

struct ParameterValues {
    _Atomic(int) reference_count; /* the statement's, and those of its runs */
    Memory *memory;
    uint32_t count;
    KeptValue *kept; /* [count] */
    Array *arrays;   /* [count] over them */
};

Status parameters_make(Arena *arena, uint32_t count, Parameters *out, Error *err) {
    *out = (Parameters){.count = count};
    if (count == 0) return STATUS_OK;
    out->items = ARENA_ARRAY(arena, Parameter, count);
    TRY_ALLOC(out->items);
    for (uint32_t i = 0; i < count; i++) out->items[i] = (Parameter){.position = -1, .open_position = -1};
    return STATUS_OK;
}

Status parameters_schema(Arena *arena, const Parameters *parameters, const Zone *zone, Schema *out, Error *err) {
    Field *fields = ARENA_ARRAY(arena, Field, parameters->count + 1);
    TRY_ALLOC(fields);
    for (uint32_t i = 0; i < parameters->count; i++) {
        char room[16];
        size_t size = text_format(room, sizeof(room), "$%u", i + 1);
        Type type = parameters->items[i].type;
        fields[i] = (Field){.name = str_copy(arena, str_from(room, size)), .type = type.id == TYPE_NUMERIC ? function_numeric_type(type_of(TYPE_TEXT)) : type};
        TRY_ALLOC(fields[i].name.data);
    }
    *out = (Schema){fields, parameters->count, zone};
    return STATUS_OK;
}

static size_t values_size(uint32_t count) {
    return sizeof(ParameterValues) + count * (sizeof(KeptValue) + sizeof(Array)) + MEMORY_ALIGNMENT;
}

/* All in one block: the values first after the head, as they are the most aligned. */
static ParameterValues *values_new(Memory *memory, uint32_t count) {
    char *block = memory_alloc_zeroed(memory, values_size(count));
    if (block == NULL) return NULL;
    ParameterValues *values = (ParameterValues *)(void *)block;
    size_t head = (sizeof(*values) + MEMORY_ALIGNMENT - 1) & ~(size_t)(MEMORY_ALIGNMENT - 1);
    values->memory = memory;
    values->count = count;
    values->kept = (KeptValue *)(void *)(block + head);
    values->arrays = (Array *)(void *)(block + head + count * sizeof(KeptValue));
    ASSERT((char *)(values->arrays + count) <= block + values_size(count));
    atomic_store(&values->reference_count, 1);
    return values;
}

static void drop_bytes(ParameterValues *values, KeptValue *kept) {
    memory_free(values->memory, kept->bytes, kept->byte_count);
    kept->bytes = NULL;
    kept->byte_count = 0;
}

void parameter_values_retain(ParameterValues *values) {
    if (values != NULL) atomic_fetch_add(&values->reference_count, 1);
}

void parameter_values_release(ParameterValues *values) {
    if (values == NULL || atomic_fetch_sub(&values->reference_count, 1) > 1) return;
    for (uint32_t i = 0; i < values->count; i++) drop_bytes(values, &values->kept[i]);
    memory_free(values->memory, values, values_size(values->count));
}

const Array *parameter_values_arrays(const ParameterValues *values) {
    return values == NULL ? NULL : values->arrays;
}

/* The bytes of a text, where it has some outside its view. */
static Status keep_text(ParameterValues *values, KeptValue *kept, Array *array, Str text, Error *err) {
    char *bytes = NULL;
    if (text.size > VIEW_INLINE_SIZE_MAX) {
        bytes = memory_alloc(values->memory, text.size);
        TRY_ALLOC(bytes);
        memcpy(bytes, text.data, text.size);
    }
    drop_bytes(values, kept);
    View view = view_make(bytes == NULL ? text : str_from(bytes, text.size), 0, 0);
    memcpy(kept->room, &view, sizeof(view));
    kept->bytes = bytes;
    kept->byte_count = bytes == NULL ? 0 : text.size;
    kept->data = (ViewData){.bytes = bytes, .size = kept->byte_count};
    array->data = &kept->data;
    array->data_count = bytes == NULL ? 0 : 1;
    return STATUS_OK;
}

static Status keep(ParameterValues *values, uint32_t index, const Array *from, Error *err) {
    KeptValue *kept = &values->kept[index];
    Array array = {.type = from->type, .length = 1, .values = kept->room};
    if (array_is_null(from, 0)) {
        drop_bytes(values, kept);
        memset(kept->room, 0, sizeof(kept->room));
        array.validity = (const uint64_t *)(const void *)kept->room; /* zeros: they serve both */
    } else if (type_layout(from->type) == LAYOUT_VIEW) {
        TRY(keep_text(values, kept, &array, array_text(from, 0), err));
    } else if (type_layout(from->type) == LAYOUT_BIT) {
        kept->room[0] = bits_get(array_bits(from), 0);
    } else {
        memcpy(kept->room, from->values, type_width(from->type));
    }
    values->arrays[index] = array;
    kept->is_set = true;
    return STATUS_OK;
}

/* A run reads the values there are: the statement goes on with others that are equal. */
static Status part_from_runs(weir_db *db, ParameterValues **values, uint32_t count, Error *err) {
    ParameterValues *shared = *values;
    if (shared != NULL && atomic_load(&shared->reference_count) == 1) return STATUS_OK;
    ParameterValues *own = values_new(&db->memory, count);
    TRY_ALLOC(own);
    for (uint32_t i = 0; shared != NULL && i < count; i++) {
        Status status = shared->kept[i].is_set ? keep(own, i, &shared->arrays[i], err) : STATUS_OK;
        if (status == STATUS_OK) continue;
        parameter_values_release(own);
        return status;
    }
    parameter_values_release(shared);
    *values = own;
    return STATUS_OK;
}

/* The type with the digits to keep of this value, all it has: each place of a NUMERIC parameter rounds for itself. */
static Type type_for(Type type, const weir_value *value) {
    DecimalScaled number = {0};
    if (type.id != TYPE_NUMERIC) return type;
    bool is_text = value->kind == WEIR_TEXT && value->as.text.data != NULL;
    if (is_text && decimal_parse_natural(str_from(value->as.text.data, value->as.text.size), &number) != NUMBER_OK) number.scale = 0;
    return type_numeric(TYPE_PRECISION_MAX, number.scale);
}

Status parameter_values_set(weir_db *db, ParameterValues **values, const Parameters *parameters, uint32_t index, const Zone *zone,
                            const weir_value *value, Error *err) {
    ASSERT(index < parameters->count);
    ArrayBuilder builder;
    Array array;
    Type type = parameters->items[index].type;
    ValuePlace place = {.type = type, .parameter = index + 1, .zone = zone, .zones = &db->zones.source};
    Frame *frame = &db->flow->frame;
    frame_reset(frame);
    TRY(array_builder_init(&builder, frame, type_for(type, value), 1, err));
    TRY(value_append(&builder, &place, value, err));
    TRY(array_builder_finish(&builder, &array, err));
    TRY(part_from_runs(db, values, parameters->count, err));
    return keep(*values, index, &array, err);
}

Status parameter_values_check(const ParameterValues *values, const Parameters *parameters, Error *err) {
    for (uint32_t i = 0; i < parameters->count; i++) {
        if (values != NULL && values->kept[i].is_set) continue;
        (void)error_set_at(err, STATUS_UNDEFINED_PARAMETER, parameters->items[i].position, "parameter $%u has no value", i + 1);
        return error_add_hint(err, "weir_bind gives it one, NULL too; in the shell \\bind does.");
    }
    return STATUS_OK;
}
