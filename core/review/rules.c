/* The one list of rules. */
#include "core/base/text.h"
#include "core/review/rule.h"

static const struct rule *const rules[] = {
    &rule_duplicate_version, &rule_late_version,  &rule_edited_migration, &rule_renamed_migration,
    &rule_deleted_migration, &rule_missing_down,  &rule_ruby_without_sql, &rule_ruby_sql_apart,
    &rule_journal_files,     &rule_journal_order, &rule_snapshot_chain,   NULL,
};

const struct rule *const *rules_list(void)
{
    return rules;
}

const struct rule *rules_find(const char *name)
{
    for (size_t i = 0; rules[i]; i++)
        if (strcmp(rules[i]->text.name, name) == 0)
            return rules[i];
    return NULL;
}

const char *rules_nearest(const char *name, struct arena *a)
{
    const char **names = arena_make(a, const char *, sizeof rules / sizeof *rules);

    for (size_t i = 0; rules[i]; i++)
        names[i] = rules[i]->text.name;
    return text_nearest(name, names);
}

const struct rule_text *review_rule(size_t i)
{
    return i < sizeof rules / sizeof *rules && rules[i] ? &rules[i]->text : NULL;
}

bool review_rule_named(const struct rule_text **out, const char *name, struct err *e)
{
    const struct rule *found = rules_find(name);
    struct arena *a;
    const char *nearest;

    if (found) {
        *out = &found->text;
        return true;
    }
    a = arena_open();
    nearest = rules_nearest(name, a);
    err_plain(e, ERR_USAGE, "there is no rule '%s'", text_shown(a, text_from(name)));
    if (nearest)
        err_hint(e, "did you mean %s? `merganser check --rules` lists them", nearest);
    else
        err_hint(e, "`merganser check --rules` lists them");
    arena_close(a);
    return false;
}
