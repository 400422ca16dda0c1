/* What known.c and known_learn.c share: how what is known is kept. */
#ifndef CORE_REVIEW_KNOWN_OBJECTS_H
#define CORE_REVIEW_KNOWN_OBJECTS_H

#include "core/review/known.h"

#define KNOWN_TEMPORARY "pg_temp"

enum { BUCKETS = 1024 };

/* What shares its names: a view can't be called as a table is. */
enum name_space { SPACE_RELATION, SPACE_INDEX, SPACE_TYPE, SPACE_SCHEMA, SPACES };

struct setting {
    const char *name, *value;
    bool local;
    size_t segment;
};

struct sql_known {
    struct arena *arena;
    struct sql_object *buckets[SPACES][BUCKETS];
    size_t plan;
    const struct planned_script *script;
    const struct planned_statement *statement;
    struct {
        struct setting *at;
        size_t len, cap;
    } settings;
};

/* Where a name without a schema is made: the first schema of the script's own search_path, else "public". */
const char *known_default_schema(const struct sql_known *k);
enum name_space known_space(enum object_kind kind);
struct sql_object **known_bucket(struct sql_known *k, enum name_space space, const char *name);
bool known_is_gone(struct sql_known *k, enum name_space space, const char *schema, const char *name);
/* Of a table: not what is gone. */
struct sql_object *known_part(const struct sql_object *table, enum object_kind kind, const char *name);
/* As known_table finds one, in any of the name spaces; not what is gone. */
struct sql_object *known_find(struct sql_known *k, enum name_space space, const char *schema, const char *name);
struct sql_object *known_find_in(struct sql_known *k, enum name_space space, const char *schema, const char *name);

#endif
