/* SPDX-License-Identifier: Apache-2.0
 * db/session_zone.c - values of the setting TimeZone, as PostgreSQL reads them. */
#include "db/session_zone.h"

#include "base/calendar.h"
#include "base/interval.h"
#include "base/number.h"

enum { HOUR_S = 3600, OFFSET_S_MAX = 168 * HOUR_S - 1 }; /* a rule of POSIX has less than seven days */

/* In place of the old one, which is gone afterwards; NULL: UTC. */
static Status take(weir_conn *conn, const Zone *zone, Error *err) {
    Arena arena;
    arena_init(&arena, &conn->db->memory);
    Zone *copy = zone_copy(&arena, zone);
    if (zone != NULL && copy == NULL) {
        arena_deinit(&arena);
        return error_out_of_memory(err);
    }
    if (conn->zone != NULL) arena_deinit(&conn->zone_arena);
    conn->zone_arena = arena;
    conn->zone = copy;
    conn->zone_version++;
    return STATUS_OK;
}

void session_zone_reset(weir_conn *conn) {
    Error ignored;
    (void)take(conn, NULL, &ignored); /* needs no memory */
}

static Status bad_value(Str value, int64_t position, Error *err) {
    return error_set_at(err, STATUS_INVALID_OPTION, position, "invalid value for parameter \"TimeZone\": \"%.*s\"",
                        STR_ARGS(value));
}

static Status take_offset(weir_conn *conn, int64_t offset_s, Str value, int64_t position, Error *err) {
    Zone *zone = NULL;
    Arena arena;
    if (offset_s < -OFFSET_S_MAX || offset_s > OFFSET_S_MAX) {
        (void)bad_value(value, position, err);
        return error_add_detail(err, "UTC timezone offset is out of range.");
    }
    arena_init(&arena, &conn->db->memory);
    Status status = zone_from_offset(&arena, (int32_t)offset_s, &zone, err);
    if (status == STATUS_OK) status = take(conn, zone, err);
    arena_deinit(&arena);
    return status;
}

static Status take_interval(weir_conn *conn, Interval interval, int64_t position, Error *err) {
    char room[INTERVAL_SIZE_MAX + sizeof("INTERVAL ''")], written[INTERVAL_SIZE_MAX];
    size_t size = interval_write(written, interval);
    Str shown = str_from(room, text_format(room, sizeof(room), "INTERVAL '%.*s'", (int)size, written));
    if (interval.months == 0 && interval.days == 0)
        return take_offset(conn, interval.microseconds / CALENDAR_SECOND, shown, position, err);
    (void)bad_value(shown, position, err);
    return error_add_detail(err, "Cannot specify %s in time zone interval.", interval.months != 0 ? "months" : "days");
}

/* INTERVAL '+02:00' HOUR TO MINUTE */
static Status take_literal(weir_conn *conn, const AstExpr *literal, int64_t position, Error *err) {
    Interval interval;
    IntervalField field = literal->typed.type->interval_field;
    if (field != INTERVAL_ANY_FIELD && field != INTERVAL_HOUR && field != INTERVAL_HOUR_TO_MINUTE)
        return error_set_at(err, STATUS_SYNTAX, literal->span.start, "time zone interval must be HOUR or HOUR TO MINUTE");
    if (interval_parse(literal->typed.value, field, &interval, err) != STATUS_OK)
        return error_locate(err, literal->typed.value_span.start);
    return take_interval(conn, interval, position, err);
}

/* The text "interval '+02:00'": what stands in the quotes. */
static bool quoted_interval(Str value, Interval *out) {
    Error ignored;
    if (value.size < 8 || !str_equal_ignore_case(str_from(value.data, 8), STR("interval"))) return false;
    Str rest = str_trim(str_from(value.data + 8, value.size - 8));
    if (rest.size < 2 || rest.data[0] != '\'' || rest.data[rest.size - 1] != '\'') return false;
    return interval_parse(str_from(rest.data + 1, rest.size - 2), INTERVAL_ANY_FIELD, out, &ignored) == STATUS_OK;
}

/* "5.5", but not "5.5 ": that would be a rule. */
static bool is_hours(Str value, double *out) {
    return value.size > 0 && value.data[value.size - 1] > ' ' && number_parse_double(value, out) == NUMBER_OK && *out - *out == 0;
}

static Status take_name(weir_conn *conn, Str value, int64_t position, Error *err) {
    const Zone *zone;
    Error cause;
    if (str_equal_ignore_case(value, STR("UTC"))) return take(conn, NULL, err);
    Status status = zone_find(&conn->db->zones.source, value, &zone, &cause);
    if (status == STATUS_OK) return take(conn, zone, err);
    if (status == STATUS_OUT_OF_MEMORY) return error_out_of_memory(err);
    if (status == STATUS_IO)
        return error_set_at(err, STATUS_INVALID_OPTION, position, "%s", cause.message);
    (void)bad_value(value, position, err);
    Arena arena;
    arena_init(&arena, &conn->db->memory);
    Str near = zones_suggest(&conn->db->zones, &arena, value);
    if (near.size > 0) {
        (void)error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
    } else {
        (void)error_add_detail(err, "%s", cause.message); /* the machine may have no data */
        (void)error_add_hint(err, "It is the name of a file of /usr/share/zoneinfo, a rule such as CET-1CEST, hours east of UTC, or an interval.");
    }
    arena_deinit(&arena);
    return err->status;
}

Status session_zone_set(weir_conn *conn, const AstOption *value, int64_t position, Error *err) {
    double hours;
    Interval interval;
    if (value->kind == AST_OPTION_INTERVAL) return take_literal(conn, value->expr, position, err);
    if (quoted_interval(value->value, &interval)) return take_interval(conn, interval, position, err);
    if (!is_hours(value->value, &hours)) return take_name(conn, value->value, position, err);
    double limited = hours > 1e6 ? 1e6 : hours < -1e6 ? -1e6 : hours;
    return take_offset(conn, (int64_t)(limited * HOUR_S), value->value, position, err);
}
