/* SPDX-License-Identifier: Apache-2.0
 * Predicates go down, PROJECTs melt together, columns nobody reads go. */
#include "plan/test_world.h"

/* clang-format off */
static const Case RULES[] = {
    {BIND_SNAPSHOT,
     "SELECT * FROM (SELECT * FROM (SELECT symbol AS s, qty + 1 AS q FROM ended) a WHERE q > 1) b WHERE s = 'x' AND q + 1 > 3",
     "EMIT final rows\n"
     "  FILTER q > 1 AND q + 1 > 3 | append-only, bounded | 1:78 \"WHERE q > 1\"\n"
     "    PROJECT s, q | append-only, bounded | 1:30 \"(SELECT symbol AS s, qty + 1 AS q FROM ended)\"\n"
     "      FILTER s = 'x' | append-only, bounded | 1:93 \"WHERE s = 'x' AND q + 1 > 3\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:69 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT q + 1 AS r FROM (SELECT qty * 2 AS q FROM ended) x",
     "EMIT final rows\n"
     "  PROJECT r | append-only, bounded | 1:1 \"SELECT q + 1 AS r FROM (SELECT qty * 2 AS q FROM ended) x\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:50 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT q + q AS r FROM (SELECT qty * 2 AS q FROM ended) x",
     "EMIT final rows\n"
     "  PROJECT r | append-only, bounded | 1:1 \"SELECT q + q AS r FROM (SELECT qty * 2 AS q FROM ended) x\"\n"
     "    PROJECT q | append-only, bounded | 1:24 \"(SELECT qty * 2 AS q FROM ended)\"\n"
     "      SCAN ended (qty) | append-only, bounded | 1:50 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT owner FROM (SELECT owner, count(*) AS n, sum(balance) AS s FROM accounts GROUP BY owner) x WHERE n > 1 AND owner > 'a'",
     "EMIT final rows\n"
     "  PROJECT owner | append-only, key (owner), bounded | 1:1 \"SELECT owner FROM (SELECT owner, count(*) AS n, sum(balance) ...\"\n"
     "    FILTER n > 1 | append-only, key (owner), bounded | 1:99 \"WHERE n > 1 AND owner > 'a'\"\n"
     "      AGGREGATE by owner: count(*) | append-only, key (owner), bounded | 1:81 \"GROUP BY owner\"\n"
     "        FILTER owner > 'a' | append-only, bounded | 1:99 \"WHERE n > 1 AND owner > 'a'\"\n"
     "          SCAN accounts (owner) | append-only, bounded | 1:72 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT id FROM (SELECT id, 10 / id AS q FROM accounts WHERE id <> 0) x WHERE q > 1",
     "EMIT final rows\n"
     "  PROJECT id | append-only, key (id), bounded | 1:1 \"SELECT id FROM (SELECT id, 10 / id AS q FROM accounts WHERE i ...\"\n"
     "    FILTER q > 1 | append-only, key (id), bounded | 1:72 \"WHERE q > 1\"\n"
     "      PROJECT id, q | append-only, key (id), bounded | 1:16 \"(SELECT id, 10 / id AS q FROM accounts WHERE id <> 0)\"\n"
     "        FILTER id <> 0 | append-only, key (id), bounded | 1:55 \"WHERE id <> 0\"\n"
     "          SCAN accounts (id) | append-only, key (id), bounded | 1:46 \"accounts\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY qty LIMIT 5) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded, ordered | 1:1 \"SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY q ...\"\n"
     "    FILTER symbol = 'a' | append-only, bounded, ordered | 1:75 \"WHERE symbol = 'a'\"\n"
     "      LIMIT 5 | append-only, bounded, ordered | 1:64 \"LIMIT 5\"\n"
     "        SORT by qty, first 5 | append-only, bounded, ordered | 1:51 \"ORDER BY qty\"\n"
     "          SCAN ended (symbol, qty) | append-only, bounded | 1:45 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY qty) x WHERE symbol = 'a'",
     "EMIT final rows\n"
     "  PROJECT symbol | append-only, bounded, ordered | 1:1 \"SELECT symbol FROM (SELECT symbol, qty FROM ended ORDER BY q ...\"\n"
     "    SORT by qty | append-only, bounded, ordered | 1:51 \"ORDER BY qty\"\n"
     "      FILTER symbol = 'a' | append-only, bounded | 1:67 \"WHERE symbol = 'a'\"\n"
     "        SCAN ended (symbol, qty) | append-only, bounded | 1:45 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT 2 * 3 + qty FROM ended WHERE true AND 1 < 2",
     "EMIT final rows\n"
     "  PROJECT ?column? | append-only, bounded | 1:1 \"SELECT 2 * 3 + qty FROM ended WHERE true AND 1 < 2\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:25 \"ended\"\n"},
    {BIND_SNAPSHOT,
     "SELECT qty FROM ended WHERE false",
     "EMIT final rows\n"
     "  FILTER false | append-only, bounded | 1:23 \"WHERE false\"\n"
     "    SCAN ended (qty) | append-only, bounded | 1:17 \"ended\"\n"},
};

/* clang-format on */

static void test_rules(void **state) {
    (void)state;
    check_cases(explain_or_error, RULES, sizeof(RULES) / sizeof(RULES[0]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
