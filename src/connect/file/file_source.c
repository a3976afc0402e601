/* SPDX-License-Identifier: Apache-2.0
 * connect/file/file_source.c - files, pipes and standard input as sources.
 *
 * Bytes are read into a counted buffer and decoded where they lie:
 *
 *     | handed out | at: not decoded yet | end: free | DECODER_PADDING |
 *
 * New bytes go behind `end`, also while batches still refer to what lies before. When little is free the rest
 * moves to the front of the next buffer (or of this one, when nobody refers to it).
 *
 * Files of a pattern are partitions, read one after the other. With `follow` the end of the file is no end:
 * its size is looked at again and again; another file under the name (rotation), or one that has become
 * shorter, is read from its start as the next partition, after the rest of the old one. A file that is not there
 * is waited for. */
#include "connect/connector_priv.h"
#include "format/infer.h"

#define FOLLOW_INTERVAL_NS INT64_C(50000000)
#define NS_PER_MS          INT64_C(1000000)

/* Bytes. Less room than this is not worth a call to the system. */
enum { FREE_SIZE_MIN = IO_READ_SIZE / 4 };
enum { WARNED_COUNT_MAX = 16 }; /* of a pattern's files; of further ones nothing is said */
STATIC_ASSERT(FREE_SIZE_MIN > (int)DECODER_PADDING, "a fresh buffer has room behind its padding");
STATIC_ASSERT((int)RECORD_SIZE_MAX > FREE_SIZE_MIN,
              "a record may be longer than one read, so a buffer must grow");

typedef struct FileSource {
    Source base;
    Arena arena;
    Str *paths;
    size_t path_count;
    size_t path_index; /* of the file being read */
    bool is_stdin;
    bool follow;
    bool has_format; /* is said */
    Decoder *decoder;
    IoFile file;
    bool is_open;       /* with `follow` also false while there is no file of that name */
    bool has_been_open; /* or it was said that there is no file */
    bool may_wait;      /* reading may have to: a pipe, a terminal */
    bool is_end;        /* no byte follows `end` */
    bool is_hungry;     /* the decoder has taken what it can of [at, end) */
    uint64_t size_read; /* of this file */
    uint64_t size_present; /* of this file when it was asked for (source_note_present), or opened since */
    uint32_t partition;
    uint32_t warned_count; /* files of a pattern that something was said of */
    Buffer *buffer;
    char *at;
    char *end;
} FileSource;

static Status file_check(const OptionTable *table, OptionList options, Error *err) {
    const Option *path = option_find(options, STR("path")), *follow = option_find(options, STR("follow"));
    if (!option_bool(table, options, "follow")) return STATUS_OK;
    if (!str_equal(path->value, STR("-")) && !io_glob_is_pattern(path->value)) return STATUS_OK;
    return error_set_at(err, STATUS_INVALID_OPTION, follow->position, "follow needs the path of one file");
}

static bool file_has_present(const OptionTable *table, OptionList options) {
    return option_bool(table, options, "follow");
}

static bool file_is_bounded(const OptionTable *table, OptionList options) {
    return !option_bool(table, options, "follow");
}

/* ---- files ---- */

static Str file_partition_name(const Source *base, uint32_t partition) {
    const FileSource *source = (const FileSource *)base;
    if (source->is_stdin) return STR("stdin");
    return source->paths[source->follow ? 0 : partition]; /* followed: whatever has had the name */
}

static Str partition_name(const FileSource *source) {
    return file_partition_name(&source->base, source->partition);
}

/* Of a pipe no size is known: what is there has been read when there is nothing more. */
static void note_size(FileSource *source, const IoStat *stat) {
    source->size_present = stat->kind == IO_KIND_FILE ? stat->size : UINT64_MAX;
}

/* A directory can be opened, and not read; of all else it is noted whether reading may wait. */
static Status check_kind(FileSource *source, Error *err) {
    IoStat stat;
    TRY(io_file_stat(&source->file, &stat, err));
    source->may_wait = stat.kind != IO_KIND_FILE;
    note_size(source, &stat);
    if (stat.kind != IO_KIND_DIRECTORY) return STATUS_OK;
    Str path = partition_name(source);
    error_set(err, STATUS_WRONG_OBJECT_TYPE, "\"%.*s\" is a directory", STR_ARGS(path));
    bool ends = str_ends_with(path, STR("/"));
    return error_add_hint(err, "Its files: path = '%.*s%s*'.", STR_ARGS(path), ends ? "" : "/");
}

/* One that is followed stays closed while it is not there. */
static Status open_file(FileSource *source, Error *err) {
    ASSERT(!source->is_open);
    source->is_end = false;
    source->is_hungry = true;
    source->size_read = 0;
    if (source->is_stdin) {
        io_stdin(source->base.io, &source->file);
    } else {
        Str path = source->paths[source->path_index];
        TRY(connector_check_ending(path, CONNECTOR_SOURCE, source->has_format, err)); /* a pattern's may be any */
        Status status = io_open(source->base.io, path, IO_OPEN_READ, &source->file, err);
        if (status == STATUS_FILE_NOT_FOUND && source->follow) return STATUS_OK;
        TRY(status);
    }
    source->is_open = source->has_been_open = true;
    return check_kind(source, err);
}

static void close_file(FileSource *source) {
    Error ignored;
    if (source->is_open) (void)io_close(&source->file, &ignored);
    source->is_open = false;
}

/* A pattern is looked up once: files that come later under it are not seen. */
static Status find_paths(FileSource *source, Str path, Error *err) {
    source->is_stdin = str_equal(path, STR("-"));
    if (!source->is_stdin && io_glob_is_pattern(path)) {
        TRY(io_glob(source->base.io, path, &source->arena, &source->paths, &source->path_count, err));
        if (source->path_count > 0) return STATUS_OK;
        return error_set(err, STATUS_FILE_NOT_FOUND, "no file matches \"%.*s\"", STR_ARGS(path));
    }
    source->paths = ARENA_NEW(&source->arena, Str);
    TRY_ALLOC(source->paths);
    source->paths[0] = str_copy(&source->arena, path);
    TRY_ALLOC(source->paths[0].data);
    source->path_count = 1;
    return STATUS_OK;
}

/* ---- bytes ---- */

static char *buffer_limit(const Buffer *buffer) {
    return buffer->data + buffer->size - DECODER_PADDING;
}

/* Room for at least FREE_SIZE_MIN bytes (or `wanted`) behind what is not decoded. */
static Status make_room(FileSource *source, size_t wanted, Error *err) {
    ASSERT(source->at <= source->end);
    size_t rest = (size_t)(source->end - source->at);
    if (wanted < FREE_SIZE_MIN) wanted = FREE_SIZE_MIN;
    if (source->buffer != NULL && (size_t)(buffer_limit(source->buffer) - source->end) >= wanted)
        return STATUS_OK;
    Buffer *buffer = source->buffer;
    bool is_ours =
        buffer != NULL && atomic_load_explicit(&buffer->reference_count, memory_order_acquire) == 1;
    size_t size_min = rest + wanted + DECODER_PADDING;
    /* Twice: a long record is copied a few times only, however it comes in. */
    if (!is_ours || buffer->size < size_min) {
        buffer = buffer_alloc(source->base.pool, size_min < IO_READ_SIZE ? IO_READ_SIZE : 2 * size_min);
        TRY_ALLOC(buffer);
        if (rest > 0) memcpy(buffer->data, source->at, rest);
        buffer_release(source->buffer);
        source->buffer = buffer;
    } else if (rest > 0) {
        memmove(buffer->data, source->at, rest);
    }
    source->at = buffer->data;
    source->end = buffer->data + rest;
    ASSERT((size_t)(buffer_limit(source->buffer) - source->end) >= wanted);
    return STATUS_OK;
}

/* Would a read return at once? Of plain files always. */
static Status is_ready(FileSource *source, int timeout_ms, bool *ready, Error *err) {
    *ready = true;
    if (!source->may_wait) return STATUS_OK;
    IoPoll item = {.file = &source->file};
    TRY(io_poll(source->base.io, &item, 1, timeout_ms, err));
    *ready = item.ready;
    return STATUS_OK;
}

/* What is there, up to a full buffer; never waits. A followed file has no end here. */
static Status fill(FileSource *source, Error *err) {
    TRY(make_room(source, 0, err));
    char *limit = buffer_limit(source->buffer);
    while (source->end < limit && !source->is_end) {
        bool ready;
        size_t size;
        TRY(is_ready(source, 0, &ready, err));
        if (!ready) return STATUS_OK;
        TRY(io_read(&source->file, source->end, (size_t)(limit - source->end), &size, err));
        source->end += size;
        ASSERT(source->end <= limit);
        source->size_read += size;
        source->base.stats.byte_count += size;
        if (size == 0) source->is_end = !source->follow;
        /* The end too is news to the decoder: the last line counts without a line feed. */
        if (size > 0 || source->is_end) source->is_hungry = false;
        if (size == 0) return STATUS_OK;
    }
    return STATUS_OK;
}

/* The head that was read before, as if it came now. */
static Status take_head(FileSource *source, const SourceHead *head, Error *err) {
    ASSERT(!source->follow);           /* its end would have to be looked for again */
    ASSERT(source->at == source->end); /* before anything else was read */
    Str bytes = text_str(&head->bytes);
    TRY(make_room(source, bytes.size, err));
    if (bytes.size > 0) memcpy(source->end, bytes.data, bytes.size);
    source->end += bytes.size;
    source->is_end = head->is_end;
    source->is_hungry = false;
    source->base.stats.byte_count += bytes.size;
    return STATUS_OK;
}

/* ---- open and close ---- */

static void file_close(Source *base) {
    FileSource *source = (FileSource *)base;
    close_file(source);
    buffer_release(source->buffer);
    decoder_destroy(source->decoder);
    arena_deinit(&source->arena);
    memory_free(base->memory, source, sizeof(*source));
}

static Status file_init(FileSource *source, const SourceConfig *config, Error *err) {
    OptionTable table = connector_options(config->connector, CONNECTOR_SOURCE);
    Str path = option_text(&table, config->options, "path");
    source->follow = option_bool(&table, config->options, "follow");
    source->has_format = option_find(config->options, STR("format")) != NULL;
    TRY(find_paths(source, path, err));
    FormatOptions format;
    TRY(connector_format(config->options, source->paths[0], &format, err));
    TRY(decoder_create(config->memory, config->schema, &format, &source->decoder, err));
    decoder_set_zones(source->decoder, config->zones);
    TRY(open_file(source, err));
    return config->head == NULL ? STATUS_OK : take_head(source, config->head, err);
}

static Status file_open(const SourceConfig *config, Source **out, Error *err) {
    FileSource *source = memory_alloc_zeroed(config->memory, sizeof(*source));
    TRY_ALLOC(source);
    source_init(&source->base, config);
    arena_init(&source->arena, config->memory);
    Status status = file_init(source, config, err);
    if (status != STATUS_OK) {
        file_close(&source->base);
        return status;
    }
    *out = &source->base;
    return STATUS_OK;
}

/* ---- reading ---- */

/* The file's name before each warning, where there are several; of the first files only. */
static Status name_warnings(FileSource *source, Frame *frame, SourceRead *out, Error *err) {
    if (out->warning_count == 0 || source->path_count == 1) return STATUS_OK;
    bool is_last = ++source->warned_count == WARNED_COUNT_MAX;
    if (source->warned_count > WARNED_COUNT_MAX) out->warning_count = 0;
    Str *named = FRAME_ARRAY(frame, Str, out->warning_count + 1);
    TRY_ALLOC(named);
    for (uint32_t i = 0; i < out->warning_count; i++) {
        char room[ERROR_MESSAGE_SIZE_MAX];
        size_t size = text_format(room, sizeof(room), "file \"%.*s\": %.*s", STR_ARGS(partition_name(source)), STR_ARGS(out->warnings[i]));
        named[i] = str_copy(&frame->arena, str_from(room, size));
        TRY_ALLOC(named[i].data);
    }
    if (is_last) named[out->warning_count++] = STR("of further files nothing more is said");
    out->warnings = named;
    return STATUS_OK;
}

/* One read of the decoder over what is there: fills `out` but for its state. */
static Status decode(FileSource *source, Frame *frame, uint32_t row_count_max, SourceRead *out, Error *err) {
    ASSERT(source->is_open);
    DecoderInput input = {.at = source->at,
                          .end = source->end,
                          .owner = source->buffer,
                          .is_end = source->is_end,
                          .position_base = (int64_t)source->partition << POSITION_RECORD_BITS};
    DecoderRead read;
    TRY(decoder_read(source->decoder, frame, &input, row_count_max, &read, err));
    ASSERT(input.at >= source->at && input.at <= input.end);
    source->at = input.at;
    ASSERT(source->at <= source->end);
    out->batch = read.batch;
    out->dead_letters = read.dead_letters;
    out->dead_letter_count = read.dead_letter_count;
    out->warnings = read.warnings;
    out->warning_count = read.warning_count;
    out->partition = source->partition;
    out->partition_name = partition_name(source);
    source->is_hungry = read.state == DECODER_EMPTY;
    out->partition_ended = source->is_end && source->is_hungry;
    uint64_t size_waiting = (uint64_t)(source->end - source->at); /* read, and not decoded yet */
    out->has_present = source->size_read - size_waiting >= source->size_present && !out->partition_ended;
    return name_warnings(source, frame, out, err);
}

static bool has_output(const SourceRead *read) {
    return read->batch.row_count > 0 || read->dead_letter_count > 0 || read->warning_count > 0;
}

static void next_partition(FileSource *source) {
    close_file(source);
    decoder_restart(source->decoder);
    /* What the old file left is less than a record, and was told as such. */
    source->at = source->end;
    source->partition++;
}

/* The file has been read to its end. *ended: it was the last. */
static Status end_file(FileSource *source, bool *ended, Error *err) {
    ASSERT(source->is_end);
    ASSERT(source->is_open);
    *ended = !source->follow && source->path_index + 1 == source->path_count;
    if (*ended) {
        close_file(source);
        return STATUS_OK;
    }
    next_partition(source);
    source->path_index += !source->follow;
    return open_file(source, err);
}

/* Whether the name now belongs to another file, or to less of it than was read. Then the rest of what was
 * read is the last of the old one. */
static Status look_at_followed(FileSource *source, Error *err) {
    IoStat old, now;
    Error ignored;
    TRY(io_file_stat(&source->file, &old, err));
    /* Between removing and making anew a rotation has no file of that name: wait for it. */
    if (io_stat(source->base.io, source->paths[0], &now, &ignored) != STATUS_OK) return STATUS_OK;
    bool is_other = now.device != old.device || now.node != old.node;
    bool has_more = is_other && old.size > source->size_read;
    source->is_end = (is_other && !has_more) || (!is_other && now.size < source->size_read);
    source->is_hungry = !source->is_end;
    return STATUS_OK;
}

static int timeout_in_ms(int64_t timeout_ns) {
    if (timeout_ns < 0) return -1;
    int64_t ms = (timeout_ns + NS_PER_MS - 1) / NS_PER_MS;
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/* Followed: is there a file by now, does it hold more, is it another one? */
static Status look_for_more(FileSource *source, Frame *frame, bool *found, SourceRead *out, Error *err) {
    bool was_open = source->is_open;
    TRY(was_open ? look_at_followed(source, err) : open_file(source, err));
    *found = source->is_end || source->is_open != was_open;
    if (source->has_been_open) return STATUS_OK;
    source->has_been_open = true;
    Text text;
    text_init(&text, source->base.memory);
    text_append_format(&text, "there is no file \"%.*s\" yet: waiting for it", STR_ARGS(source->paths[0]));
    Str *warning = FRAME_ARRAY(frame, Str, 1);
    Str copy = str_copy(&frame->arena, text_str(&text));
    text_deinit(&text);
    if (warning == NULL || copy.data == NULL) return error_out_of_memory(err);
    *warning = copy;
    out->warnings = warning;
    out->warning_count = 1;
    return STATUS_OK;
}

/* One wait for more; *more tells whether to look again. Otherwise `out` says what to wait for. */
static Status wait(FileSource *source, Frame *frame, int64_t timeout_ns, bool *more, SourceRead *out, Error *err) {
    *more = false;
    out->state = SOURCE_WAITING;
    if (!source->follow) {
        out->wait_file = &source->file;
        return is_ready(source, timeout_in_ms(timeout_ns), more, err);
    }
    TRY(look_for_more(source, frame, more, out, err));
    if (*more || timeout_ns == 0 || out->warning_count > 0) {
        out->wait_until_ns = io_clock_monotonic_ns(source->base.io) + FOLLOW_INTERVAL_NS;
        return STATUS_OK;
    }
    bool is_short = timeout_ns > 0 && timeout_ns < FOLLOW_INTERVAL_NS;
    TRY(io_poll(source->base.io, NULL, 0, timeout_in_ms(is_short ? timeout_ns : FOLLOW_INTERVAL_NS), err));
    out->wait_until_ns = io_clock_monotonic_ns(source->base.io) + FOLLOW_INTERVAL_NS;
    *more = true;
    return STATUS_OK;
}

static Status file_read(Source *base, Frame *frame, uint32_t row_count_max, int64_t timeout_ns,
                        SourceRead *out, Error *err) {
    FileSource *source = (FileSource *)base;
    bool has_waited = false, more = true, ended = false;
    while (more) {
        if (!source->is_open && !source->follow) {
            out->state = SOURCE_ENDED;
            return STATUS_OK;
        }
        if (!source->is_hungry) TRY(decode(source, frame, row_count_max, out, err));
        if (out->partition_ended) {
            TRY(end_file(source, &ended, err));
            out->state = ended ? SOURCE_ENDED : SOURCE_MORE;
            return STATUS_OK;
        }
        if (has_output(out)) {
            out->state = SOURCE_MORE;
            return STATUS_OK;
        }
        if (source->is_open) TRY(fill(source, err));
        if (!source->is_hungry) continue;
        /* One wait a call: the caller's own clock counts. */
        if (has_waited) timeout_ns = 0;
        TRY(wait(source, frame, timeout_ns, &more, out, err));
        if ((has_waited && !source->is_end) || out->warning_count > 0) more = false;
        has_waited = true;
    }
    return STATUS_OK;
}

/* What is not open yet is there from its opening on. */
static Status file_note_present(Source *base, Error *err) {
    FileSource *source = (FileSource *)base;
    IoStat stat;
    if (!source->is_open) return STATUS_OK;
    TRY(io_file_stat(&source->file, &stat, err));
    note_size(source, &stat);
    return STATUS_OK;
}

static uint32_t file_partition_count(const Source *base) {
    const FileSource *source = (const FileSource *)base;
    size_t ahead = source->follow ? 1 : source->path_count - source->path_index;
    return source->partition + (uint32_t)ahead;
}

/* No option of files names a column. */
static Status file_check_columns(const SourceConfig *config, Error *err) {
    return STATUS_OK;
}

const SourceCalls file_source_calls = {
    .check = file_check,
    .is_bounded = file_is_bounded,
    .has_present = file_has_present,
    .check_columns = file_check_columns,
    .open = file_open,
    .read = file_read,
    .note_present = file_note_present,
    .partition_count = file_partition_count,
    .partition_name = file_partition_name,
    .close = file_close,
};

/* ---- head ---- */

void source_head_deinit(SourceHead *head) {
    text_deinit(&head->bytes);
}

void source_head_init(SourceHead *head, Memory *memory) {
    *head = (SourceHead){0};
    text_init(&head->bytes, memory);
}

Status source_head_read(SourceHead *head, IoFile *file, int timeout_ms, bool *is_enough, Error *err) {
    IoPoll poll = {.file = file};
    size_t size, size_max = INFER_HEAD_SIZE_MAX - head->bytes.size;
    ASSERT(head->bytes.size < INFER_HEAD_SIZE_MAX); /* else *is_enough was said before */
    *is_enough = false;
    TRY(io_poll(file->io, &poll, 1, timeout_ms, err));
    if (!poll.ready) return STATUS_OK;
    char *room = text_reserve(&head->bytes, size_max);
    TRY_ALLOC(room);
    TRY(io_read(file, room, size_max, &size, err));
    head->bytes.size += size;
    head->is_end = size == 0;
    *is_enough = size == 0 || size == size_max || memchr(room, '\n', size) != NULL;
    return STATUS_OK;
}
