/* SPDX-License-Identifier: Apache-2.0
 * sql/statement.h - the syntax tree of statements: definitions, changes, commands of a session.
 *
 * The rules of sql/ast.h hold here too: names are names, absent is NULL, size 0 or count 0, every span
 * counts bytes of the text given to the parser.
 *
 *     switch (statement->kind) {
 *         case AST_STATEMENT_QUERY: return bind_query(binder, statement->query, ...);
 *         case AST_STATEMENT_CREATE: return create_relation(session, statement->create, ...);
 *         ...
 *
 * Threads: plain data, read-only once parsed. */
#ifndef WEIR_SQL_STATEMENT_H
#define WEIR_SQL_STATEMENT_H

#include "sql/ast.h"

/* ---- options and definitions ------------------------------------------------------------------------- */

/* How the value was written: 'true' and true are told apart by whoever cares. */
typedef enum AstOptionKind {
    AST_OPTION_NONE,     /* key alone */
    AST_OPTION_STRING,   /* 'v' */
    AST_OPTION_NUMBER,   /* 12, -3.5: digits and sign as written */
    AST_OPTION_WORD,     /* an identifier or keyword, folded: true, off, json */
    AST_OPTION_INTERVAL, /* INTERVAL '1' DAY: expr */
} AST_PACKED AstOptionKind;

/* key [=] value. Dotted keys (properties.bootstrap.server) come as one name; 'quoted' keys too. */
typedef struct AstOption {
    AstName key;
    AstOptionKind kind;
    Str value;
    AstExpr *expr;
    AstSpan value_span;
    AstSpan span;
} AstOption;

typedef AST_LIST(AstOption) AstOptionList;

/* What may stand behind a column's type; which of them a kind of object may have is the binder's to say. */
typedef enum AstColumnConstraintKind {
    AST_COLUMN_NOT_NULL,
    AST_COLUMN_NULL,
    AST_COLUMN_PRIMARY_KEY,
    AST_COLUMN_UNIQUE,
    AST_COLUMN_DEFAULT,   /* expr */
    AST_COLUMN_CHECK,     /* expr */
    AST_COLUMN_GENERATED, /* expr: GENERATED ALWAYS AS (expr) [STORED], AS (expr), Flink's `name AS expr` */
    AST_COLUMN_IDENTITY,  /* GENERATED {ALWAYS | BY DEFAULT} AS IDENTITY */
    AST_COLUMN_METADATA, /* Flink: METADATA [FROM 'key'] [VIRTUAL]; RisingWave: INCLUDE .. is another thing */
} AST_PACKED AstColumnConstraintKind;

/* [CONSTRAINT name] constraint, behind a column. */
typedef struct AstColumnConstraint {
    AstColumnConstraintKind kind;
    bool flag;    /* GENERATED: STORED; IDENTITY: ALWAYS; METADATA: VIRTUAL; PRIMARY KEY: NOT ENFORCED */
    AstName name; /* CONSTRAINT name */
    AstExpr *expr;
    Str text; /* METADATA FROM 'key' */
    AstSpan span;
} AstColumnConstraint;

/* name type [COLLATE ..] constraints. Constraints stand in the order written; contradictions are the reader's to find. */
struct AstColumnDef {
    AstName name;
    AstTypeName *type; /* NULL: a generated column whose type follows from its expression */
    AstQualifiedName collation;
    AST_LIST(AstColumnConstraint) constraints;
    AstSpan span;
};

/* Entries of the parentheses that are no columns. FOREIGN KEY and EXCLUDE are refused by the parser. */
typedef enum AstTableConstraintKind {
    AST_TABLE_PRIMARY_KEY,
    AST_TABLE_UNIQUE,
    AST_TABLE_CHECK
} AST_PACKED AstTableConstraintKind;

/* [CONSTRAINT name] PRIMARY KEY (columns) | UNIQUE (columns) | CHECK (expr) */
typedef struct AstTableConstraint {
    AstTableConstraintKind kind;
    AstName name;
    AstNameList columns;
    AstExpr *check;
    bool not_enforced; /* PRIMARY KEY (..) NOT ENFORCED */
    AstSpan span;
} AstTableConstraint;

/* WATERMARK FOR ts AS expr; without AS the expression is NULL and means the column itself. */
typedef struct AstWatermark {
    AstName column;
    AstExpr *expr;
    AstSpan span;
} AstWatermark;

/* What CREATE, DROP, ALTER, SHOW CREATE and DESCRIBE name. */
typedef enum AstRelationKind {
    AST_RELATION_SOURCE,
    AST_RELATION_TABLE,
    AST_RELATION_LOOKUP_TABLE,
    AST_RELATION_VIEW,
    AST_RELATION_STREAM,
    AST_RELATION_MATERIALIZED_VIEW,
    AST_RELATION_SINK,
    AST_RELATION_SECRET,
    AST_RELATION_CONNECTION,
} AST_PACKED AstRelationKind;

/* One struct for all of CREATE: the parser refuses what a kind cannot have (a query on a SOURCE, columns
 * on a MATERIALIZED VIEW other than names, a SINK without FROM or AS).
 *
 *     CREATE [OR REPLACE] [TEMPORARY] SOURCE s (columns, constraints, WATERMARK FOR ..) [FROM connector (options)]
 *         [FORMAT format [(options)]] [WITH (options)]
 *     CREATE [MATERIALIZED] VIEW v [(names)] [WITH (options)] AS query
 *     CREATE SINK k FROM x | AS query  [INTO connector (options)] [FORMAT ..] [WITH (options)]
 *
 * Option names are not looked at: which there are depends on the connector. */
typedef struct AstCreate {
    AstRelationKind relation;
    bool if_not_exists;
    bool has_columns; /* parentheses were written, even empty ones */
    AstQualifiedName name;
    AstColumnDefList columns; /* SOURCE, TABLE, LOOKUP TABLE */
    AstNameList column_names; /* VIEW, STREAM, MATERIALIZED VIEW, TABLE .. AS: v(a, b) */
    AST_LIST(AstTableConstraint) constraints;
    AST_LIST(AstWatermark) watermarks;
    AstName connector; /* FROM KAFKA (..) / INTO KAFKA (..): folded; empty with WITH (connector = ..) */
    AstOptionList connector_options;
    AstName format; /* FORMAT JSON [(..)], FORMAT PLAIN ENCODE JSON (RisingWave): plain; */
    AstName encode; /*   ENCODE's word */
    AstOptionList format_options;
    AstOptionList options; /* WITH (..) */
    AstQualifiedName from; /* SINK .. FROM x */
    AstQuery *query;       /* AS SELECT ..; its `emit` may have stood before AS */
    AstEmit *emit;         /* EMIT .. before AS: the query's as soon as that is read */
    AstSpan or_replace;    /* OR REPLACE: empty when absent, as the three below */
    AstSpan temporary;     /* TEMP, TEMPORARY */
    AstSpan with_no_data;  /* WITH NO DATA */
    AstSpan append_only;   /* TABLE .. APPEND ONLY */
} AstCreate;

/* ---- statements -------------------------------------------------------------------------------------- */

/* What a statement is, and the member of the union that says the rest. */
typedef enum AstStatementKind {
    AST_STATEMENT_QUERY,       /* query: SELECT, VALUES, TABLE, WITH */
    AST_STATEMENT_CREATE,      /* create */
    AST_STATEMENT_DROP,        /* drop */
    AST_STATEMENT_ALTER,       /* alter */
    AST_STATEMENT_SUBSCRIBE,   /* subscribe */
    AST_STATEMENT_INSERT,      /* insert */
    AST_STATEMENT_UPDATE,      /* update */
    AST_STATEMENT_DELETE,      /* delete_ */
    AST_STATEMENT_TRUNCATE,    /* truncate */
    AST_STATEMENT_COPY,        /* copy */
    AST_STATEMENT_SHOW,        /* show */
    AST_STATEMENT_DESCRIBE,    /* describe */
    AST_STATEMENT_EXPLAIN,     /* explain */
    AST_STATEMENT_CHECKPOINT,  /* nothing */
    AST_STATEMENT_SET,         /* set */
    AST_STATEMENT_RESET,       /* set: name, no values; empty name is RESET ALL */
    AST_STATEMENT_TRANSACTION, /* transaction */
    AST_STATEMENT_PREPARE,     /* prepare */
    AST_STATEMENT_EXECUTE,     /* execute */
    AST_STATEMENT_DEALLOCATE,  /* name: empty is ALL */
    AST_STATEMENT_DECLARE,     /* declare */
    AST_STATEMENT_FETCH,       /* fetch: FETCH and MOVE */
    AST_STATEMENT_CLOSE,       /* name: empty is ALL */
    AST_STATEMENT_DISCARD,     /* name: all, plans, sequences, temp */
} AST_PACKED AstStatementKind;

/* DROP kind [IF EXISTS] names [CASCADE | RESTRICT] */
typedef struct AstDrop {
    AstRelationKind relation;
    bool if_exists;
    bool cascade;
    AstQualifiedNameList names;
} AstDrop;

/* What one action of ALTER does, with the fields that it has. */
typedef enum AstAlterKind {
    AST_ALTER_PAUSE,
    AST_ALTER_RESUME,
    AST_ALTER_RENAME,          /* new_name */
    AST_ALTER_RENAME_COLUMN,   /* column, new_name */
    AST_ALTER_ADD_COLUMN,      /* definition; flag: IF NOT EXISTS */
    AST_ALTER_DROP_COLUMN,     /* column; flag: IF EXISTS */
    AST_ALTER_ADD_CONSTRAINT,  /* constraint */
    AST_ALTER_DROP_CONSTRAINT, /* column is its name; flag: IF EXISTS */
    AST_ALTER_COLUMN_TYPE,     /* column, type, expr (USING) */
    AST_ALTER_COLUMN_DEFAULT,  /* column, expr (NULL: DROP DEFAULT) */
    AST_ALTER_COLUMN_NOT_NULL, /* column; flag: SET, else DROP */
    AST_ALTER_SET_OPTIONS,     /* options: SET (k = v, ..) */
    AST_ALTER_RESET_OPTIONS,   /* options, keys only: RESET (k, ..) */
    AST_ALTER_SET_PARALLELISM, /* expr; NULL: DEFAULT or ADAPTIVE */
    AST_ALTER_SET_SCHEMA,      /* new_name */
} AST_PACKED AstAlterKind;

/* One action; which fields it has stands behind its kind. */
typedef struct AstAlterAction {
    AstAlterKind kind;
    bool flag;
    bool cascade;
    AstName column;
    AstName new_name;
    AstColumnDef *definition;
    AstTableConstraint *constraint;
    AstTypeName *type;
    AstExpr *expr;
    AstOptionList options;
    AstSpan span;
} AstAlterAction;

/* ALTER kind [IF EXISTS] name action, .. */
typedef struct AstAlter {
    AstRelationKind relation;
    bool if_exists;
    AstQualifiedName name;
    AST_LIST(AstAlterAction) actions;
} AstAlter;

/* SUBSCRIBE [TO] name | query [WHERE ..] [AS OF EPOCH n] [WITH (options)] [EMIT ..] */
typedef struct AstSubscribe {
    AstQualifiedName name; /* or */
    AstQuery *query;       /* SUBSCRIBE (SELECT ..), SUBSCRIBE SELECT .. */
    AstExpr *where;
    AstExpr *epoch; /* AS OF EPOCH n */
    AstOptionList options;
    AstEmit *emit;
    AstSpan where_span;
} AstSubscribe;

/* column = value, or (columns) = value with a row or a subquery. */
typedef struct AstAssignment {
    AstNameList columns; /* one, or several for (a, b) = (..) */
    bool is_multiple;
    AstExpr *value;
    AstSpan span;
} AstAssignment;

typedef AST_LIST(AstAssignment) AstAssignmentList;

/* ERROR: no ON CONFLICT was written. */
typedef enum AstConflictAction {
    AST_CONFLICT_ERROR,
    AST_CONFLICT_NOTHING,
    AST_CONFLICT_UPDATE
} AST_PACKED AstConflictAction;

/* INSERT INTO table [AS alias] [(columns)] query | DEFAULT VALUES [ON CONFLICT ..] [RETURNING ..]. DEFAULT among VALUES is
 * an expression of its own kind. */
typedef struct AstInsert {
    AstWith *with;
    AstQualifiedName table;
    AstName alias;
    AstNameList columns;
    AstQuery *query; /* NULL: DEFAULT VALUES */
    AstConflictAction on_conflict;
    AstNameList conflict_columns;
    AstName conflict_constraint; /* ON CONFLICT ON CONSTRAINT name */
    AstAssignmentList conflict_set;
    AstExpr *conflict_where;
    AstSelectList returning;
    AstSpan conflict_span;
} AstInsert;

/* UPDATE table [AS alias] SET assignments [FROM ..] [WHERE ..] [RETURNING ..] */
typedef struct AstUpdate {
    AstWith *with;
    AstQualifiedName table;
    AstName alias;
    AstAssignmentList assignments;
    AST_LIST(AstFromItem *) from;
    AstExpr *where;
    AstSelectList returning;
} AstUpdate;

/* DELETE FROM table [AS alias] [USING ..] [WHERE ..] [RETURNING ..] */
typedef struct AstDelete {
    AstWith *with;
    AstQualifiedName table;
    AstName alias;
    AST_LIST(AstFromItem *) using_items;
    AstExpr *where;
    AstSelectList returning;
} AstDelete;

/* Where the rows come from or go to. */
typedef enum AstCopyEnd { AST_COPY_STDIO, AST_COPY_FILE, AST_COPY_PROGRAM } AST_PACKED AstCopyEnd;

/* COPY table [(columns)] FROM | TO .. [WITH (options)] [WHERE ..], COPY (query) TO .. */
typedef struct AstCopy {
    bool is_from;           /* else TO */
    AstCopyEnd end;         /* AST_COPY_STDIO: STDIN or STDOUT */
    AstQualifiedName table; /* or */
    AstQuery *query;        /* COPY (SELECT ..) TO */
    AstNameList columns;
    Str path; /* of the file */
    AstSpan path_span;
    AstOptionList options; /* old spellings too: CSV HEADER gives format = csv, header */
    AstExpr *where;
} AstCopy;

/* What is shown, with the fields that it has. */
typedef enum AstShowKind {
    AST_SHOW_SETTING, /* SHOW name: name; dotted names come as one; TIME ZONE is timezone */
    AST_SHOW_ALL,     /* SHOW ALL */
    AST_SHOW_OBJECTS, /* SHOW TABLES / SOURCES / VIEWS / FUNCTIONS ..: name is the folded word(s):
                     "materialized views" */
    AST_SHOW_COLUMNS, /* SHOW COLUMNS FROM object */
    AST_SHOW_CREATE,  /* SHOW CREATE [TABLE | SOURCE ..] object */
} AST_PACKED AstShowKind;

/* SHOW .. [LIKE | ILIKE 'pattern'] */
typedef struct AstShow {
    AstShowKind kind;
    AstName name;
    AstQualifiedName object; /* AST_SHOW_COLUMNS, AST_SHOW_CREATE */
    bool has_kind;           /* SHOW CREATE VIEW object: kind of object */
    AstRelationKind relation;
    bool has_pattern;
    bool case_insensitive; /* ILIKE */
    Str pattern;           /* LIKE '..' */
} AstShow;

/* DESCRIBE [kind] object, or a query, whose columns are told without running it. */
typedef struct AstDescribe {
    bool has_kind; /* DESCRIBE VIEW object */
    AstRelationKind relation;
    AstQualifiedName object; /* or */
    AstQuery *query;
} AstDescribe;

/* EXPLAIN [ANALYZE] [STATE] [VERBOSE] [(options)] statement */
typedef struct AstExplain {
    bool analyze;
    bool state;
    bool verbose;
    AstSpan analyze_span;
    AstOptionList options; /* EXPLAIN (format json, ..); analyze, state and verbose set the flags as well */
    AstStatement *statement;
} AstExplain;

/* SET LOCAL lasts for the transaction; not said means SESSION. */
typedef enum AstSetScope { AST_SCOPE_DEFAULT, AST_SCOPE_SESSION, AST_SCOPE_LOCAL } AST_PACKED AstSetScope;

/* SET [SESSION | LOCAL] name = | TO values */
typedef struct AstSet {
    AstSetScope scope;
    bool to_default;      /* SET x TO DEFAULT */
    AstName name;         /* dotted names come as one; SET TIME ZONE is timezone, SET NAMES client_encoding */
    AstOptionList values; /* keys empty; one, or several: SET search_path = a, b */
} AstSet;

/* ABORT is ROLLBACK, END is COMMIT. */
typedef enum AstTransactionKind {
    AST_TRANSACTION_BEGIN, /* START TRANSACTION too */
    AST_TRANSACTION_COMMIT,
    AST_TRANSACTION_ROLLBACK,
    AST_TRANSACTION_SAVEPOINT,   /* savepoint */
    AST_TRANSACTION_RELEASE,     /* savepoint */
    AST_TRANSACTION_ROLLBACK_TO, /* savepoint */
    AST_TRANSACTION_SET,         /* SET TRANSACTION ..: modes */
} AST_PACKED AstTransactionKind;

/* DEFAULT: not said. */
typedef enum AstIsolation {
    AST_ISOLATION_DEFAULT,
    AST_ISOLATION_READ_UNCOMMITTED,
    AST_ISOLATION_READ_COMMITTED,
    AST_ISOLATION_REPEATABLE_READ,
    AST_ISOLATION_SERIALIZABLE,
} AST_PACKED AstIsolation;

/* DEFAULT: not said, which is READ WRITE. */
typedef enum AstAccessMode {
    AST_ACCESS_DEFAULT,
    AST_ACCESS_READ_ONLY,
    AST_ACCESS_READ_WRITE
} AST_PACKED AstAccessMode;

/* BEGIN .. RELEASE, and the modes of SET TRANSACTION. The syntax is PostgreSQL's; what it means here is db's to say. */
typedef struct AstTransaction {
    AstTransactionKind kind;
    AstIsolation isolation;
    AstAccessMode access;
    bool deferrable;
    bool chain; /* COMMIT AND CHAIN */
    AstName savepoint;
} AstTransaction;

/* PREPARE name [(types)] AS statement */
typedef struct AstPrepare {
    AstName name;
    AST_LIST(AstTypeName *) types;
    AstStatement *statement;
} AstPrepare;

/* EXECUTE name [(arguments)] */
typedef struct AstExecute {
    AstName name;
    AstExprList arguments;
} AstExecute;

/* DECLARE name [BINARY] [[NO] SCROLL] CURSOR [WITH | WITHOUT HOLD] FOR query */
typedef struct AstDeclare {
    AstName name;
    bool binary;
    bool scroll;
    bool no_scroll;
    bool hold; /* WITH HOLD */
    AstQuery *query;
} AstDeclare;

/* FETCH without a direction is FORWARD 1. */
typedef enum AstFetchDirection {
    AST_FETCH_FORWARD,  /* NEXT is count 1 */
    AST_FETCH_BACKWARD, /* PRIOR is count 1 */
    AST_FETCH_ABSOLUTE, /* FIRST is 1, LAST is -1 */
    AST_FETCH_RELATIVE,
} AST_PACKED AstFetchDirection;

/* FETCH | MOVE direction [FROM | IN] cursor. `count` may be 0 or negative; with `all` it means nothing. */
typedef struct AstFetch {
    bool is_move;
    bool all; /* FETCH ALL, FORWARD ALL, BACKWARD ALL */
    AstFetchDirection direction;
    int64_t count;
    AstName cursor;
} AstFetch;

/* TRUNCATE [TABLE] names */
typedef struct AstTruncate {
    AstQualifiedNameList names;
    AstSpan cascade;          /* CASCADE: empty when absent; RESTRICT says nothing more */
    AstSpan restart_identity; /* RESTART IDENTITY */
} AstTruncate;

/* Which member of the union holds follows from the kind, as in AstExpr. */
struct AstStatement {
    AstStatementKind kind;
    AstSpan span;             /* without the semicolon and the comments around it */
    uint32_t parameter_count; /* the highest $n */
    uint32_t parameter_start; /* of the first $n */
    union {
        AstQuery *query;
        AstCreate *create;
        AstDrop *drop;
        AstAlter *alter;
        AstSubscribe *subscribe;
        AstInsert *insert;
        AstUpdate *update;
        AstDelete *delete_;
        AstTruncate *truncate;
        AstCopy *copy;
        AstShow *show;
        AstDescribe *describe;
        AstExplain *explain;
        AstSet *set;
        AstTransaction *transaction;
        AstPrepare *prepare;
        AstExecute *execute;
        AstDeclare *declare;
        AstFetch *fetch;
        AstName name;
    };
};

#endif
