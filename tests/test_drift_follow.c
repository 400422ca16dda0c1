/* What merganser itself made of a schema that somebody else changed in between. */
#include "core/base/text.h"
#include "core/drift.h"
#include "tests/support/rows.h"

/* "table a 1, table b 2": kind, name, definition, sorted. */
static struct schema schema_of(const char *told, struct arena *a)
{
    struct text rest = text_from(told), one;
    struct schema out = { 0 };
    size_t comma;

    while (rest.len) {
        struct schema_object *o;
        size_t blank;

        comma = text_find(rest, ", ", &comma) ? comma : rest.len;
        one = text_cut(rest, 0, comma);
        rest = text_cut(rest, comma + 2 > rest.len ? rest.len : comma + 2, rest.len);
        o = arena_push(a, &out);
        cr_assert(text_find(one, " ", &blank));
        o->kind = arena_cstr(a, text_cut(one, 0, blank));
        one = text_cut(one, blank + 1, one.len);
        cr_assert(text_find(one, " ", &blank));
        o->name = arena_cstr(a, text_cut(one, 0, blank));
        o->definition = arena_cstr(a, text_cut(one, blank + 1, one.len));
    }
    return out;
}

static const char *told_of(const struct schema *s, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < s->len; i++)
        buf_printf(&out, "%s%s %s %s", i ? ", " : "", s->at[i].kind, s->at[i].name, s->at[i].definition);
    return buf_cstr(&out);
}

static const struct {
    const char *name, *to, *before, *after, *want;
} cases[] = {
    { "nothing changed", "t a 1", "t a 1", "t a 1", "t a 1" },
    { "an object came", "t a 1", "t a 1", "t a 1, t b 2", "t a 1, t b 2" },
    { "one went", "t a 1, t b 2", "t a 1, t b 2", "t b 2", "t b 2" },
    { "one became another", "t a 1", "t a 1", "t a 2", "t a 2" },
    { "what drifted in stays out", "t a 1", "t a 1, t hand 9", "t a 1, t b 2, t hand 9", "t a 1, t b 2" },
    { "what drifted away stays in", "t a 1, t gone 9", "t a 1", "t a 2", "t a 2, t gone 9" },
    { "what drifted to another stays what it was", "t a 1, t b 1", "t a 9, t b 1", "t a 9, t b 2", "t a 1, t b 2" },
    { "a migration on what had drifted", "t a 1", "t a 9", "t a 2", "t a 2" },
    { "a migration drops what had drifted in", "t a 1", "t a 1, t hand 9", "t a 1", "t a 1" },
    { "a migration drops what had drifted", "t a 1, t b 1", "t a 9, t b 1", "t b 1", "t b 1" },
    { "one of several of a name", "g a 1, g a 2", "g a 1, g a 2", "g a 1, g a 2, g a 3", "g a 1, g a 2, g a 3" },
    { "kinds apart", "i a 1, t a 1", "i a 1, t a 1", "i a 2, t a 1", "i a 2, t a 1" },
    { "everything goes", "t a 1, t b 1", "t a 1, t b 1", "", "" },
    { "everything comes", "", "", "t a 1, t b 1", "t a 1, t b 1" },
};

RowsTest(drift_follow, says, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct schema to = schema_of(cases[*row].to, a), before = schema_of(cases[*row].before, a),
                  after = schema_of(cases[*row].after, a), out;

    drift_follow(&out, &to, &before, &after, a);
    cr_expect_str_eq(told_of(&out, a), cases[*row].want, "%s", cases[*row].name);
    arena_close(a);
}
