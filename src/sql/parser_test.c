/* SPDX-License-Identifier: Apache-2.0
 * Trees: their structure, positions, the statements that PostgreSQL does not know, errors with their hints,
 * limits. What PostgreSQL knows too is held against it in parser_pg_test.c. */
#include <limits.h>
#include "sql/sql_fixture.h"
#include "sql/sql_test.h"

static AstStatement *parse(void **state, const char *sql) {
    Fixture *fixture = *state;
    AstStatement *statement;
    if (parser_parse_one(str_from_c(sql), &fixture->arena, &statement, &fixture->err) != STATUS_OK)
        fail_msg("%s\n%s at %d\n%s", sql, fixture->err.message, (int)fixture->err.position,
                 fixture->err.hint);
    return statement;
}

static const AstSelect *parse_select_of(void **state, const char *sql) {
    AstStatement *statement = parse(state, sql);
    assert_int_equal(statement->kind, AST_STATEMENT_QUERY);
    assert_int_equal(statement->query->kind, AST_QUERY_SELECT);
    return statement->query->select;
}

static void assert_str(Str str, const char *expected) {
    if (!str_equal(str, str_from_c(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", (int)str.size, str.data, expected);
}

static void assert_span(const char *sql, AstSpan span, const char *expected) {
    assert_true(span.start <= span.end && span.end <= strlen(sql));
    assert_str(str_from(sql + span.start, span.end - span.start), expected);
}

/* The expression written with all its parentheses. */
static void expect_tree(void **state, const char *sql, const char *expected) {
    Fixture *fixture = *state;
    AstExpr *expr;
    if (parser_parse_expression(str_from_c(sql), &fixture->arena, &expr, &fixture->err) != STATUS_OK)
        fail_msg("%s: %s", sql, fixture->err.message);
    Dump dump = {.sql = str_from_c(sql)};
    text_init(&dump.text, &fixture->memory);
    dump_expr(&dump, expr);
    assert_str(text_str(&dump.text), expected);
    text_deinit(&dump.text);
}

static void expect_error(void **state, const char *sql, Status status, int64_t position, const char *hint) {
    Fixture *fixture = *state;
    AstStatement *statement;
    error_reset(&fixture->err);
    if (parser_parse_one(str_from_c(sql), &fixture->arena, &statement, &fixture->err) == STATUS_OK)
        fail_msg("accepted: %s", sql);
    if (fixture->err.status != status || fixture->err.position != position ||
        strstr(fixture->err.hint, hint) == NULL)
        fail_msg("%s\n%s (%s) at %d\nHINT: %s", sql, fixture->err.message, status_name(fixture->err.status),
                 (int)fixture->err.position, fixture->err.hint);
    assert_null(statement);
}

static void accept_all(void **state, const char *const *statements, size_t count, AstStatementKind kind) {
    for (size_t i = 0; i < count; i++)
        if (parse(state, statements[i])->kind != kind) fail_msg("%s", statements[i]);
}

#define ACCEPT(state, kind, ...)                            \
    accept_all((state), (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), (kind))

/* ---- expressions ------------------------------------------------------------------------------------- */

static void test_precedence(void **state) {
    expect_tree(state, "a + b * c ^ -d", "(\"a\" + (\"b\" * (\"c\" ^ ( - \"d\"))))");
    expect_tree(state, "NOT a = b AND c OR d", "((( NOT (\"a\" = \"b\")) AND \"c\") OR \"d\")");
    expect_tree(state, "a AND b AND c OR d OR e", "((\"a\" AND \"b\" AND \"c\") OR \"d\" OR \"e\")");
    expect_tree(state, "a -> 'x' ->> 'y' = 'z'", "(((\"a\" -> 'x') ->> 'y') = 'z')");
    expect_tree(state, "a BETWEEN b + 1 AND c AND d", "((\"a\" BETWEEN (\"b\" + 1) AND \"c\") AND \"d\")");
    expect_tree(state, "-a::int", "( - CAST(\"a\" AS int))");
    expect_tree(state, "a AT TIME ZONE 'x' + b", "((\"a\" AT TIME ZONE 'x') + \"b\")");
    expect_tree(state, "a != b IS TRUE", "((\"a\" <> \"b\") IS TRUE)");
    expect_tree(state, "f(x)[1] + (y).z", "((f(\"x\"))[1] + (\"y\").\"z\")");
}

static void test_expression_forms(void **state) {
    Fixture *fixture = *state;
    AstExpr *expr;
    Error err = {0};
#define PARSE(text) \
    assert_int_equal(parser_parse_expression(STR(text), &fixture->arena, &expr, &err), STATUS_OK)
    PARSE("interval '5' second");
    assert_int_equal(expr->kind, AST_EXPR_TYPED_LITERAL);
    assert_int_equal(expr->typed.type->interval_field, INTERVAL_SECOND);
    assert_str(expr->typed.value, "5");
    PARSE("INTERVAL 5 MINUTES");
    assert_int_equal(expr->typed.type->interval_field, INTERVAL_MINUTE);
    PARSE("INTERVAL '2' WEEK");
    assert_str(expr->typed.value, "2 week");
    PARSE("date '2026-01-01'");
    assert_str(expr->typed.type->name.str, "date");
    PARSE("extract(hour from ts)");
    assert_str(expr->call->name.items[0].str, "extract");
    assert_str(expr->call->arguments.items[0]->string, "hour");
    PARSE("position('a' in b)");
    assert_int_equal(expr->call->arguments.items[0]->kind, AST_EXPR_COLUMN);
    PARSE("trim(leading 'x' from a)");
    assert_str(expr->call->name.items[0].str, "ltrim");
    assert_int_equal(expr->call->arguments.items[0]->kind, AST_EXPR_COLUMN);
    PARSE("substring(a for 3)");
    assert_int_equal(expr->call->arguments.count, 3);
    assert_str(expr->call->arguments.items[1]->number.digits, "1");
    PARSE("current_timestamp");
    assert_true(expr->call->without_parentheses);
    PARSE("count(*) FILTER (WHERE a) OVER w");
    assert_true(expr->call->star && expr->call->filter != NULL && expr->call->over->is_reference);
    PARSE("first_value(a IGNORE NULLS) OVER (ORDER BY b)");
    assert_int_equal(expr->call->nulls, AST_NULLS_IGNORE);
    PARSE("MAP['a', 1, 'b', 2]");
    assert_int_equal(expr->kind, AST_EXPR_MAP);
    assert_int_equal(expr->list.count, 4);
    PARSE("map['a']");
    assert_int_equal(expr->kind, AST_EXPR_SUBSCRIPT);
    PARSE("MAP {'a': 1}");
    assert_int_equal(expr->list.count, 2);
    PARSE("try_cast(a AS int)");
    assert_true(expr->kind == AST_EXPR_CAST && expr->flag);
    PARSE("a IN ((SELECT 1))");
    assert_int_equal(expr->kind, AST_EXPR_IN_QUERY);
    PARSE("a = ALL (SELECT 1)");
    assert_true(expr->kind == AST_EXPR_QUANTIFIED && expr->flag &&
                expr->quantified.right->kind == AST_EXPR_SUBQUERY);
    PARSE("f(size => 3)");
    assert_int_equal(expr->call->arguments.items[0]->kind, AST_EXPR_NAMED_ARGUMENT);
    PARSE("$12 + $3");
    assert_int_equal(expr->operation.left->parameter, 12);
#undef PARSE
}

static void test_types(void **state) {
    Fixture *fixture = *state;
    static const struct {
        const char *text, *name;
    } names[] = {
        {"int", "int"},
        {"double precision", "double precision"},
        {"DOUBLE", "double precision"},
        {"character varying(10)", "varchar"},
        {"timestamp with time zone", "timestamptz"},
        {"TIMESTAMP(3) WITH LOCAL TIME ZONE", "timestamptz"},
        {"TIMESTAMP_LTZ(3)", "timestamptz"},
        {"timestamp(3) without time zone", "timestamp"},
        {"time with time zone", "timetz"},
        {"STRING", "string"},
    };
    AstTypeName *type;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(parser_parse_type(str_from_c(names[i].text), &fixture->arena, &type, &fixture->err),
                         STATUS_OK);
        assert_int_equal(type->kind, AST_TYPE_NAMED);
        assert_str(type->name.str, names[i].name);
    }
    assert_int_equal(parser_parse_type(STR("MAP<text, ARRAY<ROW<a int, b MAP<int, int>>>>"), &fixture->arena,
                                       &type, &fixture->err),
                     STATUS_OK);
    assert_int_equal(type->kind, AST_TYPE_MAP);
    assert_int_equal(type->element->kind, AST_TYPE_ARRAY);
    assert_int_equal(type->element->element->fields.count, 2);
    assert_str(type->element->element->fields.items[1].name.str, "b");
    assert_int_equal(parser_parse_type(STR("numeric(10, 2)[][3]"), &fixture->arena, &type, &fixture->err),
                     STATUS_OK);
    assert_int_equal(type->dimensions, 2);
    assert_int_equal(type->element->modifiers[1], 2);
    assert_int_equal(parser_parse_type(STR("int int"), &fixture->arena, &type, &fixture->err), STATUS_SYNTAX);
    assert_int_equal(parser_parse_type(STR("numeric(99999999999)"), &fixture->arena, &type, &fixture->err),
                     STATUS_SYNTAX);
}

/* ---- queries ----------------------------------------------------------------------------------------- */

static void test_positions(void **state) {
    const char *sql =
        "  SELECT sum(price * qty) AS v FROM trades t WHERE a  <> 'x' GROUP BY b HAVING c ORDER BY 1 LIMIT 3 "
        "; ";
    AstStatement *statement = parse(state, sql);
    assert_span(
        sql, statement->span,
        "SELECT sum(price * qty) AS v FROM trades t WHERE a  <> 'x' GROUP BY b HAVING c ORDER BY 1 LIMIT 3");
    const AstSelect *select = statement->query->select;
    assert_span(sql, select->items.items[0].span, "sum(price * qty) AS v");
    assert_span(sql, select->items.items[0].alias.span, "v");
    const AstExpr *call = select->items.items[0].expr;
    assert_span(sql, call->span, "sum(price * qty)");
    assert_span(sql, call->call->arguments.items[0]->span, "price * qty");
    assert_int_equal(sql[call->call->arguments.items[0]->position], '*');
    assert_span(sql, select->from_span, "FROM trades t");
    assert_span(sql, select->from.items[0]->span, "trades t");
    assert_span(sql, select->where_span, "WHERE a  <> 'x'");
    assert_span(sql, select->group_by_span, "GROUP BY b");
    assert_span(sql, select->having_span, "HAVING c");
    assert_span(sql, statement->query->order_by_span, "ORDER BY 1");
    assert_span(sql, statement->query->limit_span, "LIMIT 3");
}

static void test_from_forms(void **state) {
    const AstSelect *select =
        parse_select_of(state, "SELECT * FROM TUMBLE(trades, ts, INTERVAL '1' MINUTE) w");
    const AstFromItem *item = select->from.items[0];
    assert_int_equal(item->kind, AST_FROM_FUNCTION);
    assert_int_equal(item->function->call->arguments.count, 3);
    assert_str(item->alias.str, "w");
    item = parse_select_of(state,
                           "SELECT * FROM TABLE(HOP(TABLE bids, DESCRIPTOR(ts), INTERVAL '2' MINUTES, "
                           "INTERVAL '10' MINUTES))")
               ->from.items[0];
    assert_true(item->wrapped);
    assert_int_equal(item->function->call->arguments.items[0]->kind, AST_EXPR_TABLE);
    assert_int_equal(item->function->call->arguments.items[1]->kind, AST_EXPR_DESCRIPTOR);
    item = parse_select_of(state, "SELECT * FROM SESSION(t PARTITION BY k, ts, INTERVAL '5 min')")
               ->from.items[0];
    assert_int_equal(item->function->call->arguments.items[0]->table->partition_by.count, 1);
    item =
        parse_select_of(state, "SELECT * FROM a ASOF LEFT JOIN b MATCH_CONDITION (a.ts >= b.ts) ON a.k = b.k")
            ->from.items[0];
    assert_int_equal(item->join->kind, AST_JOIN_ASOF_LEFT);
    assert_non_null(item->join->match_condition);
    item = parse_select_of(state, "SELECT * FROM a x LEFT ANTI JOIN b ON true SEMI JOIN c USING (k)")
               ->from.items[0];
    assert_int_equal(item->join->kind, AST_JOIN_SEMI);
    assert_int_equal(item->join->left->join->kind, AST_JOIN_ANTI);
    item = parse_select_of(state, "SELECT * FROM o JOIN r FOR SYSTEM_TIME AS OF o.ts AS r2 ON o.c = r2.c")
               ->from.items[0];
    assert_non_null(item->join->right->table.system_time);
    assert_str(item->join->right->alias.str, "r2");
    item = parse_select_of(state, "SELECT * FROM a JOIN b JOIN c ON x ON y")->from.items[0];
    assert_int_equal(item->join->right->kind, AST_FROM_JOIN);
    item = parse_select_of(state, "SELECT * FROM stdin, LATERAL (SELECT 1) l")->from.items[1];
    assert_true(item->lateral && item->kind == AST_FROM_QUERY);
}

static void test_match_recognize(void **state) {
    const AstSelect *select =
        parse_select_of(state,
                        "SELECT * FROM ticker MATCH_RECOGNIZE (PARTITION BY symbol ORDER BY ts MEASURES a.ts "
                        "AS start_ts, LAST(b.price) AS p"
                        " ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (a b+? (c | d)* {- e -} "
                        "f{2,5} PERMUTE(g, h)) WITHIN INTERVAL '1' HOUR"
                        " SUBSET s = (a, b) DEFINE b AS b.price < a.price) AS m");
    const AstFromItem *item = select->from.items[0];
    assert_int_equal(item->kind, AST_FROM_MATCH);
    assert_str(item->alias.str, "m");
    const AstPattern *pattern = &item->match->pattern;
    assert_int_equal(pattern->kind, AST_PATTERN_SEQUENCE);
    assert_int_equal(pattern->items.count, 6);
    assert_true(pattern->items.items[1].reluctant && pattern->items.items[1].repeat_min == 1);
    assert_int_equal(pattern->items.items[2].repeat_max, UINT32_MAX);
    assert_int_equal(pattern->items.items[3].kind, AST_PATTERN_EXCLUDE);
    assert_int_equal(pattern->items.items[4].repeat_max, 5);
    assert_int_equal(pattern->items.items[5].kind, AST_PATTERN_PERMUTE);
    assert_int_equal(item->match->skip, AST_SKIP_PAST_LAST_ROW);
}

static void test_emit(void **state) {
    static const struct {
        const char *text;
        AstEmitMode mode;
    } modes[] = {
        {"EMIT ON WINDOW CLOSE", AST_EMIT_ON_WINDOW_CLOSE},
        {"EMIT AFTER WATERMARK", AST_EMIT_ON_WINDOW_CLOSE},
        {"EMIT FINAL", AST_EMIT_ON_WINDOW_CLOSE},
        {"EMIT CHANGES", AST_EMIT_CHANGES},
        {"EMIT ON UPDATE", AST_EMIT_ON_UPDATE},
        {"EMIT EVERY INTERVAL '1' SECOND", AST_EMIT_EVERY},
        {"ALLOW LATENESS INTERVAL '5' SECOND", AST_EMIT_NONE},
    };
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char sql[128];
        text_format(sql, sizeof(sql), "SELECT a FROM t GROUP BY a %s", modes[i].text);
        const AstEmit *emit = parse(state, sql)->query->emit;
        assert_int_equal(emit->mode, modes[i].mode);
        assert_span(sql, emit->span, modes[i].text);
    }
    const char *sql =
        "CREATE STREAM s AS SELECT 1 FROM t EMIT ON WINDOW CLOSE ALLOW LATENESS INTERVAL '1' MINUTE LATE "
        "DATA TO late_rows";
    const AstEmit *emit = parse(state, sql)->create->query->emit;
    assert_str(emit->late_data.items[0].str, "late_rows");
    assert_non_null(emit->lateness);
    assert_non_null(parse(state, "SELECT a FROM t EMIT CHANGES LIMIT 3")->query->limit);
    assert_str(parse_select_of(state, "SELECT 1 FROM t AS emit")->from.items[0]->alias.str, "emit");
    assert_str(parse_select_of(state, "SELECT 1 FROM t late")->from.items[0]->alias.str, "late");
    expect_error(state, "SELECT * FROM (SELECT a FROM t EMIT CHANGES) x", STATUS_SYNTAX, 31,
                 "end of the statement");
    expect_error(state, "SELECT a FROM t EMIT ON WINDOW CLOSED", STATUS_SYNTAX, 31, "CLOSE");
    expect_error(state, "SELECT a FROM t EMIT CHANGS", STATUS_SYNTAX, 21, "Did you mean CHANGES");
    expect_error(state, "SELECT a FROM t EMIT", STATUS_SYNTAX, 20, "ON WINDOW CLOSE");
    expect_error(state, "SELECT a FROM t EMIT CHANGES EMIT FINAL", STATUS_SYNTAX, 29, "");
}

/* ---- statements -------------------------------------------------------------------------------------- */

static void test_create_source(void **state) {
    const char *sql =
        "CREATE SOURCE trades (symbol TEXT, price DOUBLE PRECISION NOT NULL, total AS price * 2, ts "
        "TIMESTAMP,"
        " PRIMARY KEY (symbol) NOT ENFORCED, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)"
        " WITH (connector = 'file', path = '-', properties.bootstrap.server = 'x:9092', 'quoted.key' = 5, "
        "header = true, lag = INTERVAL '1' DAY)";
    const AstCreate *create = parse(state, sql)->create;
    assert_int_equal(create->relation, AST_RELATION_SOURCE);
    assert_int_equal(create->columns.count, 4);
    assert_str(create->columns.items[1].type->name.str, "double precision");
    assert_int_equal(create->columns.items[1].constraints.items[0].kind, AST_COLUMN_NOT_NULL);
    assert_null(create->columns.items[2].type);
    assert_int_equal(create->constraints.count, 1);
    assert_span(sql, create->watermarks.items[0].expr->span, "ts - INTERVAL '5' SECOND");
    assert_int_equal(create->options.count, 6);
    assert_str(create->options.items[0].value, "file");
    assert_span(sql, create->options.items[1].value_span, "'-'");
    assert_str(create->options.items[2].key.str, "properties.bootstrap.server");
    assert_str(create->options.items[3].key.str, "quoted.key");
    assert_int_equal(create->options.items[4].kind, AST_OPTION_WORD);
    assert_int_equal(create->options.items[5].kind, AST_OPTION_INTERVAL);
    create = parse(state, "CREATE SOURCE s (a int) FROM KAFKA (topic = 't') FORMAT PLAIN ENCODE JSON (x = 1)")
                 ->create;
    assert_str(create->connector.str, "kafka");
    assert_str(create->format.str, "plain");
    assert_str(create->encode.str, "json");
    create = parse(state, "CREATE SINK k FROM v INTO KAFKA (topic = 't') FORMAT JSON")->create;
    assert_str(create->from.items[0].str, "v");
    assert_str(create->connector.str, "kafka");
}

static void test_create_forms(void **state) {
    ACCEPT(state, AST_STATEMENT_CREATE, "CREATE OR REPLACE SOURCE IF NOT EXISTS a.s (x int)",
           "CREATE SOURCE s WITH (connector = 'generator')",
           "CREATE LOOKUP TABLE l (k int PRIMARY KEY, v text) FROM POSTGRES (url = 'x')",
           "CREATE STREAM s AS SELECT * FROM t EMIT CHANGES",
           "CREATE STREAM s WITH (on_error = 'stop') AS SELECT 1",
           "CREATE MATERIALIZED VIEW v (a, b) WITH (on_error = stop) AS SELECT 1, 2",
           "CREATE SINK k INTO FILE (path = 'x') AS SELECT 1 EMIT ON UPDATE",
           "CREATE SINK k FROM v WITH (connector = 'stdout')",
           "CREATE SINK k AS SELECT 1 WITH (connector = 'blackhole')",
           "CREATE TABLE t (a int, m MAP<text, int>, r ROW(x int, y text), PRIMARY KEY (a))",
           "CREATE SOURCE s (ts TIMESTAMP METADATA FROM 'timestamp' VIRTUAL, WATERMARK FOR ts)",
           "CREATE SECRET x AS 'y'", "CREATE SECRET x WITH (backend = 'meta') AS 'y'",
           "CREATE CONNECTION c WITH (type = 'kafka')", "CREATE TABLE t (a int) WITH (x = -1.5)");
    expect_error(state, "CREATE SOURCE s AS SELECT 1", STATUS_SYNTAX, 16, "STREAM");
    expect_error(state, "CREATE STREAM s (a int) AS SELECT 1", STATUS_SYNTAX, 17, "names only");
    expect_error(state, "CREATE STREAM s", STATUS_SYNTAX, 15, "AS and a query");
    expect_error(state, "CREATE SINK k", STATUS_SYNTAX, 13, "FROM name");
    expect_error(state, "CREATE TABLE t (a INT b TEXT)", STATUS_SYNTAX, 22, "comma");
    expect_error(state, "CREATE TABLE t (a INT, b TEXT", STATUS_SYNTAX, 29, "");
    expect_error(state, "CREATE SOURC s (a int)", STATUS_SYNTAX, 7, "Did you mean SOURCE");
    expect_error(state, "CREATE INDEX i ON t (a)", STATUS_NOT_SUPPORTED, 7, "");
    expect_error(state, "CREATE TABLE t (a int REFERENCES u)", STATUS_NOT_SUPPORTED, 22, "");
    expect_error(state, "CREATE TABLE order (a int)", STATUS_SYNTAX, 13, "write \"order\"");
}

static void test_other_statements(void **state) {
    ACCEPT(state, AST_STATEMENT_SUBSCRIBE, "SUBSCRIBE v",
           "SUBSCRIBE TO v WHERE a > 1 AS OF EPOCH 17 WITH (snapshot = false)",
           "SUBSCRIBE (SELECT a FROM t) EMIT CHANGES", "SUBSCRIBE SELECT a FROM t WHERE b EMIT CHANGES");
    ACCEPT(state, AST_STATEMENT_SHOW, "SHOW TABLES", "SHOW MATERIALIZED VIEWS LIKE 'a%'",
           "SHOW LOOKUP TABLES", "SHOW SOURCES", "SHOW CREATE TABLE t", "SHOW CREATE MATERIALIZED VIEW s.v",
           "SHOW CREATE v", "SHOW COLUMNS FROM t", "SHOW server_version", "SHOW ALL", "SHOW JOBS");
    ACCEPT(state, AST_STATEMENT_DESCRIBE, "DESCRIBE t", "DESC s.t", "DESCRIBE TABLE t", "DESCRIBE SELECT 1",
           "DESCRIBE source");
    ACCEPT(state, AST_STATEMENT_EXPLAIN, "EXPLAIN STATE SELECT 1",
           "EXPLAIN ANALYZE STATE CREATE STREAM s AS SELECT 1", "EXPLAIN (state, format json) SELECT 1");
    ACCEPT(state, AST_STATEMENT_ALTER, "ALTER SOURCE s PAUSE", "ALTER STREAM s RESUME",
           "ALTER MATERIALIZED VIEW v SET PARALLELISM = 4",
           "ALTER MATERIALIZED VIEW v SET PARALLELISM TO ADAPTIVE", "ALTER SINK k SET (a = 1)",
           "ALTER LOOKUP TABLE l RENAME TO m", "ALTER SOURCE s ADD COLUMN x ROW<a int>",
           "ALTER TABLE t DROP COLUMN a, ADD COLUMN b int");
    ACCEPT(state, AST_STATEMENT_DROP, "DROP SOURCE s", "DROP STREAM IF EXISTS a, b CASCADE", "DROP SINK k",
           "DROP LOOKUP TABLE l", "DROP SECRET x");
    ACCEPT(state, AST_STATEMENT_CHECKPOINT, "CHECKPOINT");
    assert_true(parse(state, "EXPLAIN (ANALYZE, STATE off) SELECT 1")->explain->analyze);
    assert_false(parse(state, "EXPLAIN (ANALYZE, STATE off) SELECT 1")->explain->state);
    assert_str(parse(state, "SET TIME ZONE 'UTC'")->set->name.str, "timezone");
    assert_str(parse(state, "SET a.b = -1.5")->set->values.items[0].value, "-1.5");
    assert_str(parse(state, "SET a = - 1")->set->values.items[0].value, "-1");
    assert_int_equal(parse(state, "SELECT $3, $1")->parameter_count, 3);
    assert_int_equal(parse(state, "COPY t FROM STDIN CSV HEADER DELIMITER ';'")->copy->options.count, 3);
    expect_error(state, "GRANT SELECT ON t TO u", STATUS_NOT_SUPPORTED, 0, "");
    expect_error(state, "VACUUM", STATUS_NOT_SUPPORTED, 0, "");
    expect_error(state, "SELECT 1 INTO t", STATUS_NOT_SUPPORTED, 9, "CREATE TABLE");
    expect_error(state, "SELECT 1 FROM t WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY a", STATUS_NOT_SUPPORTED,
                 16, "TUMBLE");
}

/* ---- errors ------------------------------------------------------------------------------------------ */

static void test_hints(void **state) {
    expect_error(state, "SELCT 1", STATUS_SYNTAX, 0, "Did you mean SELECT instead of \"SELCT\"");
    expect_error(state, "SELECT a FORM t", STATUS_SYNTAX, 14, "Did you mean FROM instead of \"FORM\"");
    expect_error(state, "SELECT * FORM t", STATUS_SYNTAX, 9, "Did you mean FROM");
    expect_error(state, "SELECT a FROM t WEHRE a = 1", STATUS_SYNTAX, 22,
                 "Did you mean WHERE instead of \"WEHRE\"");
    expect_error(state, "SELECT a FROM t GROUP BT a", STATUS_SYNTAX, 22, "Did you mean BY");
    expect_error(state, "SELECT a b c FROM t", STATUS_SYNTAX, 11, "comma");
    expect_error(state, "SELECT (a + b FROM t", STATUS_SYNTAX, 14, "at byte 7 is still open");
    expect_error(state, "SELECT a) FROM t", STATUS_SYNTAX, 8, "closes nothing");
    expect_error(state, "SELECT a FROM t WHERE", STATUS_SYNTAX, 21, "Expected an expression");
    expect_error(state, "SELECT select FROM t", STATUS_SYNTAX, 7, "");
    expect_error(state, "SELECT a FROM table", STATUS_SYNTAX, 19, "");
    expect_error(state, "SELECT a < b < c", STATUS_SYNTAX, 13, "do not chain");
    expect_error(state, "SELECT 1 a \xE2\x80\x9Cx\xE2\x80\x9D", STATUS_SYNTAX, 11, "typographic");
    expect_error(state, "SELECT a b\xC2\xA0 c", STATUS_SYNTAX, 13, "");
    expect_error(state, "SELECT a FROM t LIMIT 1, 2", STATUS_SYNTAX, 23, "OFFSET");
    expect_error(state, "DELETE t", STATUS_SYNTAX, 7, "FROM");
    expect_error(state, "", STATUS_SYNTAX, 0, "");
    expect_error(state, "SELECT 1; SELECT 2", STATUS_SYNTAX, 10, "");
}

static void test_script(void **state) {
    Fixture *fixture = *state;
    Parser parser;
    Str script = STR("\xEF\xBB\xBF;; SELECT 1; -- c\nSELCT 2; SELECT 'x;'; SELECT $1a; SELECT 3");
    parser_init(&parser, script);
    static const Status expected[] = {STATUS_OK,     STATUS_SYNTAX, STATUS_OK,
                                      STATUS_SYNTAX, STATUS_OK,     STATUS_OK};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        AstStatement *statement;
        assert_int_equal(parser_next(&parser, &fixture->arena, &statement, &fixture->err), expected[i]);
        assert_int_equal(statement != NULL, expected[i] == STATUS_OK && i < 5);
    }
    assert_int_equal(parser.offset, script.size);
}

/* `count` times `open`, `middle`, `count` times `close`. */
static Status parse_nested(void **state, const char *before, const char *open, const char *middle,
                           const char *close, size_t count) {
    Fixture *fixture = *state;
    Text text;
    text_init(&text, &fixture->memory);
    text_append_c(&text, before);
    for (size_t i = 0; i < count; i++) text_append_c(&text, open);
    text_append_c(&text, middle);
    for (size_t i = 0; i < count; i++) text_append_c(&text, close);
    AstStatement *statement;
    error_reset(&fixture->err);
    Status status = parser_parse_one(text_str(&text), &fixture->arena, &statement, &fixture->err);
    text_deinit(&text);
    arena_reset(&fixture->arena);
    return status;
}

static void test_depth(void **state) {
    static const char *const nests[][4] = {
        {"SELECT ", "(", "1", ")"},
        {"SELECT ", "f(", "1", ")"},
        {"SELECT ", "NOT ", "1", ""},
        {"SELECT ", "- ", "1", ""},
        {"SELECT ", "a[", "1", "]"},
        {"SELECT ", "ARRAY[", "1", "]"},
        {"SELECT 1 FROM ", "(", "a", ")"},
        {"", "(SELECT ", "1", ")"},
        {"", "SELECT * FROM (", "a", ") x"},
        {"SELECT ", "CASE WHEN ", "1", " THEN 1 END"},
        {"SELECT 1::", "ROW(a ", "int", ")"},
        {"SELECT 1::", "MAP<int,", "int", ">"},
        {"", "EXPLAIN PREPARE p AS ", "SELECT 1", ""},
        {"SELECT a GROUP BY ", "ROLLUP (", "a", ")"},
        {"SELECT 1 FROM a ", "JOIN b ", "", "ON x "},
        {"", "WITH x AS (", "SELECT 1", ") SELECT 1"},
        {"SELECT 1 FROM t MATCH_RECOGNIZE (PATTERN (", "(", "a", ")"},
        {"SELECT 1 ", "+ (1 ", "", ")"},
        {"SELECT ", "coalesce(", "1", ")"},
        {"SELECT ", "a IN (", "1", ")"},
        {"SELECT ", "1 = ANY (", "1", ")"},
        {"SELECT ", "EXISTS (SELECT ", "1", ")"},
        {"SELECT 1 UNION ", "(SELECT 1 UNION ", "SELECT 1", ")"},
        {"SELECT ", "count(*) OVER (ORDER BY ", "1", ")"},
    };
    for (size_t i = 0; i < sizeof(nests) / sizeof(nests[0]); i++) {
        Status status = parse_nested(state, nests[i][0], nests[i][1], nests[i][2], nests[i][3], 20000);
        Fixture *fixture = *state;
        if (status != STATUS_LIMIT && status != STATUS_SYNTAX) fail_msg("%s: %d", nests[i][1], (int)status);
        assert_true(fixture->err.position >= 0);
    }
    assert_int_equal(parse_nested(state, "SELECT ", "(", "1", ")", 100000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT ", "(", "1", ")", 60), STATUS_OK);
}

static void test_long_chains(void **state) {
    assert_int_equal(parse_nested(state, "SELECT 1", " AND a = 1", "", "", 50000), STATUS_OK);
    assert_int_equal(parse_nested(state, "SELECT a IN (1", ", 1", ")", "", 50000), STATUS_OK);
    assert_int_equal(parse_nested(state, "SELECT 1", " + 1", "", "", 500), STATUS_OK);
    assert_int_equal(parse_nested(state, "SELECT 1", " + 1", "", "", 100000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT 1", " IS NULL", "", "", 100000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT a", "[1]", "", "", 100000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT 1", "::int", "", "", 100000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT 1", " UNION SELECT 1", "", "", 10000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT 1 FROM a", " CROSS JOIN b", "", "", 10000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "SELECT 1", ", 1", "", "", 200000), STATUS_LIMIT);
    assert_int_equal(parse_nested(state, "VALUES (1)", ", (1)", "", "", 99999), STATUS_OK);
}

static void test_refused_memory(void **state) {
    Fixture *fixture = *state;
    static const char *const statements[] = {
        "WITH c (x) AS (SELECT 1) SELECT DISTINCT a.B, sum(x) FILTER (WHERE y) OVER (PARTITION BY 'a''b') "
        "FROM t JOIN u USING (k) GROUP BY ROLLUP (a) EMIT CHANGES",
        "CREATE SOURCE s (a MAP<int, int[]>, PRIMARY KEY (a), WATERMARK FOR ts AS ts) WITH (a.b = 'c')",
    };
    for (size_t i = 0; i < 2; i++) {
        bool done = false;
        for (int64_t nth = 1; !done; nth++) {
            Arena arena;
            AstStatement *statement;
            arena_init(&arena, &fixture->memory);
            fixture->memory.fail_at = nth;
            Status status = parser_parse_one(str_from_c(statements[i]), &arena, &statement, &fixture->err);
            fixture->memory.fail_at = 0;
            arena_deinit(&arena);
            done = status == STATUS_OK;
            if (!done) assert_int_equal(status, STATUS_OUT_OF_MEMORY);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_precedence),     TEST(test_expression_forms),
        TEST(test_types),          TEST(test_positions),
        TEST(test_from_forms),     TEST(test_match_recognize),
        TEST(test_emit),           TEST(test_create_source),
        TEST(test_create_forms),   TEST(test_other_statements),
        TEST(test_hints),          TEST(test_script),
        TEST(test_depth),          TEST(test_long_chains),
        TEST(test_refused_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
