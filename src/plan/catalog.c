/* SPDX-License-Identifier: Apache-2.0
 * plan/catalog.c - finding relations by name. */
#include "plan/catalog.h"

#include <limits.h>

static const Relation *find_in(const Catalog *catalog, Str schema, Str name) {
    for (size_t i = 0; i < catalog->relations.count; i++) {
        const Relation *relation = catalog->relations.items[i];
        if (str_equal(relation->name, name) && str_equal(relation->schema, schema)) return relation;
    }
    return NULL;
}

static const Relation *find_there(const Catalog *catalog, Str schema, Str name) {
    Str public_schema = {0};
    if (schema.size > 0)
        return find_in(catalog, str_equal(schema, STR("public")) ? public_schema : schema, name);
    const Relation *relation = find_in(catalog, public_schema, name);
    return relation != NULL ? relation : find_in(catalog, STR("weir_catalog"), name);
}

const Relation *catalog_find(const Catalog *catalog, Str schema, Str name) {
    ASSERT(name.size > 0);
    const Relation *relation = find_there(catalog, schema, name);
    if (relation != NULL || catalog->find_missing == NULL) return relation;
    return catalog->find_missing(catalog->find_missing_context, schema, name);
}

Str catalog_suggest(const Catalog *catalog, Str name) {
    Str best = {0};
    int distance = INT_MAX;
    for (size_t i = 0; i < catalog->relations.count; i++)
        str_suggest(name, catalog->relations.items[i]->name, &best, &distance);
    return best;
}
