/* SPDX-License-Identifier: Apache-2.0
 * op/session_set.h - the sessions that are open: in slabs, listed per key, queued by their last event.
 *
 *     key's record   | KeySessions: ids by rising last event |
 *                          |
 *     slab           | Session | groups' value | shown cells |      addresses never change
 *
 *     queue          a heap of (last event as of then, id): a session that has grown since is put back when
 * it comes up, so that growing one costs nothing
 *
 * Sessions of a key lie more than the gap apart, but for those that a row could not join because they had
 * closed for it: others may grow over these, and a row of another partition may join both.
 *
 *     TRY(session_open(&set, &key->sessions, record, time, &session, err));
 *     session->last = later;  session_relist(&set, &key->sessions, index);
 *     while ((session = session_set_take_due(&set, last)) != NULL) ... session_unlist, session_let_go ...
 *
 * Owner: the set has the sessions and the queue, the keys' records have their lists. Threads: one worker. */
#ifndef WEIR_OP_SESSION_SET_H
#define WEIR_OP_SESSION_SET_H

#include "base/vector.h"

/* Zeroed: a free slot. A session lives until it is neither open, queued nor pending (session_let_go). */
typedef struct Session {
    int64_t start; /* first event */
    int64_t last;  /* last event; the session's end is the gap later */
    uint32_t id;
    uint32_t record; /* its key, in the groups' state */
    bool is_used;
    bool is_open; /* listed under its key; else merged away */
    bool is_queued;
    bool is_pending; /* touched: a change of it may have to leave */
    bool is_shown;
} Session;

/* The sessions of one key: zeroed words are none, one costs no list. */
typedef struct KeySessions {
    union {
        uint32_t one;
        uint32_t *ids; /* capacity > 0 */
    };
    uint32_t count;
    uint32_t capacity;
} KeySessions;
STATIC_ASSERT(sizeof(KeySessions) == 16, "two words of a record");

/* `last` may be older than the session's own: it never is later, so that nothing is due before its entry comes up. */
typedef struct SessionDue {
    int64_t last;
    uint32_t id;
} SessionDue;

/* All sessions of one operator. Blocks never move, so that an address is good as long as its session. */
typedef struct SessionSet {
    Memory *memory;
    uint32_t item_size;   /* bytes of a Session and what follows it */
    uint32_t value_size;  /* of these, the groups' value */
    uint32_t block_shift; /* log2 of sessions per block */
    VECTOR(char *) blocks;
    uint32_t id_count; /* ids ever given */
    uint32_t count;    /* in use */
    VECTOR(uint32_t) free;
    bool keeps_queue;
    VECTOR(SessionDue) queue;
} SessionSet;

/* `cells_size`: bytes behind the value for what was shown. `keeps_queue`: sessions will close. */
void session_set_init(SessionSet *set, Memory *memory, uint32_t value_size, uint32_t cells_size,
                      bool keeps_queue);

/* What values and cells hold outside is the owner's to free first; so are the keys' lists. */
void session_set_deinit(SessionSet *set);
size_t session_set_memory(const SessionSet *set);

/* `id` < id_count. The address stays for the set's life. */
static inline Session *session_at(const SessionSet *set, uint32_t id) {
    DEBUG_ASSERT(id < set->id_count);
    return (Session *)(set->blocks.items[id >> set->block_shift] +
                       (size_t)(id & ((1u << set->block_shift) - 1)) * set->item_size);
}
/* The groups' value of a session, value_size bytes; and behind it the cells that it last showed. */
static inline void *session_value(const Session *session) {
    return (char *)(uintptr_t)session + sizeof(Session);
}
static inline void *session_cells(const SessionSet *set, const Session *session) {
    return (char *)session_value(session) + set->value_size;
}

/* A new session of one event at `time`, value and cells zeroed, listed under the key and, if the set keeps one, queued. `record`: the key's,
 * kept in the session. On failure (OUT_OF_MEMORY, LIMIT) nothing has changed. */
NODISCARD Status session_open(SessionSet *set, KeySessions *key, uint32_t record, int64_t time, Session **out,
                              Error *err);

/* Takes the session at `index` off its key's list; when it was the last the list is given back. The Session
 * stays until session_let_go. */
void session_unlist(SessionSet *set, KeySessions *key, uint32_t index);

/* Puts the session at `index`, whose last event has moved on, to its place in the key's list. */
void session_relist(const SessionSet *set, KeySessions *key, uint32_t index);

/* Frees the session if it is neither open, queued nor pending. */
void session_let_go(SessionSet *set, Session *session);

/* index < key->count; 0 is the one with the earliest last event. */
static inline uint32_t key_session_id(const KeySessions *key, uint32_t index) {
    return key->capacity == 0 ? key->one : key->ids[index];
}

/* Index of a session that is in its key's list. Looked for from the front, where those stand that close next. */
uint32_t key_sessions_index(const KeySessions *key, uint32_t id);

/* Index of the key's first session whose last event is not before `time`; key->count: all are earlier. */
uint32_t key_sessions_find(const SessionSet *set, const KeySessions *key, int64_t time);

/* Gives the list back; the sessions in it stay. `memory`: the set's. */
void key_sessions_deinit(KeySessions *key, Memory *memory);

/* The open session with the earliest last event if that is before `last`, taken from the queue; NULL: none.
 * Merged ones met on the way go. */
Session *session_set_take_due(SessionSet *set, int64_t last);

/* True when session_set_take_due would give one. Not const: merged sessions at the queue's front go, and sessions
 * that have grown are put to their place. */
bool session_set_has_due(SessionSet *set, int64_t last);

#endif
