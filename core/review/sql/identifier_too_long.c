/* Names that the server cuts off. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

static bool defines(const struct actions *list)
{
    for (size_t i = 0; i < list->len; i++)
        switch (list->at[i].verb) {
        case ACTION_CREATE:
        case ACTION_ALTER:
        case ACTION_RENAME:
            return true;
        default:
            break;
        }
    return false;
}

static void look(struct sql_look *l)
{
    const struct long_name *n = &l->statement->actions.long_name;
    struct action here = { .at = n->at };
    struct finding *f;

    if (!n->bytes || !defines(&l->statement->actions))
        return;
    f = sql_find(l, &here, "the name has %zu bytes, of which %zu are kept", n->bytes, n->kept);
    sql_hint(l, f, "choose one that is no longer than that");
}

const struct rule rule_identifier_too_long = {
    .text = { .name = "identifier-too-long",
              .summary = "a name is longer than the server keeps",
              .severity = SEVERITY_WARNING,
              .risk = "PostgreSQL cuts names off behind 63 bytes, with a notice that nobody reads. Two long names may "
                      "become the same one, and a later IF EXISTS or a tool that looks for the whole name does not "
                      "find it.",
              .safe = "Name it shorter, where a tool made the name too:\n\n"
                      "    ALTER TABLE a_very_long_table ADD CONSTRAINT long_table_owner_fk\n"
                      "        FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID;",
              .except = "Names that are only used, in queries and rows." },
    .statement = look,
};
