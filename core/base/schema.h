/* A schema as a list of objects, each with the text that describes it: what is compared, hashed and kept. */
#ifndef CORE_BASE_SCHEMA_H
#define CORE_BASE_SCHEMA_H

#include "core/base/types.h"

/* Names are qualified, and quoted where they have to be: "public.users.city". Everything lies in the arena. What is
 * only said of another object (kinds "comment", "owner", "grant", "revoke", "security label") is named by that one's
 * kind and name: "table public.users", "column public.users.city to bob". */
struct schema_object {
    const char *kind;   /* "table", "column", "index", "function", "grant", … */
    const char *schema; /* unquoted, of a schema itself too; NULL: none (an extension, a cast, all of SQLite's) */
    const char *name;
    const char *of; /* the table, view or type that it is a part of; its own name where it is one; NULL: none */
    /* The partitioned table at the top, of a partition and of whatever is part of one; NULL: it is in no partition. */
    const char *partition_of;
    const char *definition; /* "" where its being there says all; may hold several lines */
};

/* Sorted by kind, name and definition, by their bytes. */
struct schema {
    struct schema_object *at;
    size_t len, cap;
};

void schema_sort(struct schema *s);

#endif
