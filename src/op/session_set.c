/* SPDX-License-Identifier: Apache-2.0
 * op/session_set.c - slabs, sorted lists and a heap that is put right when read. */
#include "op/session_set.h"

#include <string.h>

enum { BLOCK_SIZE = 32 * 1024 }; /* at least one session, however large: then a block is that one */
STATIC_ASSERT(sizeof(Session) % 8 == 0, "the value behind it is words");

void session_set_init(SessionSet *set, Memory *memory, uint32_t value_size, uint32_t cells_size,
                      bool keeps_queue) {
    ASSERT(value_size % 8 == 0 && cells_size % 8 == 0);
    *set = (SessionSet){.memory = memory, .value_size = value_size, .keeps_queue = keeps_queue};
    set->item_size = (uint32_t)sizeof(Session) + value_size + cells_size;
    while (((size_t)set->item_size << (set->block_shift + 1)) <= BLOCK_SIZE) set->block_shift++;
    ASSERT(set->item_size % 8 == 0);
}

static size_t block_size(const SessionSet *set) {
    return (size_t)set->item_size << set->block_shift;
}

void session_set_deinit(SessionSet *set) {
    for (size_t i = 0; i < set->blocks.count; i++)
        memory_free(set->memory, set->blocks.items[i], block_size(set));
    vector_deinit(&set->blocks, set->memory);
    vector_deinit(&set->free, set->memory);
    vector_deinit(&set->queue, set->memory);
}

size_t session_set_memory(const SessionSet *set) {
    return set->blocks.count * block_size(set) + set->blocks.capacity * sizeof(char *) +
           set->free.capacity * sizeof(uint32_t) + set->queue.capacity * sizeof(SessionDue);
}

/* --- the key's list ------------------------------------------------------------------------------------- */

void key_sessions_deinit(KeySessions *key, Memory *memory) {
    if (key->capacity > 0) memory_free(memory, key->ids, key->capacity * sizeof(uint32_t));
    *key = (KeySessions){0};
}

uint32_t key_sessions_find(const SessionSet *set, const KeySessions *key, int64_t time) {
    uint32_t low = 0, high = key->count;
    if (high > 0 && session_at(set, key_session_id(key, high - 1))->last < time) return high;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (session_at(set, key_session_id(key, middle))->last < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Room for one more. Most keys have one session at a time, and no list. */
static bool key_reserve(KeySessions *key, Memory *memory) {
    /* A list with no session has no ids either (session_unlist): the first is in the words themselves. */
    DEBUG_ASSERT(key->count > 0 || key->capacity == 0);
    if (key->count == 0 || key->count < key->capacity) return true;
    uint32_t capacity = key->capacity == 0 ? 4 : 2 * key->capacity;
    uint32_t *ids = memory_alloc(memory, capacity * sizeof(uint32_t));
    if (ids == NULL) return false;
    if (key->capacity == 0)
        ids[0] = key->one;
    else
        memcpy(ids, key->ids, key->count * sizeof(uint32_t));
    if (key->capacity > 0) memory_free(memory, key->ids, key->capacity * sizeof(uint32_t));
    key->ids = ids;
    key->capacity = capacity;
    return true;
}

/* There is room. */
static void key_insert(const SessionSet *set, KeySessions *key, const Session *session) {
    if (key->capacity == 0) {
        key->one = session->id;
        key->count = 1;
        return;
    }
    DEBUG_ASSERT(key->count < key->capacity);
    uint32_t at = key_sessions_find(set, key, session->last);
    memmove(key->ids + at + 1, key->ids + at, (key->count - at) * sizeof(uint32_t));
    key->ids[at] = session->id;
    key->count++;
}

static void key_remove(KeySessions *key, uint32_t index) {
    ASSERT(index < key->count);
    key->count--;
    if (key->capacity > 0)
        memmove(key->ids + index, key->ids + index + 1, (key->count - index) * sizeof(uint32_t));
}

uint32_t key_sessions_index(const KeySessions *key, uint32_t id) {
    uint32_t at = 0;
    while (at < key->count && key_session_id(key, at) != id) at++;
    ASSERT(at < key->count);
    return at;
}

void session_unlist(SessionSet *set, KeySessions *key, uint32_t index) {
    ASSERT(index < key->count);
    ASSERT(session_at(set, key_session_id(key, index))->is_open);
    session_at(set, key_session_id(key, index))->is_open = false;
    key_remove(key, index);
    if (key->count == 0) key_sessions_deinit(key, set->memory);
}

void session_relist(const SessionSet *set, KeySessions *key, uint32_t index) {
    ASSERT(index < key->count);
    const Session *session = session_at(set, key_session_id(key, index));
    if (index + 1 == key->count || session_at(set, key_session_id(key, index + 1))->last >= session->last)
        return;
    key_remove(key, index);
    key_insert(set, key, session);
}

/* --- the queue -------------------------------------------------------------------------------------------
 */

/* The first item to its place. */
static void queue_sift_down(SessionDue *queue, size_t count) {
    size_t at = 0;
    SessionDue item = queue[0];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && queue[child + 1].last < queue[child].last) child++;
        if (queue[child].last >= item.last) break;
        queue[at] = queue[child];
        at = child;
    }
    queue[at] = item;
}

/* Cannot fail: the caller has made room. */
static void queue_push(SessionSet *set, int64_t last, uint32_t id) {
    SessionDue *queue = set->queue.items;
    DEBUG_ASSERT(set->queue.count < set->queue.capacity); /* reserved before anything was changed */
    size_t at = set->queue.count++;
    while (at > 0 && queue[(at - 1) / 2].last > last) {
        queue[at] = queue[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue[at] = (SessionDue){last, id};
}

static void queue_pop(SessionSet *set) {
    ASSERT(set->queue.count > 0);
    SessionDue *queue = set->queue.items;
    queue[0] = queue[--set->queue.count];
    if (set->queue.count > 0) queue_sift_down(queue, set->queue.count);
}

bool session_set_has_due(SessionSet *set, int64_t last) {
    while (set->queue.count > 0 && set->queue.items[0].last < last) {
        Session *session = session_at(set, set->queue.items[0].id);
        if (!session->is_open) {
            queue_pop(set);
            session->is_queued = false;
            session_let_go(set, session);
        } else if (session->last > set->queue.items[0].last) {
            set->queue.items[0].last = session->last;
            queue_sift_down(set->queue.items, set->queue.count);
        } else {
            return true;
        }
    }
    return false;
}

Session *session_set_take_due(SessionSet *set, int64_t last) {
    if (!session_set_has_due(set, last)) return NULL;
    Session *session = session_at(set, set->queue.items[0].id);
    queue_pop(set);
    session->is_queued = false;
    return session;
}

/* --- sessions --------------------------------------------------------------------------------------------
 */

/* Blocks are never moved or given back before the end, so that addresses of sessions hold. */
static Status add_block(SessionSet *set, Error *err) {
    if (set->blocks.count << set->block_shift >= UINT32_MAX / 2) /* numbers of value sets have 31 bits */
        return error_set(err, STATUS_LIMIT, "more than %u open sessions", UINT32_MAX / 2);
    if (!vector_reserve(&set->blocks, set->memory, 1)) return error_out_of_memory(err);
    char *block = memory_alloc_zeroed(set->memory, block_size(set));
    TRY_ALLOC(block);
    set->blocks.items[set->blocks.count++] = block;
    return STATUS_OK;
}

/* Room for everything that opening needs, so that it fails before it changes anything. */
static Status reserve(SessionSet *set, KeySessions *key, Error *err) {
    bool has_free = set->free.count > 0;
    if (!has_free && set->id_count >> set->block_shift == set->blocks.count) TRY(add_block(set, err));
    bool good =
        key_reserve(key, set->memory) && (!set->keeps_queue || vector_reserve(&set->queue, set->memory, 1));
    /* letting go cannot fail: there is room to list every id as free */
    if (good && !has_free)
        good = vector_reserve(&set->free, set->memory, set->id_count + 1 - set->free.count);
    return good ? STATUS_OK : error_out_of_memory(err);
}

Status session_open(SessionSet *set, KeySessions *key, uint32_t record, int64_t time, Session **out,
                    Error *err) {
    TRY(reserve(set, key, err));
    uint32_t id = set->free.count > 0 ? set->free.items[--set->free.count] : set->id_count++;
    ASSERT(set->id_count <= set->blocks.count << set->block_shift);
    ASSERT(!session_at(set, id)->is_used);
    Session *session = session_at(set, id);
    *session = (Session){.start = time,
                         .last = time,
                         .id = id,
                         .record = record,
                         .is_used = true,
                         .is_open = true,
                         .is_queued = set->keeps_queue};
    set->count++;
    key_insert(set, key, session);
    if (set->keeps_queue) queue_push(set, time, id);
    *out = session;
    return STATUS_OK;
}

void session_let_go(SessionSet *set, Session *session) {
    if (session->is_open || session->is_queued || session->is_pending) return;
    ASSERT(session->is_used);
    session->is_used = false;
    memset(session_value(session), 0, set->item_size - sizeof(Session));
    ASSERT(set->free.count < set->free.capacity); /* see reserve: this cannot fail */
    ASSERT(set->count > 0);
    set->free.items[set->free.count++] = session->id;
    set->count--;
}
