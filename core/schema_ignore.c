#include <fnmatch.h>

#include "core/schema.h"
#include "core/schema_names.h"

static bool matches(const struct schema_object *o, const char *const *patterns, struct arena *a)
{
    for (size_t i = 0; patterns[i]; i++)
        if (fnmatch(patterns[i], o->name, 0) == 0 ||
            fnmatch(patterns[i], arena_printf(a, "%s %s", o->kind, o->name), 0) == 0)
            return true;
    return false;
}

/* What is left out: the objects, and the tables, views and types among them, which others are part of. */
struct ignored {
    struct schema_names objects, wholes;
};

static bool is_kept(const void *from, const struct schema_object *o)
{
    const struct ignored *ignored = from;

    return !schema_names_have(&ignored->objects, o->kind, o->name) && !schema_names_have_target(&ignored->objects, o) &&
           !(o->of && schema_names_have(&ignored->wholes, "", o->of));
}

void schema_ignore(struct schema *s, const char *const *patterns, struct arena *a)
{
    struct ignored ignored = { .objects = { .arena = a }, .wholes = { .arena = a } };

    if (!patterns || !*patterns)
        return;
    for (size_t i = 0; i < s->len; i++) {
        const struct schema_object *o = &s->at[i];

        if (!matches(o, patterns, a))
            continue;
        schema_names_add(&ignored.objects, o);
        if (o->of && strcmp(o->of, o->name) == 0)
            schema_names_add(&ignored.wholes, &(struct schema_object) { .kind = "", .name = o->name });
    }
    schema_names_sort(&ignored.objects);
    schema_names_sort(&ignored.wholes);
    schema_keep(s, is_kept, &ignored);
}
