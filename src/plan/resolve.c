/* SPDX-License-Identifier: Apache-2.0
 * plan/resolve.c - PostgreSQL's rules for types: which casts apply unasked, what several values have in
 * common, which of the functions of one name is meant.
 *
 * The choice among overloads follows chapter 10 of PostgreSQL's manual: an exact match wins; else of those
 * that implicit casts can reach, the ones with most exact matches, then with most preferred types; then
 * literals of unknown type are taken for text if any candidate takes text there, else for the one category
 * all agree on; then for the type of the arguments that are known. */
#include "base/calendar_field.h"
#include "base/from_char.h"
#include "plan/bind_priv.h"

#include <limits.h>

enum { CANDIDATE_COUNT_MAX = 128, SIGNATURE_SIZE_MAX = 256, NUMERIC_DEFAULT_SCALE = 16 };
STATIC_ASSERT((int)NUMERIC_DEFAULT_SCALE < (int)TYPE_PRECISION_MAX, "digits before the point are left");

/* ---- casts ------------------------------------------------------------------------------------------------
 */

Type resolve_numeric_of(Type type) {
    bool open = type.id == TYPE_NUMERIC && type.precision == 0;
    return open ? type_numeric(TYPE_PRECISION_MAX, NUMERIC_DEFAULT_SCALE) : function_numeric_type(type);
}

/* NUMERIC without digits is filled in so that a cast can be found. */
static Type type_settled(Type type, Type from) {
    if (type.id == TYPE_NUMERIC && type.precision == 0) return resolve_numeric_of(from);
    return type;
}

/* function_find_cast without the function: asked for each argument of each candidate. */
static const uint8_t CAST_CONTEXTS[TYPE_COUNT][TYPE_COUNT] = {
#define CAST(from, to, context, flags, kernel) [TYPE_##from][TYPE_##to] = CAST_##context,
#include "expr/function_cast.def"
#undef CAST
};

bool resolve_can_cast(Type from, Type to, CastContext context) {
    return from.id == TYPE_UNKNOWN || from.id == to.id || CAST_CONTEXTS[from.id][to.id] >= context;
}

/* A literal whose type was open is read as the type; a parameter gets it. Nothing else has such a type. */
static Status cast_unknown(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err) {
    if (expr->kind == EXPR_PARAMETER) return parameter_settle(bind, expr, type_settled(type, type), out, err);
    if (NEVER(expr->kind != EXPR_CONSTANT))
        return error_set_at(err, STATUS_INDETERMINATE_TYPE, expr->span.start,
                            "could not determine the type of an expression");
    ASSERT(expr->constant.length == 1);
    if (!array_is_null(&expr->constant, 0))
        return literal_parse(bind, array_text(&expr->constant, 0), type, INTERVAL_ANY_FIELD, expr->span, out,
                             err);
    *out = expr_null(bind->arena, type_settled(type, type), expr->span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

/* A call, by the session's clock where the function goes by one. */
static Status new_call(Bind *bind, const Function *function, Type type, const Expr *const *arguments, uint32_t count,
                       SqlSpan span, const Expr **out, Error *err) {
    Expr *call = expr_call(bind->arena, function, type, arguments, count, span);
    TRY_ALLOC(call);
    if ((function->flags & FUNCTION_ZONED) != 0) call->zone = bind->zone;
    *out = call;
    return STATUS_OK;
}

Status resolve_cast(Bind *bind, const Expr *expr, Type type, CastContext context, const Expr **out,
                    Error *err) {
    ASSERT(expr != NULL);
    *out = NULL;
    if (expr->type.id == TYPE_UNKNOWN) return cast_unknown(bind, expr, type, out, err);
    type = type_settled(type, expr->type);
    if (type_equal(expr->type, type)) {
        *out = expr;
        return STATUS_OK;
    }
    if (expr->kind == EXPR_PARAMETER && expr->type.id == TYPE_NUMERIC && type.id == TYPE_NUMERIC)
        return parameter_round(bind, expr, type, out, err);
    const Function *function = NULL;
    if (function_find_cast(expr->type, type, &function) < context) return STATUS_OK;
    /* No function: the bytes are the same, only the type's name changes. */
    if (expr->kind == EXPR_CONSTANT) {
        *out = array_is_null(&expr->constant, 0) ? expr_null(bind->arena, type, expr->span)
                                                 : literal_convert_integer(bind, expr, type);
        if (*out != NULL) return STATUS_OK;
    }
    if (function != NULL) {
        return new_call(bind, function, type, &expr, 1, expr->span, out, err);
    }
    *out = expr_relabel(bind->arena, expr, type);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status resolve_assignment(Bind *bind, const Expr *expr, Type type, const Expr **out, Error *err) {
    bool has_length = type.id == TYPE_VARCHAR && type.length > 0;
    if (has_length && parameter_is_open(expr)) TRY(parameter_settle(bind, expr, type, &expr, err));
    bool fits = expr->type.id == TYPE_VARCHAR && expr->type.length > 0 && expr->type.length <= type.length;
    if (!has_length || fits || expr->type.id == TYPE_UNKNOWN) return resolve_cast(bind, expr, type, CAST_ASSIGNMENT, out, err);
    const Expr *text;
    TRY(resolve_cast(bind, expr, type_of(TYPE_TEXT), CAST_ASSIGNMENT, &text, err));
    *out = text;
    if (text == NULL) return STATUS_OK;
    const Function *function = function_find(STR("assign varchar")).functions[0];
    ASSERT(function != NULL);
    *out = expr_call(bind->arena, function, type, &text, 1, expr->span);
    TRY_ALLOC(*out);
    return STATUS_OK;
}

Status resolve_cast_or_fail(Bind *bind, const Expr *expr, Type type, CastContext context, uint32_t position,
                            const Expr **out, Error *err) {
    TRY(resolve_cast(bind, expr, type, context, out, err));
    if (*out != NULL) return STATUS_OK;
    return error_set_at(err, STATUS_CANNOT_COERCE, bind_position(bind, position), "cannot cast type %s to %s",
                        type_name(expr->type.id), type_name(type.id));
}

Status resolve_unknown(Bind *bind, const Expr **expr, Error *err) {
    if ((*expr)->type.id != TYPE_UNKNOWN) return STATUS_OK;
    return resolve_cast(bind, *expr, type_of(TYPE_TEXT), CAST_IMPLICIT, expr, err);
}

Status resolve_boolean(Bind *bind, const Expr **expr, const char *what, Error *err) {
    const Expr *cast;
    Type boolean = type_of(TYPE_BOOLEAN);
    TRY(resolve_cast(bind, *expr, boolean, CAST_IMPLICIT, &cast, err));
    if (cast == NULL)
        return error_set_at(err, STATUS_DATATYPE_MISMATCH, (*expr)->span.start,
                            "argument of %s must be type boolean, not type %s", what,
                            type_name((*expr)->type.id));
    ASSERT(cast->type.id == TYPE_BOOLEAN);
    *expr = cast;
    return STATUS_OK;
}

/* ---- what several values have in common
 * --------------------------------------------------------------------- */

/* The NUMERIC that holds the digits of both, before the point and behind it; past 38 digits those before the point give way. */
static Type numeric_union(Type a, Type b) {
    a = resolve_numeric_of(a);
    b = resolve_numeric_of(b);
    int scale = a.scale > b.scale ? a.scale : b.scale;
    int whole = a.precision - a.scale > b.precision - b.scale ? a.precision - a.scale : b.precision - b.scale;
    ASSERT(whole >= 0 && scale >= 0);
    int precision = whole + scale;
    return type_numeric(precision > TYPE_PRECISION_MAX ? TYPE_PRECISION_MAX : precision, scale);
}

/* Modifiers that hold both. */
static Type type_widen(Type common, Type other) {
    if (common.id == TYPE_NUMERIC && (type_is_integer(other) || other.id == TYPE_NUMERIC))
        return numeric_union(common, other);
    if (common.id == TYPE_VARCHAR && common.length != other.length) common.length = 0;
    return common;
}

/* A literal of no type yet has a place in the type it is given: VARCHAR of any length, NUMERIC with its digits. */
static Type type_widen_for_literal(Bind *bind, Type common, const Expr *literal) {
    if (literal->kind == EXPR_PARAMETER) return type_widen(common, type_of((TypeId)common.id)); /* of any length, with any digits */
    if (NEVER(literal->kind != EXPR_CONSTANT) || array_is_null(&literal->constant, 0)) return common;
    if (common.id == TYPE_VARCHAR) common.length = 0;
    if (common.id != TYPE_NUMERIC) return common;
    Error ignored = {0}; /* a text that is no number fails where it is cast */
    const Expr *number;
    Str text = array_text(&literal->constant, 0);
    if (literal_parse(bind, text, type_of(TYPE_NUMERIC), INTERVAL_ANY_FIELD, literal->span, &number, &ignored) != STATUS_OK) return common;
    return type_widen(common, number->type);
}

Status resolve_common_type(Bind *bind, const Expr *const *exprs, uint32_t count, const char *what, Type *out,
                           Error *err) {
    Type common = type_of(TYPE_UNKNOWN);
    for (uint32_t i = 0; i < count; i++) {
        Type type = exprs[i]->type;
        if (type.id == TYPE_UNKNOWN || type.id == common.id) continue;
        if (common.id == TYPE_UNKNOWN) {
            common = type;
            continue;
        }
        if (type_category(type) != type_category(common))
            return error_set_at(err, STATUS_DATATYPE_MISMATCH, exprs[i]->span.start,
                                "%s types %s and %s cannot be matched", what, type_name(common.id),
                                type_name(type.id));
        if (!function_type_is_preferred(common.id) && resolve_can_cast(common, type, CAST_IMPLICIT) &&
            !resolve_can_cast(type, common, CAST_IMPLICIT))
            common = type;
    }
    if (common.id == TYPE_UNKNOWN) common = type_of(TYPE_TEXT); /* literals alone: text, as PostgreSQL decides */
    for (uint32_t i = 0; i < count; i++)
        common = exprs[i]->type.id == TYPE_UNKNOWN ? type_widen_for_literal(bind, common, exprs[i]) : type_widen(common, exprs[i]->type);
    ASSERT(common.id != TYPE_UNKNOWN);
    *out = common;
    return STATUS_OK;
}

Status resolve_to_common(Bind *bind, const Expr **exprs, uint32_t count, const char *what, Type *type,
                         Error *err) {
    TRY(resolve_common_type(bind, exprs, count, what, type, err));
    for (uint32_t i = 0; i < count; i++) {
        const Expr *cast;
        TRY(resolve_cast(bind, exprs[i], *type, CAST_IMPLICIT, &cast, err));
        if (cast == NULL)
            return error_set_at(err, STATUS_CANNOT_COERCE, exprs[i]->span.start,
                                "%s could not convert type %s to %s", what, type_name(exprs[i]->type.id),
                                type_name(type->id));
        ASSERT(cast->type.id == type->id);
        exprs[i] = cast;
    }
    return STATUS_OK;
}

/* ---- overloads
 * ---------------------------------------------------------------------------------------------- */

typedef struct Candidates {
    const Function *functions[CANDIDATE_COUNT_MAX];
    uint32_t count;
    const Expr *const *arguments;
    uint32_t argument_count;
} Candidates;

static TypeId parameter_of(const Function *function, uint32_t index) {
    DEBUG_ASSERT(function->argument_count > 0); /* nobody asks for the parameter of now() */
    uint32_t last = function->argument_count == 0 ? 0 : function->argument_count - 1u;
    return function->arguments[index < last ? index : last];
}

/* A parameter of type UNKNOWN takes a value of any type as it is: concat, format. */
static bool reaches(Type from, TypeId parameter) {
    return parameter == TYPE_UNKNOWN || resolve_can_cast(from, type_of(parameter), CAST_IMPLICIT);
}

static bool takes_count(const Function *function, uint32_t count) {
    if ((function->flags & FUNCTION_VARIADIC) != 0) return count >= function->argument_count;
    return count == function->argument_count;
}

/* The candidate whose parameters are just the arguments' types, a literal of open type counting as `assumed`. */
static const Function *find_exact(const Candidates *set, TypeId assumed) {
    for (uint32_t i = 0; i < set->count; i++) {
        const Function *function = set->functions[i];
        bool exact = true;
        for (uint32_t k = 0; k < set->argument_count && exact; k++) {
            TypeId type = set->arguments[k]->type.id;
            exact = (type == TYPE_UNKNOWN ? assumed : type) == parameter_of(function, k);
        }
        if (exact) return function;
    }
    return NULL;
}

static bool is_candidate(const Function *function, uint32_t count, bool is_operator) {
    return ((function->flags & FUNCTION_OPERATOR) != 0) == is_operator && takes_count(function, count);
}

/* What most calls come down to: the row of exactly these types; a literal beside one other operand has its
 * type. */
static const Function *find_directly(FunctionList list, const Expr *const *arguments, uint32_t count,
                                     bool is_operator) {
    TypeId first = count > 0 ? arguments[0]->type.id : TYPE_UNKNOWN,
           second = count > 1 ? arguments[1]->type.id : first;
    if (count > 2) return NULL;
    if (count == 2 && first == TYPE_UNKNOWN) first = second;
    if (count == 2 && second == TYPE_UNKNOWN) second = first;
    for (uint32_t i = 0; i < list.count; i++) {
        const Function *function = list.functions[i];
        if (!is_candidate(function, count, is_operator)) continue;
        if (count > 0 && parameter_of(function, 0) != first) continue;
        if (count < 2 || parameter_of(function, 1) == second) return function;
    }
    return NULL;
}

/* Keeps the candidates whose score is highest. */
static void keep_best(Candidates *set, const int *scores) {
    ASSERT(set->count > 0);
    int best = INT_MIN;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++)
        if (scores[i] > best) best = scores[i];
    for (uint32_t i = 0; i < set->count; i++)
        if (scores[i] == best) set->functions[kept++] = set->functions[i];
    set->count = kept;
    ASSERT(kept > 0); /* the best is among them */
}

/* Those that the arguments can be brought to by implicit casts. */
static void keep_reachable(Candidates *set) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        const Function *function = set->functions[i];
        bool reachable = true;
        for (uint32_t k = 0; k < set->argument_count && reachable; k++)
            reachable = reaches(set->arguments[k]->type, parameter_of(function, k));
        if (reachable) set->functions[kept++] = function;
    }
    set->count = kept;
}

/* Those with the most arguments that need no cast; then, with_preferred, or go to the preferred type of their category. */
static void keep_closest(Candidates *set, bool with_preferred) {
    int scores[CANDIDATE_COUNT_MAX];
    for (uint32_t i = 0; i < set->count; i++) {
        scores[i] = 0;
        for (uint32_t k = 0; k < set->argument_count; k++) {
            Type type = set->arguments[k]->type;
            TypeId wanted = parameter_of(set->functions[i], k);
            if (type.id == TYPE_UNKNOWN) continue;
            scores[i] += type.id == wanted || (with_preferred && function_type_is_preferred(wanted) &&
                                               type_category(type_of(wanted)) == type_category(type));
        }
    }
    keep_best(set, scores);
}

/* Text wherever a candidate takes text for a literal, else the category that all agree on. */
static void keep_by_unknown(Candidates *set) {
    for (uint32_t k = 0; k < set->argument_count; k++) {
        if (set->arguments[k]->type.id != TYPE_UNKNOWN || set->count < 2) continue;
        char category = type_category(type_of(parameter_of(set->functions[0], k)));
        bool agreed = true;
        for (uint32_t i = 0; i < set->count; i++) {
            char other = type_category(type_of(parameter_of(set->functions[i], k)));
            if (other == 'S') category = 'S';
            agreed = agreed && other == category;
        }
        /* PostgreSQL stops here too: without agreement on this argument the others do not help. */
        if (category != 'S' && !agreed) return;
        int scores[CANDIDATE_COUNT_MAX];
        for (uint32_t i = 0; i < set->count; i++) {
            TypeId wanted = parameter_of(set->functions[i], k);
            scores[i] = type_category(type_of(wanted)) != category ? 0
                        : function_type_is_preferred(wanted)       ? 2
                                                                   : 1;
        }
        keep_best(set, scores);
    }
}

static bool takes_everywhere(const Function *function, uint32_t count, Type type) {
    for (uint32_t k = 0; k < count; k++)
        if (!reaches(type, parameter_of(function, k))) return false;
    return true;
}

/* When all that is known has one type, the unknown is taken to have it too: the one candidate that such arguments can be cast to, if there is one. */
static const Function *match_by_known(const Candidates *set) {
    Type known = type_of(TYPE_UNKNOWN);
    for (uint32_t i = 0; i < set->argument_count; i++) {
        Type type = set->arguments[i]->type;
        if (type.id == TYPE_UNKNOWN) continue;
        if (known.id != TYPE_UNKNOWN && known.id != type.id) return NULL;
        known = type;
    }
    const Function *found = NULL;
    for (uint32_t i = 0; i < set->count && known.id != TYPE_UNKNOWN; i++) {
        if (!takes_everywhere(set->functions[i], set->argument_count, known)) continue;
        if (found != NULL) return NULL;
        found = set->functions[i];
    }
    return found;
}

/* PostgreSQL has operators between real and double precision, and takes those where real meets another
 * number, since double precision is preferred: real / integer is double precision. Here that is the operator
 * of double precision. */
static void drop_real_beside_other(Candidates *set) {
    ASSERT(set->count > 0);
    if (set->argument_count != 2 || (set->functions[0]->flags & FUNCTION_OPERATOR) == 0) return;
    Type a = set->arguments[0]->type, b = set->arguments[1]->type;
    bool mixed = type_is_number(a) && type_is_number(b) && (a.id == TYPE_REAL) != (b.id == TYPE_REAL);
    int scores[CANDIDATE_COUNT_MAX];
    for (uint32_t i = 0; i < set->count; i++)
        scores[i] = mixed && parameter_of(set->functions[i], 0) == TYPE_REAL ? 0 : 1;
    keep_best(set, scores);
}

/* PostgreSQL's steps (its manual, 10.2 and 10.3), each asked only while several are left. NULL: none, or no single best. */
static const Function *choose(Candidates *set) {
    ASSERT(set->count > 0 && set->count <= CANDIDATE_COUNT_MAX);
    const Function *exact = set->argument_count > 2 ? find_exact(set, TYPE_UNKNOWN) : NULL;
    if (exact != NULL) return exact;
    keep_reachable(set);
    if (set->count > 1) drop_real_beside_other(set);
    if (set->count > 1) keep_closest(set, false);
    if (set->count > 1) keep_closest(set, true);
    if (set->count > 1) {
        Candidates before = *set;
        keep_by_unknown(set);
        if (set->count != 1 && (exact = match_by_known(&before)) != NULL) return exact;
    }
    return set->count == 1 ? set->functions[0] : NULL;
}

static void signature_write(char *buffer, Str name, const Expr *const *arguments, uint32_t count) {
    size_t size = text_format(buffer, SIGNATURE_SIZE_MAX, "%.*s(", STR_ARGS(name));
    for (uint32_t i = 0; i < count && size + 1 < SIGNATURE_SIZE_MAX; i++)
        size += text_format(buffer + size, SIGNATURE_SIZE_MAX - size, "%s%s", i > 0 ? ", " : "",
                            type_name(arguments[i]->type.id));
    if (size + 1 < SIGNATURE_SIZE_MAX) (void)text_format(buffer + size, SIGNATURE_SIZE_MAX - size, ")");
}

/* In PostgreSQL's words. */
static Status call_ambiguous(Str name, const Expr *const *arguments, uint32_t count, int64_t position,
                             bool is_operator, Error *err) {
    char signature[SIGNATURE_SIZE_MAX];
    if (is_operator && count == 2)
        (void)error_set_at(err, STATUS_AMBIGUOUS_FUNCTION, position, "operator is not unique: %s %.*s %s",
                           type_name(arguments[0]->type.id), STR_ARGS(name),
                           type_name(arguments[1]->type.id));
    else {
        signature_write(signature, name, arguments, count);
        (void)error_set_at(err, STATUS_AMBIGUOUS_FUNCTION, position, "function %s is not unique", signature);
    }
    return error_add_hint(err,
                          "Could not choose a best candidate %s. You might need to add explicit type casts.",
                          is_operator ? "operator" : "function");
}

/* The nearest among functions and aggregates; empty: none is near. */
static Str suggest_function(Str name) {
    Str best = {0};
    int distance = INT_MAX;
    FunctionList all = function_all();
    for (uint32_t i = 0; i < all.count; i++)
        if ((all.functions[i]->flags & FUNCTION_OPERATOR) == 0)
            str_suggest(name, str_from_c(all.functions[i]->name), &best, &distance);
    for (uint32_t i = 0; i < aggregate_name_count(); i++)
        str_suggest(name, str_from_c(aggregate_name(i)), &best, &distance);
    return best;
}

/* What PostgreSQL has and users ask for. */
static const struct {
    const char *name;
    const char *hint;
} LATER[] = {
#define LATER(name, hint) {name, hint},
#include "plan/later.def"
#undef LATER
};

/* What to write for a function of other systems; NULL: it is none that is known. */
static const char *hint_elsewhere(Str name) {
    static const struct {
        const char *name;
        const char *hint;
    } ELSEWHERE[] = {
#define ELSEWHERE(name, hint) {name, hint},
#define ELSEWHERE_TYPE(name, instead)
#include "plan/elsewhere.def"
#undef ELSEWHERE_TYPE
#undef ELSEWHERE
    };
    for (size_t i = 0; i < sizeof(ELSEWHERE) / sizeof(ELSEWHERE[0]); i++)
        if (str_equal(name, str_from_c(ELSEWHERE[i].name))) return ELSEWHERE[i].hint;
    return NULL;
}

Status resolve_later(Str name, int64_t position, bool *found, Error *err) {
    *found = false;
    for (size_t i = 0; i < sizeof(LATER) / sizeof(LATER[0]) && !*found; i++) {
        if (!str_equal(name, str_from_c(LATER[i].name))) continue;
        *found = true;
        (void)error_set_at(err, STATUS_NOT_SUPPORTED, position, "function %s is not supported yet",
                           LATER[i].name);
        if (LATER[i].hint != NULL) return error_add_hint(err, "%s", LATER[i].hint);
    }
    return *found ? err->status : STATUS_OK;
}

/* Of JSON values, and not there yet. */
static bool is_later_operator(Str name) {
    static const char *const NAMES[] = {"#>", "#>>", "#-", "@?", "@@", "?|", "?&"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (str_equal(name, str_from_c(NAMES[i]))) return true;
    return false;
}

static bool is_json_operator(Str name) {
    static const char *const NAMES[] = {"->", "->>", "@>", "<@", "?"};
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (str_equal(name, str_from_c(NAMES[i]))) return true;
    return false;
}

static Status operator_later(Str name, int64_t position, Error *err) {
    (void)error_set_at(err, STATUS_NOT_SUPPORTED, position, "operator %.*s is not supported yet", STR_ARGS(name));
    if (name.data[0] != '#' || name.data[1] != '>') return err->status;
    return error_add_hint(err, "The path must be written out, as in j #> '{a, 0}'; jsonb_extract_path(j, x, y) takes any steps, one by one.");
}

/* None of that name, or none for these types. Hints: an operator of another language, one that is not there yet, a near name. */
static Status call_undefined(Str name, const Expr *const *arguments, uint32_t count, int64_t position,
                             bool is_operator, Error *err) {
    const char *instead = !is_operator                 ? NULL
                          : str_equal(name, STR("==")) ? "Write = for equality."
                          : str_equal(name, STR("&&")) ? "Write AND."
                          : str_equal(name, STR("!"))  ? "Write NOT."
                          : is_json_operator(name)     ? "It is an operator of JSON values: write (x)::jsonb for a text that holds one."
                                                       : NULL;
    bool has_json = false;
    for (uint32_t i = 0; i < count; i++) has_json |= arguments[i]->type.id == TYPE_JSONB;
    if (has_json) instead = NULL;
    if (is_operator && is_later_operator(name)) return operator_later(name, position, err);
    if (is_operator && count == 2)
        (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, position, "operator does not exist: %s %.*s %s",
                           type_name(arguments[0]->type.id), STR_ARGS(name),
                           type_name(arguments[1]->type.id));
    else if (is_operator)
        (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, position, "operator does not exist: %.*s %s",
                           STR_ARGS(name), type_name(arguments[0]->type.id));
    else {
        char signature[SIGNATURE_SIZE_MAX];
        bool later;
        TRY(resolve_later(name, position, &later, err));
        signature_write(signature, name, arguments, count);
        (void)error_set_at(err, STATUS_UNDEFINED_FUNCTION, position, "function %s does not exist", signature);
        const char *elsewhere = hint_elsewhere(name);
        if (elsewhere != NULL) return error_add_hint(err, "%s", elsewhere);
        Str near = function_find(name).count == 0 ? suggest_function(name) : (Str){0};
        if (near.size > 0) return error_add_hint(err, "Perhaps you meant \"%.*s\".", STR_ARGS(near));
    }
    if (instead != NULL) return error_add_hint(err, "%s", instead);
    return error_add_hint(
        err, "No %s matches the given name and argument types. You might need to add explicit type casts.",
        is_operator ? "operator" : "function");
}

/* The number of a field that is written out: extract(hour from x). */
static void literal_field(const Expr *name, int64_t *out) {
    CalendarField field;
    if (name->kind == EXPR_CONSTANT && !expr_is_null_constant(name) &&
        calendar_field_from_name(array_text(&name->constant, 0), &field))
        *out = field;
}

/* A pattern that is none fails when it is used. */
static void literal_pattern_scale(Bind *bind, const Expr *pattern, int64_t *out) {
    NumberPattern read;
    Error ignored;
    if (pattern->kind == EXPR_CONSTANT && !expr_is_null_constant(pattern) &&
        number_pattern_compile(bind->arena, array_text(&pattern->constant, 0), &read, &ignored) == STATUS_OK)
        *out = number_pattern_scale(&read);
}

/* PostgreSQL's functions of VARCHAR are those of TEXT: so is the parameter. */
static Status parameter_as_text(Bind *bind, const Expr **expr, Error *err) {
    TRY(parameter_settle(bind, *expr, type_of(TYPE_TEXT), expr, err));
    *expr = expr_relabel(bind->arena, *expr, type_of(TYPE_VARCHAR));
    TRY_ALLOC(*expr);
    return STATUS_OK;
}

/* A parameter among NUMERICs that are compared is not rounded: those of any digits compare. */
static Status compare_exactly(Bind *bind, const Expr **expr, Error *err) {
    Type type = type_of(TYPE_NUMERIC);
    if ((*expr)->kind != EXPR_PARAMETER || !type_equal((*expr)->type, resolve_numeric_of(type))) return STATUS_OK;
    return parameter_round(bind, *expr, type, expr, err);
}

/* The arguments cast to the parameters, and the type of the result, which may hang on constants among them (round(x, 2)). */
static Status make_call(Bind *bind, const Function *function, const Expr **arguments, uint32_t count,
                        SqlSpan span, int64_t position, const Expr **out, Error *err) {
    ASSERT(takes_count(function, count));
    Type *types = ARENA_ARRAY(bind->arena, Type, count);
    int64_t *constants = ARENA_ARRAY(bind->arena, int64_t, count);
    if (types == NULL || constants == NULL) return error_out_of_memory(err);
    for (uint32_t i = 0; i < count; i++) {
        TypeId wanted = parameter_of(function, i);
        if (wanted == TYPE_UNKNOWN) {
            TRY(parameter_leave_open(bind, &arguments[i], err));
            TRY(resolve_unknown(bind, &arguments[i], err));
        } else if (wanted == TYPE_VARCHAR && parameter_is_open(arguments[i])) {
            TRY(parameter_as_text(bind, &arguments[i], err));
        } else if (arguments[i]->type.id != wanted || arguments[i]->type.length != 0) {
            const Expr *cast;
            TRY(resolve_cast(bind, arguments[i], type_of(wanted), CAST_IMPLICIT, &cast, err));
            if (NEVER(cast == NULL)) return error_set(err, STATUS_INTERNAL, "no cast to an argument's type");
            arguments[i] = cast;
        }
        if (function->result == TYPE_BOOLEAN) TRY(compare_exactly(bind, &arguments[i], err));
        types[i] = arguments[i]->type;
        constants[i] = INT64_MIN;
        (void)literal_integer(arguments[i], &constants[i]);
    }
    if (function->result_rule == RESULT_NUMERIC_EXTRACT) literal_field(arguments[0], &constants[0]);
    if (function->result_rule == RESULT_NUMERIC_PATTERN) ASSERT(count == 2);
    if (function->result_rule == RESULT_NUMERIC_PATTERN) literal_pattern_scale(bind, arguments[1], &constants[1]);
    Type type;
    if (function_result_type(function, types, constants, count, &type, err) != STATUS_OK)
        return error_locate(err, position);
    return new_call(bind, function, type, arguments, count, span, out, err);
}

/* greatest, least: one type for all, and the row of that type. */
static Status call_common(Bind *bind, FunctionList list, Str name, const Expr **arguments, uint32_t count,
                          SqlSpan span, int64_t position, const Expr **out, Error *err) {
    Type common;
    const char *what = str_equal(name, STR("greatest")) ? "GREATEST"
                       : str_equal(name, STR("least"))  ? "LEAST"
                                                        : "function";
    TRY(resolve_to_common(bind, arguments, count, what, &common, err));
    for (uint32_t i = 0; i < list.count; i++) {
        ASSERT(list.functions[i]->result_rule == RESULT_COMMON); /* all rows of a name, or none */
        if (list.functions[i]->arguments[0] != common.id) continue;
        return make_call(bind, list.functions[i], arguments, count, span, position, out, err);
    }
    return call_undefined(name, arguments, count, position, false, err);
}

/* A function or an operator: the same rules. The commonest case, one candidate of just these types, is looked for first. */
static Status resolve_any(Bind *bind, Str name, const Expr **arguments, uint32_t count, bool is_operator,
                          SqlSpan span, int64_t position, const Expr **out, Error *err) {
    FunctionList list = function_find(name);
    if (list.count > 0 && list.functions[0]->result_rule == RESULT_COMMON && count > 0)
        return call_common(bind, list, name, arguments, count, span, position, out, err);
    const Function *direct = find_directly(list, arguments, count, is_operator);
    if (direct != NULL) return make_call(bind, direct, arguments, count, span, position, out, err);
    Candidates set;
    set.count = 0;
    set.arguments = arguments;
    set.argument_count = count;
    for (uint32_t i = 0; i < list.count && set.count < CANDIDATE_COUNT_MAX; i++)
        if (is_candidate(list.functions[i], count, is_operator))
            set.functions[set.count++] = list.functions[i];
    ASSERT(set.count < CANDIDATE_COUNT_MAX); /* none was left out for want of room */
    if (set.count == 0) return call_undefined(name, arguments, count, position, is_operator, err);
    const Function *function = choose(&set);
    if (function != NULL) return make_call(bind, function, arguments, count, span, position, out, err);
    if (set.count > 1) return call_ambiguous(name, arguments, count, position, is_operator, err);
    return call_undefined(name, arguments, count, position, is_operator, err);
}

Status resolve_call(Bind *bind, Str name, const Expr **arguments, uint32_t count, SqlSpan span,
                    int64_t position, const Expr **out, Error *err) {
    return resolve_any(bind, name, arguments, count, false, span, position, out, err);
}

Status resolve_operator(Bind *bind, Str op, const Expr *left, const Expr *right, SqlSpan span,
                        int64_t position, const Expr **out, Error *err) {
    ASSERT(left != NULL || right != NULL);
    const Expr *arguments[2] = {left, right};
    if (left == NULL) return resolve_any(bind, op, arguments + 1, 1, true, span, position, out, err);
    return resolve_any(bind, op, arguments, right == NULL ? 1 : 2, true, span, position, out, err);
}
