#include "core/schema_names.h"

#include "core/base/text.h"

void schema_names_add(struct schema_names *names, const struct schema_object *o)
{
    *arena_push(names->arena, names) = arena_printf(names->arena, "%s %s", o->kind, o->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void schema_names_sort(struct schema_names *names)
{
    if (names->len)
        qsort(names->at, names->len, sizeof *names->at, by_text);
}

static bool have(const struct schema_names *names, const char *name)
{
    return names->len && bsearch(&name, names->at, names->len, sizeof *names->at, by_text);
}

bool schema_names_have(const struct schema_names *names, const char *kind, const char *name)
{
    return names->len && have(names, arena_printf(names->arena, "%s %s", kind, name));
}

bool schema_names_have_target(const struct schema_names *names, const struct schema_object *o)
{
    static const char *const notes[] = { "comment", "grant", "owner", "revoke", "security label", NULL };
    static const char *const behind[] = { " to ", " from ", " for ", NULL };
    bool is_note = false;

    for (size_t i = 0; notes[i]; i++)
        is_note = is_note || strcmp(o->kind, notes[i]) == 0;
    if (!is_note || !names->len || have(names, o->name))
        return is_note && names->len;
    for (size_t i = 0; behind[i]; i++)
        for (const char *at = o->name; (at = strstr(at, behind[i])); at++)
            if (have(names, arena_cstr(names->arena, (struct text) { o->name, (size_t)(at - o->name) })))
                return true;
    return false;
}
