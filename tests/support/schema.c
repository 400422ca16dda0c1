#include "tests/support/schema.h"

#include <criterion/criterion.h>

const struct schema_wanted schema_all = { .owners = true, .grants = true };

struct schema schema_of(const char *url, const char *const *session, const struct schema_wanted *wanted,
                        struct arena *a)
{
    struct notices notices = { .arena = a };
    struct db_options o = { .url = url,
                            .base = "/",
                            .session = session,
                            .application = "merganser",
                            .lock_timeout_ms = -1,
                            .statement_timeout_ms = -1,
                            .read_only = true,
                            .notices = &notices };
    struct schema_wanted none = { 0 };
    struct schema s;
    struct err e = { 0 };
    struct db *db;

    cr_assert(db_open(&db, &o, a, &e), "%s", e.message);
    cr_assert(schema_read(&s, db, wanted ? wanted : &none, a, &e), "%s [%s]", e.message, e.sqlstate);
    db_close(db);
    return s;
}

const char *schema_differences(const struct schema *expected, const struct schema *actual, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    struct schema_changes changes;

    schema_compare(&changes, expected, actual, a);
    for (size_t i = 0; i < changes.len; i++) {
        const struct schema_object *o = changes.at[i].actual ? changes.at[i].actual : changes.at[i].expected;

        buf_printf(&out, "%s %s %s\n", schema_change_word(changes.at[i].change), o->kind, o->name);
    }
    return buf_cstr(&out);
}

const struct schema_object *schema_object(const struct schema *s, const char *kind, const char *name)
{
    for (size_t i = 0; i < s->len; i++)
        if (strcmp(s->at[i].kind, kind) == 0 && strcmp(s->at[i].name, name) == 0)
            return &s->at[i];
    return NULL;
}

void schema_assert_same(const struct schema *expected, const struct schema *actual, struct arena *a)
{
    struct text x = schema_text(expected, "any", a), y = schema_text(actual, "any", a);
    size_t at = 0;

    cr_assert_str_eq(schema_differences(expected, actual, a), "");
    while (at < x.len && at < y.len && x.at[at] == y.at[at])
        at++;
    cr_assert(at == x.len && at == y.len, "at byte %zu: %.200s\nnot: %.200s", at, x.at + at, y.at + at);
}
