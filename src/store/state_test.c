/* SPDX-License-Identifier: Apache-2.0
 * store/state_test.c - keyed state against a plain model: a table of which key numbers are there, with what
 * value. */
#include "store/state.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "base/bits.h"
#include "base/hash.h"
#include "io/io_sim.h"
#include "store/state_index_priv.h"

enum { MODEL_KEY_COUNT_MAX = 20000, MODEL_KEY_SIZE_MAX = 64, MODEL_TEXT_SIZE_MAX = 64 };

/* How key number k is spelled. */
typedef struct Layout {
    uint32_t key_size;
    uint32_t text_count;
    uint32_t text_offsets[2];
} Layout;

static const Layout layouts[] = {
    {8, 0, {0}},  {16, 0, {0}}, {24, 0, {0}},     {32, 0, {0}},
    {40, 0, {0}}, {16, 1, {0}}, {48, 2, {8, 24}}, {32, 1, {16}},
};

typedef enum HashKind { HASH_GOOD, HASH_FEW, HASH_SAME, HASH_TOP } HashKind;

typedef struct Model {
    Memory memory;
    IoSim sim;
    State state;
    const Layout *layout;
    HashKind hash_kind;
    uint64_t random;
    uint32_t key_count; /* key numbers are below */
    uint32_t live_count;
    bool live[MODEL_KEY_COUNT_MAX];
    uint64_t values[MODEL_KEY_COUNT_MAX];
    /* one batch */
    uint32_t numbers[STATE_BATCH_COUNT_MAX];
    char keys[STATE_BATCH_COUNT_MAX * MODEL_KEY_SIZE_MAX] __attribute__((aligned(8)));
    char texts[STATE_BATCH_COUNT_MAX * 2 * MODEL_TEXT_SIZE_MAX];
    uint64_t hashes[STATE_BATCH_COUNT_MAX];
    uint32_t ids[STATE_BATCH_COUNT_MAX];
    uint32_t created[STATE_BATCH_COUNT_MAX];
    void *written[STATE_BATCH_COUNT_MAX];
} Model;

static Model model_storage;

static uint32_t model_random(Model *model, uint32_t below) {
    return (uint32_t)(hash_u64(model->random++) >> 32) % below;
}

static uint64_t kind_hash(HashKind kind, uint32_t number) {
    switch (kind) {
        case HASH_GOOD: break;
        case HASH_FEW: return hash_u64(number % 5);
        case HASH_SAME: return 0;
        case HASH_TOP:
            return 0xFFFFFFFF00000000ULL | hash_u64(number); /* all homes are the last: chains wrap */
    }
    return hash_u64(number);
}

static uint64_t number_hash(const void *context, const void *key) {
    uint64_t number;
    memcpy(&number, key, 8);
    return hash_u64(number);
}

static uint64_t one_hash(const void *context, const void *key) {
    return 1;
}

static uint32_t model_text_number(Str text);

/* The number that a key was made from: its first word, or in its text. */
static uint64_t model_key_hash(const void *context, const void *key) {
    const Model *model = context;
    if (model->layout->text_count > 0 && model->layout->text_offsets[0] == 0) {
        const StateText *cell = key;
        Str text = {cell->size <= STATE_TEXT_INLINE_SIZE_MAX ? cell->prefix : cell->bytes, cell->size};
        return kind_hash(model->hash_kind, model_text_number(text));
    }
    uint64_t number;
    memcpy(&number, key, 8);
    return kind_hash(model->hash_kind, (uint32_t)number);
}

static Model *model_init(const Layout *layout, HashKind hash_kind, uint32_t key_count, uint32_t count_max) {
    Model *model = &model_storage;
    memset(model, 0, sizeof(*model));
    memory_init(&model->memory, 0);
    assert_true(io_sim_init(&model->sim, &model->memory, 3));
    model->layout = layout;
    model->hash_kind = hash_kind;
    model->key_count = key_count;
    StateOptions options = {.key_size = layout->key_size,
                            .value_size = 8,
                            .text_offsets = layout->text_offsets,
                            .text_count = layout->text_count,
                            .count_max = count_max,
                            .hash = model_key_hash,
                            .hash_context = model};
    Error err;
    assert_int_equal(state_init(&model->state, &model->sim.io, &model->memory, &options, &err), STATUS_OK);
    return model;
}

static void model_deinit(Model *model) {
    state_deinit(&model->state);
    io_sim_deinit(&model->sim);
    memory_deinit(&model->memory);
}

/* Texts of 0 to 59 bytes; the first 12 bytes are often the same for different keys. */
static Str model_text(uint32_t number, uint32_t which, char *buffer) {
    size_t size = (number + which) % 60;
    memset(buffer, 'x', size);
    uint32_t rest = number / 60;
    for (size_t i = size; i > 0 && rest > 0; i--, rest /= 64) buffer[i - 1] = (char)('!' + rest % 64);
    return (Str){buffer, size};
}

static uint32_t model_text_number(Str text) {
    uint32_t rest = 0;
    size_t at = text.size;
    while (at > 0 && text.data[at - 1] != 'x') at--;
    for (; at < text.size; at++) rest = rest * 64 + (uint32_t)(text.data[at] - '!');
    return rest * 60 + (uint32_t)text.size;
}

static void model_set_row(Model *model, size_t row, uint32_t number) {
    const Layout *layout = model->layout;
    char *key = model->keys + row * layout->key_size;
    model->numbers[row] = number;
    for (uint32_t at = 0; at < layout->key_size; at += 8) {
        uint64_t word = at + 8 == layout->key_size || at == 0 ? number : 7;
        memcpy(key + at, &word, 8);
    }
    for (uint32_t i = 0; i < layout->text_count; i++) {
        char *buffer = model->texts + (row * 2 + i) * MODEL_TEXT_SIZE_MAX;
        state_text_set((StateText *)(key + layout->text_offsets[i]), model_text(number, i, buffer));
    }
    model->hashes[row] = kind_hash(model->hash_kind, number);
}

/* In a layout of one text, numbers with equal text are one key: sizes too small to tell them apart. */
static uint32_t model_draw(Model *model) {
    uint32_t number = model_random(model, model->key_count);
    if (model->layout->key_size == 16 && model->layout->text_count == 1 && number % 60 < 4)
        number = number % 60;
    return number;
}

static void model_check_row(Model *model, size_t row) {
    uint32_t number = model->numbers[row], id = model->ids[row];
    if (!model->live[number]) {
        assert_int_equal(id, STATE_NONE);
        return;
    }
    assert_int_not_equal(id, STATE_NONE);
    uint64_t value;
    memcpy(&value, state_value(&model->state, id), 8);
    assert_int_equal(value, model->values[number]);
    for (uint32_t i = 0; i < model->layout->text_count; i++) {
        char buffer[MODEL_TEXT_SIZE_MAX];
        const char *cell = state_record(&model->state, id) + model->layout->text_offsets[i];
        Str text = state_text_get(&model->state.heap, (const StateText *)cell);
        assert_true(str_equal(text, model_text(number, i, buffer)));
    }
}

static Status model_upsert(Model *model, size_t count) {
    Error err;
    /* A hint, right or wrong, changes no result. */
    StateUpsert out = {.likely_count = count % 3, .ids = model->ids, .values = model->written, .created = model->created};
    for (size_t i = 0; i < count; i++) model_set_row(model, i, model_draw(model));
    Status status = state_upsert_batch(&model->state, model->keys, model->hashes, count, &out, &err);
    if (status != STATUS_OK) {
        assert_int_equal(out.created_count, 0);
        return status;
    }
    size_t created = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = model->numbers[i];
        if (!model->live[number]) {
            assert_true(created < out.created_count);
            assert_int_equal(out.created[created++], i);
            model->live[number] = true;
            model->values[number] = 0;
            model->live_count++;
        }
        uint64_t value;
        memcpy(&value, model->written[i], 8);
        assert_int_equal(value, model->values[number]);
        model->values[number] = value + i + 1;
        memcpy(model->written[i], &model->values[number], 8);
    }
    assert_int_equal(created, out.created_count);
    return STATUS_OK;
}

static void model_get(Model *model, size_t count) {
    for (size_t i = 0; i < count; i++) model_set_row(model, i, model_draw(model));
    state_get_batch(&model->state, model->keys, model->hashes, count, model->ids);
    for (size_t i = 0; i < count; i++) {
        model_check_row(model, i);
        const char *key = model->keys + i * model->layout->key_size;
        assert_int_equal(state_get(&model->state, key, model->hashes[i]), model->ids[i]);
        bool is_there = model->ids[i] != STATE_NONE;
        assert_ptr_equal(state_find(&model->state, key, model->hashes[i]),
                         is_there ? state_value(&model->state, model->ids[i]) : NULL);
    }
}

/* Keys drawn twice are there only once. */
static void model_delete(Model *model, size_t count) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        model_set_row(model, i, model_draw(model));
        uint32_t id = state_get(&model->state, model->keys + i * model->layout->key_size, model->hashes[i]);
        uint32_t number = model->numbers[i];
        if (!model->live[number]) continue;
        assert_int_not_equal(id, STATE_NONE);
        model->live[number] = false;
        model->live_count--;
        model->ids[found++] = id;
    }
    state_delete_batch(&model->state, model->ids, found);
}

/* Everything, by scan and by search. */
static void model_check(Model *model) {
    assert_int_equal(model->state.count, model->live_count);
    StateCursor cursor = {0};
    uint64_t sum = 0, expected = 0;
    size_t count, seen = 0;
    uint32_t ids[100];
    while ((count = state_scan(&model->state, &cursor, ids, 100)) > 0) {
        for (size_t i = 0; i < count; i++) sum += *(const uint64_t *)state_value(&model->state, ids[i]);
        seen += count;
    }
    for (uint32_t k = 0; k < model->key_count; k++) expected += model->live[k] ? model->values[k] : 0;
    assert_int_equal(seen, model->live_count);
    assert_int_equal(sum, expected);
    for (uint32_t at = 0; at < model->key_count; at += STATE_BATCH_COUNT_MAX) {
        uint32_t left = model->key_count - at;
        size_t part = left < STATE_BATCH_COUNT_MAX ? left : STATE_BATCH_COUNT_MAX;
        bool single_text = model->layout->key_size == 16 && model->layout->text_count == 1;
        for (size_t i = 0; i < part; i++) {
            uint32_t number = at + (uint32_t)i;
            model_set_row(model, i, single_text && number % 60 < 4 ? number % 60 : number);
        }
        state_get_batch(&model->state, model->keys, model->hashes, part, model->ids);
        for (size_t i = 0; i < part; i++) model_check_row(model, i);
    }
    assert_true(state_memory(&model->state) <= (size_t)model->memory.bytes_in_use);
}

static void model_run(Model *model, int steps, uint32_t batch_max) {
    Error err;
    for (int step = 0; step < steps; step++) {
        uint32_t count = model_random(model, batch_max) + 1, what = model_random(model, 100);
        if (what < 45) {
            assert_int_equal(model_upsert(model, count), STATUS_OK);
        } else if (what < 65) {
            model_get(model, count);
        } else if (what < 98) {
            model_delete(model, count);
        } else if (what == 98) {
            assert_int_equal(state_compact_heap(&model->state, &err), STATUS_OK);
        } else if (model_random(model, 4) == 0) {
            if (model_random(model, 2) == 0)
                state_reset(&model->state);
            else
                state_clear(&model->state);
            memset(model->live, 0, sizeof(model->live));
            model->live_count = 0;
        }
        if (step % 16 == 0) model_check(model);
    }
    model_check(model);
}

/* ---- tests ---- */

static void test_model(void **context) {
    static const uint32_t key_counts[] = {1, 30, 1000, MODEL_KEY_COUNT_MAX};
    static const uint32_t batches[] = {1, 8, 300, STATE_BATCH_COUNT_MAX};
    for (size_t l = 0; l < sizeof(layouts) / sizeof(*layouts); l++) {
        for (size_t k = 0; k < 4; k++) {
            Model *model = model_init(&layouts[l], HASH_GOOD, key_counts[k], 0);
            model->random = l * 100 + k;
            model_run(model, k == 3 ? 60 : 200, batches[k]);
            model_deinit(model);
        }
    }
}

static void test_bad_hashes(void **context) {
    for (size_t l = 0; l < sizeof(layouts) / sizeof(*layouts); l += 3) {
        for (HashKind kind = HASH_FEW; kind <= HASH_TOP; kind++) {
            Model *model = model_init(&layouts[l], kind, 1500, 0);
            model_run(model, 150, 200);
            model_deinit(model);
        }
    }
}

/* More keys of one hash than a bucket can count: they are found, carried over and deleted all the same. */
static void test_passed_saturates(void **context) {
    Model *model = model_init(&layouts[0], HASH_TOP, STATE_BUCKET_PASSED_MAX * 3 / 2, 0);
    for (uint32_t at = 0; at < model->key_count; at++) {
        model_set_row(model, at % 100, at);
        model->hashes[at % 100] = UINT64_MAX;
        if (at % 100 < 99 && at + 1 < model->key_count) continue;
        Error err;
        StateUpsert out = {.ids = model->ids, .created = model->created};
        size_t count = at % 100 + 1;
        assert_int_equal(state_upsert_batch(&model->state, model->keys, model->hashes, count, &out, &err),
                         STATUS_OK);
        assert_int_equal(out.created_count, count);
    }
    assert_int_equal(model->state.count, model->key_count);
    for (uint32_t number = model->key_count; number > 0; number -= number < 7 ? number : 7) {
        model_set_row(model, 0, number - 1);
        uint32_t id = state_get(&model->state, model->keys, UINT64_MAX);
        assert_int_equal(id, number - 1);
        state_delete(&model->state, id);
        assert_int_equal(state_get(&model->state, model->keys, UINT64_MAX), STATE_NONE);
    }
    model_deinit(model);
}

/* A state by itself, over real pages. */
static void open_state(State *state, Memory *memory, uint32_t key_size, uint32_t value_size,
                       uint64_t (*hash)(const void *context, const void *key)) {
    Error err;
    StateOptions options = {.key_size = key_size, .value_size = value_size, .hash = hash};
    memory_init(memory, 0);
    assert_int_equal(state_init(state, io_real(), memory, &options, &err), STATUS_OK);
}

static void close_state(State *state, Memory *memory) {
    state_deinit(state);
    memory_deinit(memory);
}

static void fill(State *state, uint64_t count) {
    for (uint64_t at = 0; at < count; at++) {
        Error err;
        uint64_t hash = hash_u64(at);
        uint32_t id, created;
        void *value;
        StateUpsert out = {.ids = &id, .values = &value, .created = &created};
        assert_int_equal(state_upsert_batch(state, &at, &hash, 1, &out, &err), STATUS_OK);
        assert_int_equal(out.created_count, 1);
        assert_int_equal(*(uint64_t *)value, 0);
        *(uint64_t *)value = at + 1;
    }
}

/* A state cleared keeps its memory for as many records again, and gives it back after far fewer. */
static void test_clear(void **context) {
    Memory memory;
    State state;
    open_state(&state, &memory, 8, 8, number_hash);
    fill(&state, 50000);
    size_t full = state_memory(&state);
    for (int round = 0; round < 3; round++) {
        state_clear(&state);
        assert_int_equal(state.count, 0);
        fill(&state, 50000 - 10000 * (uint64_t)round);
        assert_true(state_memory(&state) <= full);
    }
    state_clear(&state);
    assert_true(state_memory(&state) > full / 2);
    fill(&state, 10);
    state_clear(&state);
    assert_true(state_memory(&state) < full / 8);
    fill(&state, 10);
    close_state(&state, &memory);
}

/* As many keys go as come, at random: freed ids are found again, and few are left lying. */
static void test_reuse(void **context) {
    enum { LIVE_COUNT = 20000 };
    Memory memory;
    State state;
    Error err;
    memory_init(&memory, 0);
    StateOptions options = {.key_size = 8, .value_size = 8, .hash = number_hash};
    assert_int_equal(state_init(&state, io_real(), &memory, &options, &err), STATUS_OK);
    fill(&state, LIVE_COUNT);
    static uint64_t keys[LIVE_COUNT];
    for (uint64_t i = 0; i < LIVE_COUNT; i++) keys[i] = i;
    for (uint64_t next = LIVE_COUNT; next < 20 * LIVE_COUNT; next++) {
        uint64_t *key = &keys[hash_u64(next) % LIVE_COUNT], hash = hash_u64(next);
        uint32_t id = state_get(&state, key, hash_u64(*key)), created;
        assert_int_equal(*(const uint64_t *)state_value(&state, id), *key < LIVE_COUNT ? *key + 1 : *key);
        state_delete(&state, id);
        void *value;
        StateUpsert out = {.ids = &id, .values = &value, .created = &created};
        *key = next;
        assert_int_equal(state_upsert_batch(&state, key, &hash, 1, &out, &err), STATUS_OK);
        assert_int_equal(*(uint64_t *)value, 0);
        *(uint64_t *)value = next;
    }
    assert_int_equal(state.count, LIVE_COUNT);
    assert_true(state.id_count < LIVE_COUNT + LIVE_COUNT / 500);
    state_deinit(&state);
    memory_deinit(&memory);
}

/* Large enough that searches prefetch and the index grows in parts, one row at a time and in batches. */
static void test_growth(void **context) {
    for (uint32_t part = 1; part <= STATE_BATCH_COUNT_MAX; part *= 64) {
        Memory memory;
        State state;
        Error err;
        open_state(&state, &memory, 16, 8, number_hash);
        static uint64_t keys[STATE_BATCH_COUNT_MAX][2], hashes[STATE_BATCH_COUNT_MAX];
        static uint32_t ids[STATE_BATCH_COUNT_MAX], created[STATE_BATCH_COUNT_MAX];
        static void *values[STATE_BATCH_COUNT_MAX];
        StateUpsert out = {.ids = ids, .values = values, .created = created};
        uint64_t key_count = part == 1 ? 100000 : 200 * STATE_BATCH_COUNT_MAX;
        bool grew_in_parts = false;
        for (uint64_t at = 0; at < key_count; at += part) {
            for (uint32_t i = 0; i < part; i++) {
                keys[i][0] = at + i;
                keys[i][1] = ~(at + i);
                hashes[i] = hash_u64(at + i);
            }
            assert_int_equal(state_upsert_batch(&state, keys, hashes, part, &out, &err), STATUS_OK);
            assert_int_equal(out.created_count, part);
            for (uint32_t i = 0; i < part; i++) *(uint64_t *)values[i] = at + i;
            grew_in_parts = grew_in_parts || state.moved_count > 0;
            if (state.moved_count > 0 && at % 7 == 0) { /* both halves of a growing index answer */
                uint64_t old[2] = {at / 2, ~(at / 2)};
                uint32_t id = state_get(&state, old, hash_u64(at / 2));
                assert_int_not_equal(id, STATE_NONE);
                assert_int_equal(*(const uint64_t *)state_value(&state, id), at / 2);
            }
        }
        assert_true(grew_in_parts);
        assert_true(state_memory(&state) >
                    1024 * 1024); /* larger than what is searched without prefetching */
        for (uint64_t at = 0; at < key_count; at += STATE_BATCH_COUNT_MAX) {
            uint32_t count = 0;
            for (; count < STATE_BATCH_COUNT_MAX && at + count < key_count + 50; count++) {
                keys[count][0] = at + count;
                keys[count][1] = ~(at + count);
                hashes[count] = hash_u64(at + count);
            }
            state_get_batch(&state, keys, hashes, count, ids);
            for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(ids[i] != STATE_NONE, at + i < key_count);
                if (at + i < key_count)
                    assert_int_equal(*(const uint64_t *)state_value(&state, ids[i]), at + i);
            }
        }
        close_state(&state, &memory);
    }
}

/* Memory refused at every allocation in turn: the batch fails whole, the next one works. */
static void test_memory_refused(void **context) {
    for (size_t l = 4; l < sizeof(layouts) / sizeof(*layouts); l++) {
        bool refused = true;
        for (int64_t nth = 1; refused; nth++) {
            Model *model = model_init(&layouts[l], HASH_GOOD, 3000, 0);
            model->memory.fail_at = nth;
            refused = false;
            for (int step = 0; step < 12; step++) {
                Status status = model_upsert(model, 400);
                assert_true(status == STATUS_OK || status == STATUS_OUT_OF_MEMORY);
                refused = refused || status != STATUS_OK;
                if (status != STATUS_OK) model_check(model);
                if (step % 4 == 3) model_delete(model, 300);
            }
            model->memory.fail_at = 0;
            model_check(model);
            model_run(model, 3, 200);
            model_deinit(model);
        }
    }
}

static void test_limit(void **context) {
    Model *model = model_init(&layouts[6], HASH_GOOD, 3000, 500);
    bool limited = false;
    for (int step = 0; step < 60; step++) {
        Status status = model_upsert(model, 40);
        if (status != STATUS_OK) {
            assert_int_equal(status, STATUS_LIMIT);
            limited = true;
            model_check(model);
            model_delete(model, 1000);
        }
        assert_true(model->state.count <= 500);
    }
    assert_true(limited);
    model_deinit(model);

    State state;
    Error err;
    memory_init(&model->memory, 0);
    StateOptions wide = {.key_size = STATE_KEY_SIZE_MAX + 8, .value_size = 8, .hash = one_hash};
    assert_int_equal(state_init(&state, io_real(), &model->memory, &wide, &err), STATUS_LIMIT);
    wide = (StateOptions){.key_size = 8, .value_size = STATE_RECORD_SIZE_MAX, .hash = one_hash};
    assert_int_equal(state_init(&state, io_real(), &model->memory, &wide, &err), STATUS_LIMIT);
    state_deinit(&state);
    memory_deinit(&model->memory);
}

static void test_edges(void **context) {
    static const uint32_t sizes[][2] = {
        {0, 8}, {0, 0}, {8, 0}, {STATE_KEY_SIZE_MAX, STATE_RECORD_SIZE_MAX - STATE_KEY_SIZE_MAX}};
    for (size_t i = 0; i < 4; i++) {
        Memory memory;
        State state;
        Error err;
        open_state(&state, &memory, sizes[i][0], sizes[i][1], one_hash);
        static uint64_t keys[2][STATE_KEY_SIZE_MAX / 8];
        uint64_t hashes[2] = {1, 1};
        uint32_t ids[2], created[2];
        void *values[2];
        StateUpsert out = {.ids = ids, .values = values, .created = created};
        assert_int_equal(state_upsert_batch(&state, keys, hashes, 0, &out, &err), STATUS_OK);
        state_get_batch(&state, keys, hashes, 2, ids);
        assert_int_equal(ids[0], STATE_NONE);
        assert_int_equal(state_get(&state, keys, 1), STATE_NONE);
        assert_int_equal(state_upsert_batch(&state, keys, hashes, 2, &out, &err), STATUS_OK);
        assert_int_equal(out.created_count, 1);
        assert_int_equal(ids[0], ids[1]);
        assert_ptr_equal(values[0], values[1]);
        assert_ptr_equal(state_write(&state, ids[0]), values[0]);
        memset(values[0], 1, sizes[i][1]);
        state_delete(&state, ids[0]);
        assert_int_equal(state.count, 0);
        assert_int_equal(state_get(&state, keys, 1), STATE_NONE);
        assert_int_equal(state_upsert_batch(&state, keys, hashes, 1, &out, &err), STATUS_OK);
        for (uint32_t k = 0; k < sizes[i][1]; k++) assert_int_equal(((char *)values[0])[k], 0);
        close_state(&state, &memory);
    }
}

static void test_idle_is_small(void **context) {
    Model *model = model_init(&layouts[0], HASH_GOOD, 10, 0);
    assert_int_equal(state_memory(&model->state), 0);
    assert_int_equal(model_upsert(model, 5), STATUS_OK);
    assert_true(state_memory(&model->state) < 32 * 1024);
    assert_int_equal(state_batch_count(&model->state), STATE_BATCH_COUNT_MAX);
    model_deinit(model);
}

/* Bytes per key over the 16 of payload, on average while a state grows from 4 to 8 million keys. */
static void test_overhead(void **context) {
    Memory memory;
    State state;
    Error err;
    open_state(&state, &memory, 8, 8, number_hash);
    static uint64_t keys[STATE_BATCH_COUNT_MAX], hashes[STATE_BATCH_COUNT_MAX];
    static uint32_t ids[STATE_BATCH_COUNT_MAX], created[STATE_BATCH_COUNT_MAX];
    StateUpsert out = {.ids = ids, .created = created};
    double sum = 0, next = 4000000;
    int samples = 0;
    for (uint64_t at = 0; at < 8000000; at += STATE_BATCH_COUNT_MAX) {
        for (uint32_t i = 0; i < STATE_BATCH_COUNT_MAX; i++) {
            keys[i] = at + i;
            hashes[i] = hash_u64(at + i);
        }
        assert_int_equal(state_upsert_batch(&state, keys, hashes, STATE_BATCH_COUNT_MAX, &out, &err),
                         STATUS_OK);
        if ((double)state.count < next) continue;
        sum += (double)state_memory(&state) / state.count - 16;
        samples++;
        next *= 1.01;
    }
    assert_int_equal(memory.bytes_in_use, state_memory(&state));
    assert_true(samples >= 65);
    assert_true(state_batch_count(&state) < STATE_BATCH_COUNT_MAX);
    assert_true(sum / samples <= 12);
    close_state(&state, &memory);
}

static void test_match_variants(void **context) {
    uint64_t random = 1;
    for (int run = 0; run < 20000; run++) {
        StateBucket bucket;
        for (int i = 0; i < STATE_BUCKET_SLOT_COUNT; i++)
            bucket.tags[i] = (uint16_t)(hash_u64(random++) % 4 * 0x5555);
        bucket.passed = (uint32_t)hash_u64(random++) % (STATE_BUCKET_PASSED_MAX + 1);
        bucket.away = (uint32_t)hash_u64(random++) % (1 << 20);
        uint16_t tag = (uint16_t)(hash_u64(random++) % 4 * 0x5555);
        assert_int_equal(bucket_match(&bucket, tag), bucket_match_plain(&bucket, tag));
    }
}

/* ---- the heap alone ---- */

static void test_heap(void **context) {
    enum { TEXT_COUNT = 3000 };
    static uint64_t refs[TEXT_COUNT];
    static bool live[TEXT_COUNT];
    static char bytes[TEXT_COUNT];
    Memory memory;
    StateHeap heap;
    Error err;
    memory_init(&memory, 0);
    state_heap_init(&heap, io_real(), &memory);
    assert_false(state_heap_sparse(&heap));
    for (int i = 0; i < TEXT_COUNT; i++) {
        memset(bytes, i % 251, (size_t)i);
        assert_int_equal(state_heap_append(&heap, bytes, (size_t)i, &refs[i], &err), STATUS_OK);
        live[i] = true;
    }
    size_t full = state_heap_memory(&heap);
    assert_int_equal(memory.bytes_in_use, full);
    for (int i = 0; i < TEXT_COUNT; i++) {
        if (i % 5 == 0) continue;
        state_heap_free(&heap, refs[i], (size_t)i);
        live[i] = false;
    }
    assert_true(state_heap_sparse(&heap));
    for (int i = 0; i < TEXT_COUNT; i++) {
        if (!live[i]) continue;
        assert_int_equal(state_heap_move(&heap, &refs[i], (size_t)i, &err), STATUS_OK);
    }
    assert_false(state_heap_sparse(&heap));
    assert_true(state_heap_memory(&heap) < full / 2);
    for (int i = 0; i < TEXT_COUNT; i++) {
        memset(bytes, i % 251, (size_t)i);
        if (live[i]) assert_true(i == 0 || memcmp(state_heap_bytes(&heap, refs[i]), bytes, (size_t)i) == 0);
        if (live[i]) state_heap_free(&heap, refs[i], (size_t)i);
    }
    assert_int_equal(heap.live, 0);
    assert_true(state_heap_memory(&heap) <= STATE_HEAP_SEGMENT_SIZE_MAX + 4096);
    uint64_t large;
    char *long_text = memory_alloc_zeroed(&memory, 3 * STATE_HEAP_SEGMENT_SIZE_MAX);
    assert_int_equal(state_heap_append(&heap, long_text, 3 * STATE_HEAP_SEGMENT_SIZE_MAX, &large, &err),
                     STATUS_OK);
    assert_int_equal(state_heap_append(&heap, long_text, (size_t)STATE_HEAP_TEXT_SIZE_MAX + 1, &large, &err),
                     STATUS_LIMIT);
    memory_free(&memory, long_text, 3 * STATE_HEAP_SEGMENT_SIZE_MAX);
    state_heap_reset(&heap);
    assert_int_equal(heap.used, 0);
    memory.fail_at = 1;
    assert_int_equal(state_heap_append(&heap, bytes, TEXT_COUNT, &large, &err),
                     STATUS_OK); /* the kept segment */
    memory.fail_at = 0;
    state_heap_deinit(&heap);
    memory_deinit(&memory);
}

/* Deleting keys with long texts and compacting gives the memory back; a refused move keeps every text
 * readable. */
static void test_heap_compaction(void **context) {
    Model *model = model_init(&layouts[6], HASH_GOOD, MODEL_KEY_COUNT_MAX, 0);
    Error err;
    for (int i = 0; i < 12; i++) assert_int_equal(model_upsert(model, STATE_BATCH_COUNT_MAX), STATUS_OK);
    size_t full = state_heap_memory(&model->state.heap);
    while (model->state.heap.live > model->state.heap.used / 5)
        model_delete(model, STATE_BATCH_COUNT_MAX / 4);
    assert_true(state_heap_sparse(&model->state.heap));
    model->memory.fail_at = 1;
    assert_int_equal(state_compact_heap(&model->state, &err), STATUS_OUT_OF_MEMORY);
    model_check(model);
    assert_int_equal(state_compact_heap(&model->state, &err), STATUS_OK);
    assert_false(state_heap_sparse(&model->state.heap));
    assert_true(state_heap_memory(&model->state.heap) < full / 2);
    model_check(model);
    model_deinit(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),      cmocka_unit_test(test_model),
        cmocka_unit_test(test_bad_hashes), cmocka_unit_test(test_passed_saturates),
        cmocka_unit_test(test_clear),      cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_growth),     cmocka_unit_test(test_memory_refused),
        cmocka_unit_test(test_limit),      cmocka_unit_test(test_idle_is_small),
        cmocka_unit_test(test_overhead),   cmocka_unit_test(test_match_variants),
        cmocka_unit_test(test_heap),       cmocka_unit_test(test_heap_compaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
