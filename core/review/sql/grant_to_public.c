/* GRANT … TO PUBLIC. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static bool names_public(const char *roles)
{
    struct text rest = text_from(roles);

    while (rest.len) {
        size_t end;

        if (!text_find(rest, ", ", &end))
            end = rest.len;
        if (text_is(text_cut(rest, 0, end), "public"))
            return true;
        rest = text_cut(rest, end + 2, rest.len);
    }
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    if (a->verb != ACTION_GRANT ||
        (a->object != OBJECT_TABLE && a->object != OBJECT_SCHEMA && a->object != OBJECT_DATABASE) ||
        !names_public(a->new_name))
        return;
    sql_hint(l, sql_find(l, a, "every role of the server gets these rights on %s", sql_name(l, a->schema, a->name)),
             "grant them to the roles that need them");
}

const struct rule rule_grant_to_public = {
    .text = { .name = "grant-to-public",
              .summary = "rights on a table, schema or database are granted to PUBLIC",
              .severity = SEVERITY_WARNING,
              .risk = "PUBLIC is every role of the server, those of other applications and those that will be made.",
              .safe = "A role for those who need it:\n\n"
                      "    GRANT SELECT ON orders TO reporting;",
              .except = "Functions and types, which PUBLIC may use anyway." },
    .action = look,
};
