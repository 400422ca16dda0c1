/* Objects by kind and name: finding the one that another is a part of, or says something of. */
#ifndef CORE_SCHEMA_NAMES_H
#define CORE_SCHEMA_NAMES_H

#include "core/base/arena.h"
#include "core/base/schema.h"

/* "table public.users" of each object; searched once they are sorted. */
struct schema_names {
    struct arena *arena;
    const char **at;
    size_t len, cap;
};

void schema_names_add(struct schema_names *names, const struct schema_object *o);
void schema_names_sort(struct schema_names *names);
bool schema_names_have(const struct schema_names *names, const char *kind, const char *name);

/* A comment, a grant, an owner, a security label begins with the kind and name of what it is on: whether the names
 * have that. */
bool schema_names_have_target(const struct schema_names *names, const struct schema_object *o);

#endif
