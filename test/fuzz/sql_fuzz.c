/* SPDX-License-Identifier: Apache-2.0
 * Property: no text crashes or hangs the parser; every position it gives lies inside the text; the same text
 * gives the same tree twice; after an error it moves on, so that a script always ends; and the splitter finds
 * the same ends however the text is cut into pieces. */
#include <stdlib.h>

#include "sql/split.h"
#include "sql/sql_test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What one run over a text leaves behind, enough to tell two runs apart. */
typedef struct Trace {
    uint64_t hash;
    size_t statement_count;
    size_t error_count;
} Trace;

static void trace_add(Trace *trace, uint64_t value) {
    trace->hash = (trace->hash ^ value) * 0x100000001B3ULL;
}

static void check_span(AstSpan span, size_t size) {
    if (span.start > span.end || span.end > size) abort();
}

/* The expression's reading, and with it that every span in it lies inside the text. */
static void trace_expr(Trace *trace, Memory *memory, Str sql, const AstExpr *expr) {
    if (expr == NULL) return;
    check_span(expr->span, sql.size);
    Dump dump = {.sql = sql};
    text_init(&dump.text, memory);
    dump_expr(&dump, expr);
    for (size_t i = 0; i < dump.text.size; i++) trace_add(trace, (unsigned char)dump.text.data[i]);
    text_deinit(&dump.text);
}

static void trace_query(Trace *trace, Memory *memory, Str sql, const AstQuery *query) {
    check_span(query->span, sql.size);
    trace_expr(trace, memory, sql, query->limit);
    for (uint32_t i = 0; i < query->order_by.count; i++)
        trace_expr(trace, memory, sql, query->order_by.items[i].expr);
    if (query->kind == AST_QUERY_SET) {
        trace_query(trace, memory, sql, query->set.left);
        trace_query(trace, memory, sql, query->set.right);
    }
    if (query->kind != AST_QUERY_SELECT) return;
    const AstSelect *select = query->select;
    for (uint32_t i = 0; i < select->items.count; i++)
        trace_expr(trace, memory, sql, select->items.items[i].expr);
    for (uint32_t i = 0; i < select->from.count; i++) check_span(select->from.items[i]->span, sql.size);
    trace_expr(trace, memory, sql, select->where);
    trace_expr(trace, memory, sql, select->having);
}

static Trace run(Memory *memory, Str text) {
    Trace trace = {.hash = 1};
    Arena arena;
    arena_init(&arena, memory);
    Parser parser;
    parser_init(&parser, text);
    for (;;) {
        AstStatement *statement;
        Error err = {0};
        size_t before = parser.offset;
        Status status = parser_next(&parser, &arena, &statement, &err);
        if (parser.offset < before || parser.offset > text.size) abort();
        trace_add(&trace, (uint64_t)status);
        trace_add(&trace, parser.offset);
        if (status != STATUS_OK) {
            if (parser.offset == before && before < text.size) abort();
            if (err.position < 0 || (size_t)err.position > text.size) abort();
            trace_add(&trace, (uint64_t)err.position);
            trace.error_count++;
            if (parser.offset >= text.size) break;
            continue;
        }
        if (statement == NULL) break;
        check_span(statement->span, text.size);
        trace_add(&trace, statement->span.start);
        trace_add(&trace, (uint64_t)statement->kind);
        if (statement->kind == AST_STATEMENT_QUERY) trace_query(&trace, memory, text, statement->query);
        trace.statement_count++;
        arena_reset(&arena);
    }
    arena_deinit(&arena);
    return trace;
}

/* Ends of statements when the text arrives `step` bytes at a time. */
static Trace split(Str text, size_t step) {
    Trace trace = {.hash = 1};
    Split state = {0};
    size_t start = 0;
    for (size_t have = 0; have < text.size;) {
        have = text.size - have < step ? text.size : have + step;
        for (size_t end; (end = split_next(&state, str_from(text.data + start, have - start))) > 0;
             start += end)
            trace_add(&trace, start + end);
    }
    return trace;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str text = str_from((const char *)data, size);
    Memory memory;
    memory_init(&memory, 0);
    Trace first = run(&memory, text), second = run(&memory, text);
    if (first.hash != second.hash || first.statement_count != second.statement_count) abort();
    if (split(text, size + 1).hash != split(text, 1).hash || split(text, 7).hash != split(text, 1).hash)
        abort();
    memory_deinit(&memory);
    return 0;
}
