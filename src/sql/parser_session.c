/* SPDX-License-Identifier: Apache-2.0
 * sql/parser_session.c - transactions, prepared statements, cursors. */
#include "sql/parser_priv.h"

/* ---- transactions ------------------------------------------------------------------------------------ */

/* ISOLATION LEVEL x, READ ONLY, READ WRITE, [NOT] DEFERRABLE, with commas or without. */
static Status parse_isolation(Parse *p, AstTransaction *transaction, Error *err) {
    bool word;
    TRY(parse_expect(p, KW_LEVEL, err));
    if (parse_at(p, KW_SERIALIZABLE)) {
        transaction->isolation = AST_ISOLATION_SERIALIZABLE;
        return parse_advance(p, err);
    }
    TRY(parse_accept(p, KW_REPEATABLE, &word, err));
    if (word) {
        transaction->isolation = AST_ISOLATION_REPEATABLE_READ;
        return parse_expect(p, KW_READ, err);
    }
    TRY(parse_expect(p, KW_READ, err));
    if (!parse_at(p, KW_COMMITTED) && !parse_at(p, KW_UNCOMMITTED))
        return EXPECTED_WORD(p, err, "COMMITTED", "UNCOMMITTED");
    transaction->isolation =
        parse_at(p, KW_COMMITTED) ? AST_ISOLATION_READ_COMMITTED : AST_ISOLATION_READ_UNCOMMITTED;
    return parse_advance(p, err);
}

/* ISOLATION LEVEL .., READ ONLY | WRITE, [NOT] DEFERRABLE, with or without commas. */
static Status parse_transaction_modes(Parse *p, AstTransaction *transaction, Error *err) {
    for (bool comma = false;;) {
        TokenKind kind = (TokenKind)p->token.kind;
        if (kind != KW_ISOLATION && kind != KW_READ && kind != KW_NOT && kind != KW_DEFERRABLE)
            return comma ? parse_unexpected(p, err) : STATUS_OK;
        TRY(parse_advance(p, err));
        if (kind == KW_ISOLATION) {
            TRY(parse_isolation(p, transaction, err));
        } else if (kind == KW_READ) {
            if (!parse_at(p, KW_ONLY) && !parse_at(p, KW_WRITE))
                return EXPECTED_WORD(p, err, "ONLY", "WRITE");
            transaction->access = parse_at(p, KW_ONLY) ? AST_ACCESS_READ_ONLY : AST_ACCESS_READ_WRITE;
            TRY(parse_advance(p, err));
        } else {
            if (kind == KW_NOT) TRY(parse_expect(p, KW_DEFERRABLE, err));
            transaction->deferrable = kind == KW_DEFERRABLE;
        }
        TRY(parse_accept(p, TOKEN_COMMA, &comma, err));
    }
}

static Status new_transaction(Parse *p, AstTransactionKind kind, AstStatement **out, Error *err) {
    TRY(parse_new_statement(p, AST_STATEMENT_TRANSACTION, out, err));
    (*out)->transaction = NEW_NODE(p, AstTransaction);
    TRY_ALLOC((*out)->transaction);
    (*out)->transaction->kind = kind;
    return STATUS_OK;
}

/* SET TRANSACTION modes, behind SET. */
Status parse_set_transaction(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_TRANSACTION));
    TRY(parse_advance(p, err));
    TRY(new_transaction(p, AST_TRANSACTION_SET, out, err));
    return parse_transaction_modes(p, (*out)->transaction, err);
}

/* [WORK | TRANSACTION] */
static Status skip_work(Parse *p, Error *err) {
    return parse_at(p, KW_WORK) || parse_at(p, KW_TRANSACTION) ? parse_advance(p, err) : STATUS_OK;
}

static Status parse_savepoint_name(Parse *p, AstTransaction *transaction, Error *err) {
    bool word;
    TRY(parse_accept(p, KW_SAVEPOINT, &word, err));
    return parse_name(p, &transaction->savepoint, err);
}

/* [AND [NO] CHAIN] */
static Status parse_chain(Parse *p, AstTransaction *transaction, Error *err) {
    bool found, no;
    TRY(parse_accept(p, KW_AND, &found, err));
    if (!found) return STATUS_OK;
    TRY(parse_accept(p, KW_NO, &no, err));
    transaction->chain = !no;
    return parse_expect(p, KW_CHAIN, err);
}

static Status parse_rollback(Parse *p, AstTransaction *transaction, Error *err) {
    TRY(skip_work(p, err));
    bool to;
    TRY(parse_accept(p, KW_TO, &to, err));
    if (!to) return parse_chain(p, transaction, err);
    transaction->kind = AST_TRANSACTION_ROLLBACK_TO;
    return parse_savepoint_name(p, transaction, err);
}

Status parse_transaction(Parse *p, AstStatement **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    TRY(parse_advance(p, err));
    TRY(new_transaction(p, AST_TRANSACTION_BEGIN, out, err));
    AstTransaction *transaction = (*out)->transaction;
    switch (kind) {
        case KW_START:
            TRY(parse_expect(p, KW_TRANSACTION, err));
            return parse_transaction_modes(p, transaction, err);
        case KW_COMMIT:
        case KW_END:
            transaction->kind = AST_TRANSACTION_COMMIT;
            TRY(skip_work(p, err));
            return parse_chain(p, transaction, err);
        case KW_ROLLBACK:
        case KW_ABORT:
            transaction->kind = AST_TRANSACTION_ROLLBACK;
            return parse_rollback(p, transaction, err);
        case KW_SAVEPOINT:
            transaction->kind = AST_TRANSACTION_SAVEPOINT;
            return parse_name(p, &transaction->savepoint, err);
        case KW_RELEASE:
            transaction->kind = AST_TRANSACTION_RELEASE;
            return parse_savepoint_name(p, transaction, err);
        default:
            DEBUG_ASSERT(kind == KW_BEGIN);
            TRY(skip_work(p, err));
            return parse_transaction_modes(p, transaction, err);
    }
}

/* ---- prepared statements, cursors -------------------------------------------------------------------- */

Status parse_prepare(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_PREPARE));
    uint32_t outer;
    TRY(parse_enter(p, &outer, err));
    TRY(parse_advance(p, err));
    if (parse_at(p, KW_TRANSACTION)) return parse_not_supported(&p->token, "PREPARE TRANSACTION", err);
    TRY(parse_new_statement(p, AST_STATEMENT_PREPARE, out, err));
    AstPrepare *prepare = NEW_NODE(p, AstPrepare);
    TRY_ALLOC(prepare);
    (*out)->prepare = prepare;
    TRY(parse_name(p, &prepare->name, err));
    uint32_t open = p->token.start;
    bool types;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &types, err));
    for (bool more = types; more;) {
        AstTypeName *type;
        TRY(parse_type(p, &type, err));
        LIST_PUSH(p, &prepare->types, type);
        TRY(parse_accept(p, TOKEN_COMMA, &more, err));
    }
    if (types) TRY(parse_close(p, open, err));
    TRY(parse_expect(p, KW_AS, err));
    if (parse_at(p, KW_PREPARE)) return parse_unexpected(p, err);
    TRY(parse_statement(p, &prepare->statement, err));
    parse_leave(p, outer);
    return STATUS_OK;
}

Status parse_execute(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_EXECUTE));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_EXECUTE, out, err));
    AstExecute *execute = NEW_NODE(p, AstExecute);
    TRY_ALLOC(execute);
    (*out)->execute = execute;
    TRY(parse_name(p, &execute->name, err));
    uint32_t open = p->token.start;
    bool arguments;
    TRY(parse_accept(p, TOKEN_LEFT_PAREN, &arguments, err));
    if (!arguments) return STATUS_OK;
    TRY(parse_expr_list(p, &execute->arguments, err));
    return parse_close(p, open, err);
}

/* BINARY, INSENSITIVE, [NO] SCROLL before CURSOR. */
static Status parse_cursor_options(Parse *p, AstDeclare *declare, Error *err) {
    while (!parse_at(p, KW_CURSOR)) {
        bool no;
        TRY(parse_accept(p, KW_NO, &no, err));
        if (parse_at(p, KW_SCROLL))
            *(no ? &declare->no_scroll : &declare->scroll) = true;
        else if (parse_at(p, KW_BINARY) && !no)
            declare->binary = true;
        else if (!(parse_at_word(p, STR("insensitive")) || parse_at_word(p, STR("asensitive"))) || no)
            return EXPECTED_WORD(p, err, "CURSOR", "SCROLL", "NO SCROLL", "BINARY");
        TRY(parse_advance(p, err));
    }
    return parse_advance(p, err);
}

Status parse_declare(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_DECLARE));
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_DECLARE, out, err));
    AstDeclare *declare = NEW_NODE(p, AstDeclare);
    TRY_ALLOC(declare);
    (*out)->declare = declare;
    TRY(parse_name(p, &declare->name, err));
    TRY(parse_cursor_options(p, declare, err));
    if (parse_at(p, KW_WITH) || parse_at(p, KW_WITHOUT)) {
        declare->hold = parse_at(p, KW_WITH);
        TRY(parse_advance(p, err));
        TRY(parse_expect(p, KW_HOLD, err));
    }
    TRY(parse_expect(p, KW_FOR, err));
    return parse_query(p, true, &declare->query, err);
}

/* A number of rows with its sign; more than 18 digits are no number of rows. */
static Status parse_fetch_count(Parse *p, int64_t *out, Error *err) {
    bool negative;
    TRY(parse_accept(p, TOKEN_MINUS, &negative, err));
    if (!negative && parse_at(p, TOKEN_PLUS)) TRY(parse_advance(p, err));
    if (!parse_at(p, TOKEN_INTEGER) || p->token.str.size > 18)
        return parse_expected(p, "a number of rows", err);
    int64_t value = 0; /* 18 digits fit */
    for (size_t i = 0; i < p->token.str.size; i++) value = value * 10 + (p->token.str.data[i] - '0');
    DEBUG_ASSERT(value >= 0);
    *out = negative ? -value : value;
    return parse_advance(p, err);
}

/* [NEXT | PRIOR | FIRST | LAST | ABSOLUTE n | RELATIVE n | n | ALL | FORWARD .. | BACKWARD ..] */
static Status parse_fetch_direction(Parse *p, AstFetch *fetch, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    fetch->count = 1;
    switch (kind) {
        case KW_NEXT: return parse_advance(p, err);
        case KW_PRIOR: fetch->direction = AST_FETCH_BACKWARD; return parse_advance(p, err);
        case KW_FIRST: fetch->direction = AST_FETCH_ABSOLUTE; return parse_advance(p, err);
        case KW_LAST: /* ABSOLUTE -1, as PostgreSQL counts from the end */
            fetch->direction = AST_FETCH_ABSOLUTE;
            fetch->count = -1;
            return parse_advance(p, err);
        case KW_ABSOLUTE:
        case KW_RELATIVE:
            fetch->direction = kind == KW_ABSOLUTE ? AST_FETCH_ABSOLUTE : AST_FETCH_RELATIVE;
            TRY(parse_advance(p, err));
            return parse_fetch_count(p, &fetch->count, err);
        case KW_FORWARD:
        case KW_BACKWARD:
            fetch->direction = kind == KW_FORWARD ? AST_FETCH_FORWARD : AST_FETCH_BACKWARD;
            TRY(parse_advance(p, err));
            break;
        default: break; /* a count, ALL or nothing */
    }
    TRY(parse_accept(p, KW_ALL, &fetch->all, err));
    bool count = parse_at(p, TOKEN_INTEGER) || parse_at(p, TOKEN_MINUS) || parse_at(p, TOKEN_PLUS);
    return count && !fetch->all ? parse_fetch_count(p, &fetch->count, err) : STATUS_OK;
}

Status parse_fetch(Parse *p, AstStatement **out, Error *err) {
    DEBUG_ASSERT(parse_at(p, KW_FETCH) || parse_at(p, KW_MOVE));
    bool is_move = parse_at(p, KW_MOVE);
    TRY(parse_advance(p, err));
    TRY(parse_new_statement(p, AST_STATEMENT_FETCH, out, err));
    AstFetch *fetch = NEW_NODE(p, AstFetch);
    TRY_ALLOC(fetch);
    (*out)->fetch = fetch;
    fetch->is_move = is_move;
    TRY(parse_fetch_direction(p, fetch, err));
    if (parse_at(p, KW_FROM) || parse_at(p, KW_IN)) TRY(parse_advance(p, err));
    return parse_name(p, &fetch->cursor, err);
}

/* DISCARD {ALL | PLANS | SEQUENCES | TEMP}, behind DISCARD. */
static Status parse_discard(Parse *p, AstName *name, Error *err) {
    if (!parse_at(p, KW_ALL) && !parse_at(p, KW_PLANS) && !parse_at(p, KW_SEQUENCES) &&
        !parse_at(p, KW_TEMP) && !parse_at(p, KW_TEMPORARY))
        return EXPECTED_WORD(p, err, "ALL", "PLANS", "SEQUENCES", "TEMP");
    return parse_take_name(p, name, err);
}

Status parse_small_statement(Parse *p, AstStatement **out, Error *err) {
    TokenKind kind = (TokenKind)p->token.kind;
    AstStatementKind statement = kind == KW_DEALLOCATE ? AST_STATEMENT_DEALLOCATE
                                 : kind == KW_CLOSE    ? AST_STATEMENT_CLOSE
                                 : kind == KW_DISCARD  ? AST_STATEMENT_DISCARD
                                                       : AST_STATEMENT_CHECKPOINT;
    if (statement == AST_STATEMENT_CHECKPOINT) DEBUG_ASSERT(kind == KW_CHECKPOINT);
    TRY(parse_new_statement(p, statement, out, err));
    TRY(parse_advance(p, err));
    bool all, prepare;
    if (statement == AST_STATEMENT_CHECKPOINT) return STATUS_OK;
    if (statement == AST_STATEMENT_DISCARD) return parse_discard(p, &(*out)->name, err);
    if (statement == AST_STATEMENT_DEALLOCATE) TRY(parse_accept(p, KW_PREPARE, &prepare, err));
    TRY(parse_accept(p, KW_ALL, &all, err));
    return all ? STATUS_OK : parse_name(p, &(*out)->name, err);
}
