/* SPDX-License-Identifier: Apache-2.0
 * expr/in_set.c - x IN (constants): a few comparisons, a hash set of integers or texts, or a sorted list.
 *
 * Comparisons take all rows at once through the vector kernels; up to COMPARE_COUNT_MAX of them cost less than hashing
 * each row. Floats and numerics are sorted, not hashed: equal ones need not have equal bytes (0 and -0, NaN). */
#include <stdlib.h>

#include "base/hash.h"
#include "column/jsonb_view.h"
#include "expr/program_priv.h"

typedef enum InKind { IN_COMPARE, IN_INTEGERS, IN_TEXTS, IN_SORTED } InKind;

enum { COMPARE_COUNT_MAX = 8 };
STATIC_ASSERT(EXPR_ARGUMENT_COUNT_MAX < UINT32_MAX / 4, "slot counts are at most four times the values");

struct InSet {
    InKind kind;
    bool has_null;        /* NULL is listed: what is not found is NULL */
    uint32_t count;       /* values that are not NULL */
    const Array **values; /* each of length 1; IN_SORTED: in order */
    uint32_t slot_count;  /* a power of two */
    uint32_t *slots;      /* index in values + 1; 0: empty */
    int64_t *integers;    /* IN_INTEGERS: the values */
};

static int compare_values(const void *a, const void *b) {
    return array_value_compare(*(const Array *const *)a, 0, *(const Array *const *)b, 0);
}

static int64_t integer_at(const Array *array, size_t row) {
    DEBUG_ASSERT(type_width(array->type) <= 8);
    switch (type_width(array->type)) {
        case 2: return array_i16(array)[row];
        case 4: return array_i32(array)[row];
        default: return array_i64(array)[row];
    }
}

static InKind kind_for(Type type, uint32_t count) {
    TypeLayout layout = type_layout(type);
    if (count <= COMPARE_COUNT_MAX && layout != LAYOUT_I128 && layout != LAYOUT_BIT) return IN_COMPARE;
    if (layout == LAYOUT_I16 || layout == LAYOUT_I32 || layout == LAYOUT_I64) return IN_INTEGERS;
    return layout == LAYOUT_VIEW ? IN_TEXTS : IN_SORTED;
}

/* Equal values have equal ones. */
static Str text_at(const Array *array, size_t row) {
    return array->type.id == TYPE_JSONB ? jsonb_array_key(array, row) : array_text(array, row);
}

static uint64_t value_hash(const InSet *set, uint32_t index) {
    if (set->kind == IN_INTEGERS) return hash_u64((uint64_t)set->integers[index]);
    return hash_str(text_at(set->values[index], 0));
}

/* Open addressing: an entry is the value's number plus one, at the first free slot from its hash on. */
static void set_fill_slots(InSet *set) {
    ASSERT(set->slot_count > set->count); /* an empty slot ends every search */
    ASSERT((set->slot_count & (set->slot_count - 1)) == 0);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t slot = (uint32_t)value_hash(set, i) & (set->slot_count - 1);
        while (set->slots[slot] != 0) slot = (slot + 1) & (set->slot_count - 1);
        set->slots[slot] = i + 1;
    }
}

/* At least half of the slots stay free, so a search for what is not there ends soon. */
static Status set_index(Arena *arena, InSet *set, Error *err) {
    if (set->kind == IN_SORTED) qsort(set->values, set->count, sizeof(*set->values), compare_values);
    if (set->kind != IN_INTEGERS && set->kind != IN_TEXTS) return STATUS_OK;
    set->slot_count = 16;
    while (set->slot_count < 2 * set->count) set->slot_count *= 2;
    set->slots = ARENA_ARRAY(arena, uint32_t, set->slot_count);
    set->integers = ARENA_ARRAY(arena, int64_t, set->count);
    if (set->slots == NULL || set->integers == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; set->kind == IN_INTEGERS && i < set->count; i++)
        set->integers[i] = integer_at(set->values[i], 0);
    set_fill_slots(set);
    return STATUS_OK;
}

Status in_set_create(Arena *arena, const Expr *in, const InSet **out, Error *err) {
    ASSERT(in->kind == EXPR_IN && in->argument_count > 1);
    InSet *set = ARENA_NEW(arena, InSet);
    TRY_ALLOC(set);
    set->values = ARENA_ARRAY(arena, const Array *, in->argument_count);
    TRY_ALLOC(set->values);
    for (uint32_t i = 1; i < in->argument_count; i++) {
        const Expr *value = in->arguments[i];
        ASSERT(value->kind == EXPR_CONSTANT);
        ASSERT(type_layout(value->type) == type_layout(in->arguments[0]->type)); /* compared by their bytes */
        if (expr_is_null_constant(value))
            set->has_null = true;
        else
            set->values[set->count++] = &value->constant;
    }
    set->kind = kind_for(in->arguments[0]->type, set->count);
    ASSERT(set->count < in->argument_count);
    *out = set;
    return set_index(arena, set, err);
}

static bool set_has_integer(const InSet *set, int64_t value) {
    for (uint32_t slot = (uint32_t)hash_u64((uint64_t)value) & (set->slot_count - 1); set->slots[slot] != 0;
         slot = (slot + 1) & (set->slot_count - 1))
        if (set->integers[set->slots[slot] - 1] == value) return true;
    return false;
}

static bool set_has_text(const InSet *set, Str value) {
    for (uint32_t slot = (uint32_t)hash_str(value) & (set->slot_count - 1); set->slots[slot] != 0;
         slot = (slot + 1) & (set->slot_count - 1))
        if (str_equal(text_at(set->values[set->slots[slot] - 1], 0), value)) return true;
    return false;
}

/* By the order of the type, in which 0.0 and -0.0, 1 month and 30 days, are the same. */
static bool set_has_sorted(const InSet *set, const Array *array, size_t row) {
    DEBUG_ASSERT(set->kind == IN_SORTED);
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = array_value_compare(set->values[middle], 0, array, row);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool set_has(const InSet *set, const Array *needle, size_t row) {
    if (set->kind == IN_INTEGERS) return set_has_integer(set, integer_at(needle, row));
    if (set->kind == IN_TEXTS) return set_has_text(set, text_at(needle, row));
    return set_has_sorted(set, needle, row);
}

/* One pass of = for each constant. */
static Status in_compare(Eval *eval, const InSet *set, const Array *needle, uint32_t count, uint64_t *bits,
                         Error *err) {
    size_t word_count = bits_word_count(count);
    uint64_t *equal = frame_alloc(eval->frame, 8 * word_count, NULL);
    TRY_ALLOC(equal);
    for (uint32_t i = 0; i < set->count; i++) {
        compare_arrays(eval->program->kernels, KERNEL_EQUAL, KERNEL_ARRAY_CONSTANT, needle, set->values[i],
                       needle->validity, count, equal);
        for (size_t word = 0; word < word_count; word++) bits[word] |= equal[word];
    }
    return STATUS_OK;
}

Status eval_in(Eval *eval, const Step *step, Register *out, Error *err) {
    ASSERT(step->argument_count == 1);
    ASSERT(step->set != NULL);
    const Register *needle = eval->registers[step->arguments[0].index];
    const InSet *set = step->set;
    uint32_t count = needle->constant ? 1 : eval->row_count;
    size_t word_count = bits_word_count(count);
    uint64_t *bits = frame_alloc(eval->frame, 8 * word_count, &out->array.values_owner);
    TRY_ALLOC(bits);
    memset(bits, 0, 8 * word_count);
    if (set->kind == IN_COMPARE) {
        TRY(in_compare(eval, set, &needle->array, count, bits, err));
    } else {
        for (uint32_t row = 0; row < count; row++)
            if (!array_is_null(&needle->array, row) && set_has(set, &needle->array, row)) bits_set(bits, row);
    }
    *out = (Register){.array = out->array, .constant = needle->constant, .errors = needle->errors};
    out->array.length = count;
    out->array.values = bits;
    out->array.validity = needle->array.validity;
    out->array.validity_owner = needle->array.validity_owner;
    if (!set->has_null) return STATUS_OK;
    /* Found is TRUE whatever else is listed; not found is NULL because of the NULL in the list. */
    uint64_t *validity = frame_alloc(eval->frame, 8 * word_count, &out->array.validity_owner);
    TRY_ALLOC(validity);
    for (size_t word = 0; word < word_count; word++)
        validity[word] = bits[word] & (needle->array.validity == NULL ? ~0ULL : needle->array.validity[word]);
    out->array.validity = validity;
    return STATUS_OK;
}
