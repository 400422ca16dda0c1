#include "core/schema.h"

#include "core/base/text.h"
#include "core/schema_names.h"

const char *schema_change_word(enum schema_change_kind k)
{
    return k == SCHEMA_ADDED ? "added" : k == SCHEMA_REMOVED ? "removed" : "changed";
}

static const struct schema_object *object_of(const struct schema_change *c)
{
    return c->actual ? c->actual : c->expected;
}

static int by_name(const struct schema_object *a, const struct schema_object *b)
{
    int order = strcmp(a->kind, b->kind);

    return order ? order : strcmp(a->name, b->name);
}

static void add(struct schema_changes *out, const struct schema_object *expected, const struct schema_object *actual,
                struct arena *a)
{
    *arena_push(a, out) = (struct schema_change) {
        .change = !expected ? SCHEMA_ADDED
                  : !actual ? SCHEMA_REMOVED
                            : SCHEMA_CHANGED,
        .expected = expected,
        .actual = actual,
    };
}

static void merge(struct schema_changes *out, const struct schema *expected, const struct schema *actual,
                  struct arena *a)
{
    size_t i = 0, k = 0;

    while (i < expected->len || k < actual->len) {
        const struct schema_object *x = i < expected->len ? &expected->at[i] : NULL;
        const struct schema_object *y = k < actual->len ? &actual->at[k] : NULL;
        int order = !x ? 1 : !y ? -1 : by_name(x, y);

        if (order || strcmp(x->definition, y->definition) != 0)
            add(out, order <= 0 ? x : NULL, order >= 0 ? y : NULL, a);
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- what is told by another change ---- */

/* What came, or what went: all of it, and the tables, views and types among it. */
struct moved {
    struct schema_names objects, wholes;
};

static void moved_find(struct moved *out, const struct schema_changes *changes, enum schema_change_kind which,
                       struct arena *a)
{
    *out = (struct moved) { .objects = { .arena = a }, .wholes = { .arena = a } };
    for (size_t i = 0; i < changes->len; i++) {
        const struct schema_object *o = object_of(&changes->at[i]);

        if (changes->at[i].change != which)
            continue;
        schema_names_add(&out->objects, o);
        if (o->of && strcmp(o->of, o->name) == 0 && strcmp(o->kind, "column order") != 0)
            schema_names_add(&out->wholes, &(struct schema_object) { .kind = "", .name = o->name });
    }
    schema_names_sort(&out->objects);
    schema_names_sort(&out->wholes);
}

/* What stands behind the last of these words in a definition; NULL where they are not in it. */
static const char *behind(const char *definition, const char *words)
{
    const char *last = NULL;

    for (const char *at = definition; (at = strstr(at, words)); at++)
        last = at + strlen(words);
    return last;
}

static bool is_told(const struct moved *moved, const struct schema_object *o)
{
    const char *of_column = behind(o->definition, " OWNED BY ");
    const char *parent = o->partition_of ? behind(o->definition, " PARTITION OF ") : NULL;

    if (o->of && strcmp(o->of, o->name) != 0 && schema_names_have(&moved->wholes, "", o->of))
        return true;
    if (strcmp(o->kind, "column order") == 0)
        return schema_names_have(&moved->wholes, "", o->name);
    if (strcmp(o->kind, "sequence") == 0) {
        of_column = of_column ? of_column : behind(o->definition, " OF IDENTITY ");
        return of_column && schema_names_have(&moved->objects, "column", of_column);
    }
    return (parent && schema_names_have(&moved->objects, o->kind, parent)) ||
           schema_names_have_target(&moved->objects, o);
}

/* ---- the order of columns ---- */

/* The next of names that ", " separates, some of them in double quotes. False behind the last. */
static bool name_next(struct text *name, struct text *rest)
{
    bool quoted = false;
    size_t len = 0;

    while (len < rest->len && (quoted || rest->at[len] != ',')) {
        quoted ^= rest->at[len] == '"';
        len++;
    }
    *name = text_cut(*rest, 0, len);
    *rest = text_cut(*rest, len + 2 < rest->len ? len + 2 : rest->len, rest->len);
    return len > 0;
}

static bool has_name(struct text list, struct text wanted)
{
    for (struct text name; name_next(&name, &list);)
        if (text_equal(name, wanted))
            return true;
    return false;
}

/* The next name of a list that the other has too. */
static bool common_next(struct text *name, struct text *rest, struct text other)
{
    while (name_next(name, rest))
        if (has_name(other, *name))
            return true;
    return false;
}

static bool is_same_order(const char *expected, const char *actual)
{
    struct text one = text_from(expected), other = text_from(actual), x, y;
    const struct text all_one = one, all_other = other;

    while (common_next(&x, &one, all_other))
        if (!common_next(&y, &other, all_one) || !text_equal(x, y))
            return false;
    return true;
}

static bool is_only_order(const struct schema_change *c)
{
    if (strcmp(object_of(c)->kind, "column order") != 0)
        return false;
    /* One that is there on one side only: a table with a single column has no order. */
    if (c->change != SCHEMA_CHANGED)
        return !object_of(c)->partition_of;
    return is_same_order(c->expected->definition, c->actual->definition);
}

void schema_compare(struct schema_changes *out, const struct schema *expected, const struct schema *actual,
                    struct arena *a)
{
    struct moved added, removed;
    size_t n = 0;

    *out = (struct schema_changes) { 0 };
    merge(out, expected, actual, a);
    moved_find(&added, out, SCHEMA_ADDED, a);
    moved_find(&removed, out, SCHEMA_REMOVED, a);
    for (size_t i = 0; i < out->len; i++) {
        const struct schema_change *c = &out->at[i];
        const struct moved *moved = c->change == SCHEMA_ADDED ? &added : &removed;

        if (is_only_order(c) || (c->change != SCHEMA_CHANGED && is_told(moved, object_of(c))))
            continue;
        out->at[n++] = *c;
    }
    out->len = n;
}
