/* SPDX-License-Identifier: Apache-2.0
 * sql/statement.h - the syntax tree of statements: definitions, changes, commands of a session.
 *
 * The rules of sql/ast.h hold here too: names are names, absent is NULL, size 0 or count 0, every span
 * counts bytes of the text given to the parser.
 *
 *     switch (statement->kind) {
 *         case STATEMENT_QUERY: return bind_query(binder, statement->query, ...);
 *         case STATEMENT_CREATE: return create_relation(session, statement->create, ...);
 *         ...
 *
 * Threads: plain data, read-only once parsed. */
#ifndef WEIR_SQL_STATEMENT_H
#define WEIR_SQL_STATEMENT_H

#include "sql/ast.h"

/* ---- options and definitions ------------------------------------------------------------------------- */

typedef enum OptionKind {
    OPTION_NONE,     /* key alone */
    OPTION_STRING,   /* 'v' */
    OPTION_NUMBER,   /* 12, -3.5: digits and sign as written */
    OPTION_WORD,     /* an identifier or keyword, folded: true, off, json */
    OPTION_INTERVAL, /* INTERVAL '1' DAY: expr */
} AST_PACKED OptionKind;

/* key [=] value. Dotted keys (properties.bootstrap.server) come as one name; 'quoted' keys too. */
typedef struct Option {
    Name key;
    OptionKind kind;
    Str value;
    Expr *expr;
    Span value_span;
    Span span;
} Option;

typedef AST_LIST(Option) OptionList;

typedef enum ColumnConstraintKind {
    COLUMN_NOT_NULL,
    COLUMN_NULL,
    COLUMN_PRIMARY_KEY,
    COLUMN_UNIQUE,
    COLUMN_DEFAULT,   /* expr */
    COLUMN_CHECK,     /* expr */
    COLUMN_GENERATED, /* expr: GENERATED ALWAYS AS (expr) [STORED], AS (expr), Flink's `name AS expr` */
    COLUMN_IDENTITY,  /* GENERATED {ALWAYS | BY DEFAULT} AS IDENTITY */
    COLUMN_METADATA,  /* Flink: METADATA [FROM 'key'] [VIRTUAL]; RisingWave: INCLUDE .. is another thing */
} AST_PACKED ColumnConstraintKind;

typedef struct ColumnConstraint {
    ColumnConstraintKind kind;
    bool flag; /* GENERATED: STORED was written; IDENTITY: ALWAYS; METADATA: VIRTUAL */
    Name name; /* CONSTRAINT name */
    Expr *expr;
    Str text; /* METADATA FROM 'key' */
    Span span;
} ColumnConstraint;

struct ColumnDef {
    Name name;
    TypeName *type; /* NULL: a generated column whose type follows from its expression */
    QualifiedName collation;
    AST_LIST(ColumnConstraint) constraints;
    Span span;
};

typedef enum TableConstraintKind {
    TABLE_PRIMARY_KEY,
    TABLE_UNIQUE,
    TABLE_CHECK
} AST_PACKED TableConstraintKind;

typedef struct TableConstraint {
    TableConstraintKind kind;
    Name name;
    NameList columns;
    Expr *check;
    Span span;
} TableConstraint;

/* WATERMARK FOR ts AS expr; without AS the expression is NULL and means the column itself. */
typedef struct Watermark {
    Name column;
    Expr *expr;
    Span span;
} Watermark;

typedef enum RelationKind {
    RELATION_SOURCE,
    RELATION_TABLE,
    RELATION_LOOKUP_TABLE,
    RELATION_VIEW,
    RELATION_STREAM,
    RELATION_MATERIALIZED_VIEW,
    RELATION_SINK,
    RELATION_SECRET,
    RELATION_CONNECTION,
} AST_PACKED RelationKind;

/* One struct for all of CREATE: the parser refuses what a kind cannot have (a query on a SOURCE, columns
 * on a MATERIALIZED VIEW other than names, a SINK without FROM or AS). */
typedef struct Create {
    RelationKind relation;
    bool or_replace;
    bool if_not_exists;
    bool temporary;
    bool has_columns; /* parentheses were written, even empty ones */
    QualifiedName name;
    ColumnDefList columns; /* SOURCE, TABLE, LOOKUP TABLE */
    NameList column_names; /* VIEW, STREAM, MATERIALIZED VIEW, TABLE .. AS: v(a, b) */
    AST_LIST(TableConstraint) constraints;
    AST_LIST(Watermark) watermarks;
    Name connector; /* FROM KAFKA (..) / INTO KAFKA (..): folded; empty with WITH (connector = ..) */
    OptionList connector_options;
    Name format; /* FORMAT JSON [(..)], FORMAT PLAIN ENCODE JSON (RisingWave): plain; */
    Name encode; /*   ENCODE's word */
    OptionList format_options;
    OptionList options; /* WITH (..) */
    QualifiedName from; /* SINK .. FROM x */
    Query *query;       /* AS SELECT .. */
    bool with_no_data;
} Create;

/* ---- statements -------------------------------------------------------------------------------------- */

typedef enum StatementKind {
    STATEMENT_QUERY,       /* query: SELECT, VALUES, TABLE, WITH */
    STATEMENT_CREATE,      /* create */
    STATEMENT_DROP,        /* drop */
    STATEMENT_ALTER,       /* alter */
    STATEMENT_SUBSCRIBE,   /* subscribe */
    STATEMENT_INSERT,      /* insert */
    STATEMENT_UPDATE,      /* update */
    STATEMENT_DELETE,      /* delete_ */
    STATEMENT_TRUNCATE,    /* truncate */
    STATEMENT_COPY,        /* copy */
    STATEMENT_SHOW,        /* show */
    STATEMENT_DESCRIBE,    /* describe */
    STATEMENT_EXPLAIN,     /* explain */
    STATEMENT_CHECKPOINT,  /* nothing */
    STATEMENT_SET,         /* set */
    STATEMENT_RESET,       /* set: name, no values; empty name is RESET ALL */
    STATEMENT_TRANSACTION, /* transaction */
    STATEMENT_PREPARE,     /* prepare */
    STATEMENT_EXECUTE,     /* execute */
    STATEMENT_DEALLOCATE,  /* name: empty is ALL */
    STATEMENT_DECLARE,     /* declare */
    STATEMENT_FETCH,       /* fetch: FETCH and MOVE */
    STATEMENT_CLOSE,       /* name: empty is ALL */
    STATEMENT_DISCARD,     /* name: all, plans, sequences, temp */
} AST_PACKED StatementKind;

typedef struct Drop {
    RelationKind relation;
    bool if_exists;
    bool cascade;
    QualifiedNameList names;
} Drop;

typedef enum AlterKind {
    ALTER_PAUSE,
    ALTER_RESUME,
    ALTER_RENAME,          /* new_name */
    ALTER_RENAME_COLUMN,   /* column, new_name */
    ALTER_ADD_COLUMN,      /* definition; flag: IF NOT EXISTS */
    ALTER_DROP_COLUMN,     /* column; flag: IF EXISTS */
    ALTER_ADD_CONSTRAINT,  /* constraint */
    ALTER_DROP_CONSTRAINT, /* column is its name; flag: IF EXISTS */
    ALTER_COLUMN_TYPE,     /* column, type, expr (USING) */
    ALTER_COLUMN_DEFAULT,  /* column, expr (NULL: DROP DEFAULT) */
    ALTER_COLUMN_NOT_NULL, /* column; flag: SET, else DROP */
    ALTER_SET_OPTIONS,     /* options: SET (k = v, ..) */
    ALTER_RESET_OPTIONS,   /* options, keys only: RESET (k, ..) */
    ALTER_SET_PARALLELISM, /* expr; NULL: DEFAULT or ADAPTIVE */
    ALTER_SET_SCHEMA,      /* new_name */
} AST_PACKED AlterKind;

typedef struct AlterAction {
    AlterKind kind;
    bool flag;
    bool cascade;
    Name column;
    Name new_name;
    ColumnDef *definition;
    TableConstraint *constraint;
    TypeName *type;
    Expr *expr;
    OptionList options;
    Span span;
} AlterAction;

typedef struct Alter {
    RelationKind relation;
    bool if_exists;
    QualifiedName name;
    AST_LIST(AlterAction) actions;
} Alter;

typedef struct Subscribe {
    QualifiedName name; /* or */
    Query *query;       /* SUBSCRIBE (SELECT ..), SUBSCRIBE SELECT .. */
    Expr *where;
    Expr *epoch; /* AS OF EPOCH n */
    OptionList options;
    Emit *emit;
    Span where_span;
} Subscribe;

typedef struct Assignment {
    NameList columns; /* one, or several for (a, b) = (..) */
    bool is_multiple;
    Expr *value;
    Span span;
} Assignment;

typedef AST_LIST(Assignment) AssignmentList;

typedef enum ConflictAction { CONFLICT_ERROR, CONFLICT_NOTHING, CONFLICT_UPDATE } AST_PACKED ConflictAction;

typedef struct Insert {
    With *with;
    QualifiedName table;
    Name alias;
    NameList columns;
    Query *query; /* NULL: DEFAULT VALUES */
    ConflictAction on_conflict;
    NameList conflict_columns;
    Name conflict_constraint; /* ON CONFLICT ON CONSTRAINT name */
    AssignmentList conflict_set;
    Expr *conflict_where;
    SelectList returning;
    Span conflict_span;
} Insert;

typedef struct Update {
    With *with;
    QualifiedName table;
    Name alias;
    AssignmentList assignments;
    AST_LIST(FromItem *) from;
    Expr *where;
    SelectList returning;
} Update;

typedef struct Delete {
    With *with;
    QualifiedName table;
    Name alias;
    AST_LIST(FromItem *) using_items;
    Expr *where;
    SelectList returning;
} Delete;

typedef enum CopyEnd { COPY_STDIO, COPY_FILE, COPY_PROGRAM } AST_PACKED CopyEnd;

typedef struct Copy {
    bool is_from;        /* else TO */
    CopyEnd end;         /* COPY_STDIO: STDIN or STDOUT */
    QualifiedName table; /* or */
    Query *query;        /* COPY (SELECT ..) TO */
    NameList columns;
    Str path; /* of the file */
    Span path_span;
    OptionList options; /* old spellings too: CSV HEADER gives format = csv, header */
    Expr *where;
} Copy;

typedef enum ShowKind {
    SHOW_SETTING, /* SHOW name: name; dotted names come as one; TIME ZONE is timezone */
    SHOW_ALL,     /* SHOW ALL */
    SHOW_OBJECTS, /* SHOW TABLES / SOURCES / VIEWS / FUNCTIONS ..: name is the folded word(s): "materialized
                     views" */
    SHOW_COLUMNS, /* SHOW COLUMNS FROM object */
    SHOW_CREATE,  /* SHOW CREATE [TABLE | SOURCE ..] object */
} AST_PACKED ShowKind;

typedef struct Show {
    ShowKind kind;
    Name name;
    QualifiedName object; /* SHOW_COLUMNS, SHOW_CREATE */
    bool has_pattern;
    bool case_insensitive; /* ILIKE */
    Str pattern;           /* LIKE '..' */
} Show;

typedef struct Describe {
    QualifiedName object; /* or */
    Query *query;
} Describe;

typedef struct Explain {
    bool analyze;
    bool state;
    bool verbose;
    OptionList options; /* EXPLAIN (format json, ..); analyze, state and verbose set the flags as well */
    Statement *statement;
} Explain;

typedef enum SetScope { SCOPE_DEFAULT, SCOPE_SESSION, SCOPE_LOCAL } AST_PACKED SetScope;

typedef struct Set {
    SetScope scope;
    bool to_default;   /* SET x TO DEFAULT */
    Name name;         /* dotted names come as one; SET TIME ZONE is timezone, SET NAMES client_encoding */
    OptionList values; /* keys empty; one, or several: SET search_path = a, b */
} Set;

typedef enum TransactionKind {
    TRANSACTION_BEGIN, /* START TRANSACTION too */
    TRANSACTION_COMMIT,
    TRANSACTION_ROLLBACK,
    TRANSACTION_SAVEPOINT,   /* savepoint */
    TRANSACTION_RELEASE,     /* savepoint */
    TRANSACTION_ROLLBACK_TO, /* savepoint */
    TRANSACTION_SET,         /* SET TRANSACTION ..: modes */
} AST_PACKED TransactionKind;

typedef enum Isolation {
    ISOLATION_DEFAULT,
    ISOLATION_READ_UNCOMMITTED,
    ISOLATION_READ_COMMITTED,
    ISOLATION_REPEATABLE_READ,
    ISOLATION_SERIALIZABLE,
} AST_PACKED Isolation;

typedef enum AccessMode { ACCESS_DEFAULT, ACCESS_READ_ONLY, ACCESS_READ_WRITE } AST_PACKED AccessMode;

typedef struct Transaction {
    TransactionKind kind;
    Isolation isolation;
    AccessMode access;
    bool deferrable;
    bool chain; /* COMMIT AND CHAIN */
    Name savepoint;
} Transaction;

typedef struct Prepare {
    Name name;
    AST_LIST(TypeName *) types;
    Statement *statement;
} Prepare;

typedef struct Execute {
    Name name;
    ExprList arguments;
} Execute;

typedef struct Declare {
    Name name;
    bool binary;
    bool scroll;
    bool no_scroll;
    bool hold; /* WITH HOLD */
    Query *query;
} Declare;

typedef enum FetchDirection {
    FETCH_FORWARD,  /* NEXT is count 1 */
    FETCH_BACKWARD, /* PRIOR is count 1 */
    FETCH_ABSOLUTE, /* FIRST is 1, LAST is -1 */
    FETCH_RELATIVE,
} AST_PACKED FetchDirection;

typedef struct Fetch {
    bool is_move;
    bool all; /* FETCH ALL, FORWARD ALL, BACKWARD ALL */
    FetchDirection direction;
    int64_t count;
    Name cursor;
} Fetch;

typedef struct Truncate {
    QualifiedNameList names;
    bool cascade;
    bool restart_identity;
} Truncate;

struct Statement {
    StatementKind kind;
    Span span;                /* without the semicolon and the comments around it */
    uint32_t parameter_count; /* the highest $n */
    union {
        Query *query;
        Create *create;
        Drop *drop;
        Alter *alter;
        Subscribe *subscribe;
        Insert *insert;
        Update *update;
        Delete *delete_;
        Truncate *truncate;
        Copy *copy;
        Show *show;
        Describe *describe;
        Explain *explain;
        Set *set;
        Transaction *transaction;
        Prepare *prepare;
        Execute *execute;
        Declare *declare;
        Fetch *fetch;
        Name name;
    };
};

#endif
