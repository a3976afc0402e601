/* SPDX-License-Identifier: Apache-2.0
 * plan/explain.c - plans as text: a line per node, what it does | what is known of its rows | where it stands
 * in the statement. */
#include "plan/bind_priv.h"
#include "plan/fragment.h"

/* ---- pieces
 * ----------------------------------------------------------------------------------------------------------
 */

static void append_column(Text *out, const PlanColumn *column) {
    if (column->name.size == 0)
        text_append_c(out, "(computed)");
    else
        text_append(out, column->name);
}

static void append_names(Text *out, const PlanColumn *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) text_append_c(out, ", ");
        append_column(out, &columns[i]);
    }
}

static void append_length(Text *out, int64_t microseconds) {
    text_append_interval(out, (Interval){.microseconds = microseconds});
}

/* A computed column without a name by its text. */
static void append_output(Text *out, const PlanNode *node, uint32_t column, Str text) {
    ASSERT(column < node->column_count);
    SqlSpan span = node->kind == PLAN_PROJECT ? node->project.exprs[column]->span : SQL_SPAN_NONE;
    if (node->columns[column].name.size == 0 && fragment_is_in(text, span.start, span.end))
        fragment_append(out, text, span.start, span.end);
    else
        append_column(out, &node->columns[column]);
}

static void append_place(Text *out, Str text, SqlSpan span) {
    if (!fragment_is_in(text, span.start, span.end)) return;
    TextPlace place = fragment_place(text, span.start);
    text_append_format(out, " | %u:%u \"", place.line, place.column);
    fragment_append(out, text, span.start, span.end);
    text_append_char(out, '"');
}

/* ---- what a node does
 * ------------------------------------------------------------------------------------------------- */

/* " TUMBLE of ts, size 1 minute" */
static void append_window(Text *out, const PlanNode *node) {
    static const char *const NAMES[] = {"TUMBLE", "HOP", "CUMULATE"};
    const WindowSpec *spec = &node->window;
    ASSERT((size_t)spec->kind < sizeof(NAMES) / sizeof(NAMES[0]));
    ASSERT(spec->time_column < node->inputs[0]->column_count);
    text_append_format(out, " %s of ", NAMES[spec->kind]);
    append_column(out, &node->inputs[0]->columns[spec->time_column]);
    text_append_c(out, ", size ");
    append_length(out, spec->size);
    if (spec->kind != WINDOW_TUMBLE) {
        text_append_c(out, spec->kind == WINDOW_HOP ? ", slide " : ", step ");
        append_length(out, spec->slide);
    }
    if (spec->offset != 0) {
        text_append_c(out, ", offset ");
        append_length(out, spec->offset);
    }
    if (spec->sliced) text_append_c(out, ", in slices");
}

/* " by k: count(*)", calls as the statement says them where it does. */
static void append_aggregates(Text *out, const PlanNode *node, Str text) {
    const AggregateSpec *spec = &node->aggregate;
    ASSERT(spec->group_count + spec->aggregate_count <= node->column_count); /* SESSION: two more between them */
    uint32_t first = node->column_count - spec->aggregate_count;
    if (spec->group_count > 0) {
        text_append_c(out, " by ");
        append_names(out, node->columns, spec->group_count);
    }
    for (uint32_t i = 0; i < spec->aggregate_count; i++) {
        SqlSpan span = spec->aggregates[i].span;
        text_append_c(out, i > 0 ? ", " : spec->group_count > 0 ? ": " : " ");
        if (fragment_is_in(text, span.start, span.end))
            fragment_append(out, text, span.start, span.end);
        else
            append_column(out, &node->columns[first + i]);
    }
}

/* When its groups are done with. */
static void append_close(Text *out, const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    if (spec->gap > 0) {
        text_append_c(out, ", gap ");
        append_length(out, spec->gap);
    }
    if (spec->close == CLOSE_WINDOW) {
        text_append_c(
            out, spec->emit_on_close ? ", once when the window closes" : ", dropped when the window closes");
        if (spec->lateness > 0) {
            text_append_c(out, ", lateness ");
            append_length(out, spec->lateness);
        }
    }
    if (spec->sliced) text_append_c(out, ", from slices");
    if (spec->late_output) text_append_c(out, ", late rows aside");
}

static void append_count(Text *out, const char *before, int64_t count, const Expr *expr, Str text) {
    if (expr == NULL && count < 0) return;
    text_append_c(out, before);
    if (expr == NULL)
        text_append_format(out, "%lld", (long long)count);
    else if (fragment_is_in(text, expr->span.start, expr->span.end))
        fragment_append(out, text, expr->span.start, expr->span.end);
}

/* NULLS FIRST or LAST only where it is not what the direction brings with it. */
static void append_sort(Text *out, const PlanNode *node, Str text) {
    const SortSpec *spec = &node->sort;
    text_append_c(out, " by ");
    for (uint32_t i = 0; i < spec->key_count; i++) {
        const SortKey *key = &spec->keys[i];
        if (i > 0) text_append_c(out, ", ");
        ASSERT(key->column < node->inputs[0]->column_count);
        append_output(out, node->inputs[0], key->column, text);
        if (key->descending) text_append_c(out, " DESC");
        if (key->nulls_first != key->descending)
            text_append_c(out, key->nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    if (spec->limit >= 0) text_append_format(out, ", first %lld", (long long)spec->limit);
    if (spec->asked != NULL) append_count(out, ", first ", spec->asked->limit, spec->asked->limit_expr, text);
    if (spec->asked != NULL) append_count(out, ", after ", spec->asked->offset > 0 ? spec->asked->offset : -1, spec->asked->offset_expr, text);
    for (uint32_t i = 0; i < spec->distinct_count; i++) {
        text_append_c(out, i == 0 ? ", first of each " : ", ");
        append_output(out, node->inputs[0], spec->keys[i].column, text);
    }
}

static void append_order(Text *out, const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    for (uint32_t i = 0; i < spec->order_count; i++) {
        if (i > 0) text_append_c(out, ", ");
        ASSERT(spec->order[i] < node->inputs[0]->column_count);
        append_column(out, &node->inputs[0]->columns[spec->order[i]]);
    }
}

static void append_limit(Text *out, const LimitSpec *spec, Str text) {
    append_count(out, " ", spec->limit, spec->limit_expr, text);
    append_count(out, " after ", spec->offset > 0 ? spec->offset : -1, spec->offset_expr, text);
}

/* Conjuncts gathered from several clauses each by their own text; those of an inlined view share one. */
static void append_predicate(Text *out, const Expr *predicate, Str text) {
    bool gathered = predicate->kind == EXPR_AND && predicate->span.start < 0;
    uint32_t count = gathered ? predicate->argument_count : 1;
    SqlSpan last = SQL_SPAN_NONE;
    for (uint32_t i = 0; i < count; i++) {
        SqlSpan span = gathered ? predicate->arguments[i]->span : predicate->span;
        bool again = span.start == last.start && span.end == last.end;
        if (again || !fragment_is_in(text, span.start, span.end)) continue;
        text_append_c(out, last.start < 0 ? " " : " AND ");
        fragment_append(out, text, span.start, span.end);
        last = span;
    }
}

/* What the node does, behind its name. */
static void append_work(Text *out, const PlanNode *node, Str text) {
    switch (node->kind) {
        case PLAN_SCAN:
            text_append_format(out, " %.*s", STR_ARGS(node->scan.relation->name));
            text_append_c(out, " (");
            append_names(out, node->columns, node->column_count);
            text_append_c(out, node->scan.key_values == NULL ? ")" : "), the row of a key");
            break;
        case PLAN_VALUES:
            text_append_format(out, " %u row%s", node->values.row_count,
                               node->values.row_count == 1 ? "" : "s");
            break;
        case PLAN_SERIES:
            text_append_format(out, " %llu row%s", (unsigned long long)node->series.row_count,
                               node->series.row_count == 1 ? "" : "s");
            break;
        case PLAN_FILTER: append_predicate(out, node->filter.predicate, text); break;
        case PLAN_PROJECT:
            for (uint32_t i = 0; i < node->column_count; i++) {
                text_append_c(out, i > 0 ? ", " : " ");
                append_output(out, node, i, text);
            }
            break;
        case PLAN_WINDOW: append_window(out, node); break;
        case PLAN_AGGREGATE:
        case PLAN_SESSION:
            append_aggregates(out, node, text);
            if (node->aggregate.order_count > 0) {
                text_append_c(out, ", rows in the order of ");
                append_order(out, node);
            }
            append_close(out, node);
            break;
        case PLAN_UNION: text_append_format(out, " of %u", node->input_count); break;
        case PLAN_MATCH_COUNTS:
            text_append_c(out, node->match_counts.intersect ? " INTERSECT" : " EXCEPT");
            if (node->match_counts.all) text_append_c(out, " ALL");
            break;
        case PLAN_SORT: append_sort(out, node, text); break;
        case PLAN_LIMIT: append_limit(out, &node->limit, text); break;
        case PLAN_SCALAR:
            if (node->scalar.is_member) text_append_c(out, " IN");
            break;
        case PLAN_KIND_COUNT: break;
    }
}

/* ---- what is known of its rows
 * ------------------------------------------------------------------------------------------ */

/* What identifies a row; nothing where only the whole row does. */
static void append_key(Text *out, const PlanNode *node) {
    if (node->key == NULL) return;
    if (node->key_count == 0) {
        text_append_c(out, ", one row");
        return;
    }
    text_append_c(out, ", key (");
    for (uint32_t i = 0; i < node->key_count; i++) {
        if (i > 0) text_append_c(out, ", ");
        ASSERT(node->key[i] < node->column_count);
        append_column(out, &node->columns[node->key[i]]);
    }
    text_append_char(out, ')');
}

/* The columns with a watermark, and how far behind it they may be. */
static void append_times(Text *out, const PlanNode *node) {
    bool any = false;
    for (uint32_t i = 0; i < node->column_count; i++) {
        const PlanColumn *column = &node->columns[i];
        if (!column->has_watermark) continue;
        text_append_c(out, any ? ", " : ", watermark ");
        any = true;
        append_column(out, column);
        if (column->watermark_delay == 0) continue;
        text_append_c(out, " - ");
        append_length(out, column->watermark_delay);
    }
}

static void append_properties(Text *out, const PlanNode *node) {
    text_append_c(out, node->change == CHANGE_APPEND ? " | append-only" : " | weighted");
    append_key(out, node);
    append_times(out, node);
    text_append_c(out, node->bounded ? ", bounded" : ", unbounded");
    if (node->ordered) text_append_c(out, ", ordered");
}

/* The first line of a continuous plan. */
static void append_emit(Text *out, const Plan *plan) {
    static const char *const TEXTS[] = {
        [EMIT_FINAL] = "final rows",         [EMIT_APPEND] = "rows as they come",
        [EMIT_CHANGES] = "changes",          [EMIT_ON_UPDATE] = "the latest row per key",
        [EMIT_EVERY] = "net changes every ",
    };
    text_append_c(out, "EMIT ");
    ASSERT((size_t)plan->emit < sizeof(TEXTS) / sizeof(TEXTS[0]));
    text_append_c(out, TEXTS[plan->emit]);
    if (plan->emit == EMIT_EVERY) append_length(out, plan->every);
    if (plan->weights) text_append_c(out, ", with __weight");
    if (plan->late_data.size > 0) text_append_format(out, ", late rows to %.*s", STR_ARGS(plan->late_data));
    if (plan->zone != NULL) text_append_format(out, ", time zone %.*s", STR_ARGS(zone_name(plan->zone)));
    text_append_char(out, '\n');
}

/* A line with the columns that the node gives, and their types. */
static void append_columns(Text *out, const PlanNode *node, uint32_t depth, Str text) {
    text_append_repeated(out, ' ', 2 * (size_t)depth + 2);
    text_append_c(out, "output: ");
    for (uint32_t i = 0; i < node->column_count; i++) {
        if (i > 0) text_append_c(out, ", ");
        append_output(out, node, i, text);
        text_append_char(out, ' ');
        text_append_type(out, node->columns[i].type);
    }
    text_append_char(out, '\n');
}

/* What is said of a node behind its work. */
typedef void AppendNotes(Text *out, const PlanNode *node);

/* The node, then what it reads, indented. */
static void explain_node(const PlanNode *node, AppendNotes *append_notes, Str text, bool verbose, uint32_t depth, Text *out) {
    text_append_repeated(out, ' ', 2 * (size_t)depth);
    text_append_c(out, plan_kind_name(node->kind));
    append_work(out, node, text);
    append_notes(out, node);
    append_place(out, text, node->span);
    text_append_char(out, '\n');
    if (verbose) append_columns(out, node, depth, text);
    for (uint32_t i = 0; i < node->input_count; i++)
        explain_node(node->inputs[i], append_notes, text, verbose, depth + 1, out);
}

void plan_explain(const Plan *plan, Str text, bool verbose, Text *out) {
    append_emit(out, plan);
    explain_node(plan->root, append_properties, text, verbose, 1, out);
}

/* ---- state
 * ----------------------------------------------------------------------------------------------------------------
 */

static const PlanColumn *time_of(const PlanNode *node) {
    for (uint32_t i = 0; i < node->column_count; i++)
        if (node->columns[i].has_watermark) return &node->columns[i];
    return NULL;
}

/* The groups of an aggregate that never closes. */
static void append_open_groups(Text *out, const PlanNode *node) {
    const PlanNode *input = node->inputs[0];
    const PlanColumn *time = time_of(input);
    bool windowed = node->kind == PLAN_SESSION;
    for (uint32_t i = 0; i < node->aggregate.group_count; i++)
        windowed = windowed || node->columns[i].window_role != WINDOW_NONE;
    if (windowed) {
        text_append_c(out,
                      "grows for ever: its windows never close; WATERMARK FOR the time column on the source "
                      "would bound it");
        return;
    }
    text_append_c(out, "grows with keys (");
    append_names(out, node->columns, node->aggregate.group_count);
    text_append_char(out, ')');
    if (time == NULL) return;
    text_append_c(out, "; grouping by a window over ");
    append_column(out, time);
    text_append_c(out, " would bound it");
}

/* What a group holds beside a few words per aggregate. */
static void append_kept_values(Text *out, const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    bool weighted = node->inputs[0]->change == CHANGE_WEIGHTED && node->kind != PLAN_SESSION;
    for (uint32_t i = 0; i < spec->aggregate_count; i++) {
        const PlanAggregate *aggregate = &spec->aggregates[i];
        AggregateKind kind = aggregate->aggregate.kind;
        bool extreme = kind == AGGREGATE_MIN || kind == AGGREGATE_MAX;
        bool positioned = aggregate_is_ordered(kind), joined = kind == AGGREGATE_STRING_AGG || aggregate->order_count > 0;
        if (aggregate->distinct && !extreme && (!positioned || kind == AGGREGATE_STRING_AGG))
            text_append_c(out, "; each group keeps the distinct values of ");
        else if (extreme && weighted)
            text_append_c(out, "; each group keeps the distinct values, since one may be taken back, of ");
        else if (joined)
            text_append_c(out, "; each group keeps its rows, to put them in order, for ");
        else if (positioned && weighted)
            text_append_c(out, "; each group keeps its rows, since one may be taken back, for ");
        else
            continue;
        append_column(out, &node->columns[node->column_count - spec->aggregate_count + i]);
    }
}

/* What bounds the groups, if something does, and what is kept of each. */
static void append_group_state(Text *out, const PlanNode *node) {
    const AggregateSpec *spec = &node->aggregate;
    if (spec->close == CLOSE_WINDOW)
        text_append_c(out, "bounded: the groups of windows still open");
    else if (node->inputs[0]->bounded)
        text_append_c(out, "bounded: its input ends");
    else if (spec->group_count == 0 && node->kind != PLAN_SESSION)
        text_append_c(out, "bounded: one row");
    else
        append_open_groups(out, node);
    append_kept_values(out, node);
    if (node->kind == PLAN_SESSION && node->inputs[0]->change == CHANGE_WEIGHTED)
        text_append_c(out, "; sessions keep their rows, since a withdrawn row can split one");
}

/* What the operator keeps between epochs. */
static void append_state(Text *out, const PlanNode *node) {
    switch (node->kind) {
        case PLAN_SCAN:
        case PLAN_VALUES:
        case PLAN_SERIES:
        case PLAN_FILTER:
        case PLAN_PROJECT:
        case PLAN_WINDOW:
        case PLAN_MATCH_COUNTS:
        case PLAN_UNION: text_append_c(out, "none"); break;
        case PLAN_LIMIT: text_append_c(out, "bounded: a count"); break;
        case PLAN_SCALAR:
            text_append_c(out, node->scalar.is_member ? "bounded: the values of the subquery" : "bounded: one value");
            break;
        case PLAN_SORT:
            if (node->sort.limit >= 0)
                text_append_format(out, "bounded: %lld rows", (long long)node->sort.limit);
            else if (node->sort.asked != NULL && (node->sort.asked->limit >= 0 || node->sort.asked->limit_expr != NULL))
                text_append_c(out, "bounded: the rows that are asked for");
            else
                text_append_c(out, "bounded: its input ends");
            break;
        case PLAN_AGGREGATE:
        case PLAN_SESSION: append_group_state(out, node); break;
        case PLAN_KIND_COUNT: break;
    }
}

static void append_state_notes(Text *out, const PlanNode *node) {
    text_append_c(out, " | state: ");
    append_state(out, node);
}

void plan_explain_state(const Plan *plan, Str text, bool verbose, Text *out) {
    explain_node(plan->root, append_state_notes, text, verbose, 0, out);
}
