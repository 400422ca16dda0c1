/* The one list of rules. */
#include "core/base/text.h"
#include "core/review/rule.h"

#define RULE_ROW(name) &rule_##name,
static const struct rule *const rules[] = { RULES(RULE_ROW) NULL };
#undef RULE_ROW

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

enum severity rules_severity(const struct rule *rule, const struct config_rule *configured, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(configured[i].name.value, rule->text.name) == 0)
            for (enum severity s = SEVERITY_OFF; s <= SEVERITY_ERROR; s++)
                if (strcmp(configured[i].severity.value, severity_word(s)) == 0)
                    return s;
    return rule->text.severity;
}

bool rules_check_configured(const struct config_rule *configured, size_t n, struct arena *a, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct config_value *name = &configured[i].name;
        const char *nearest;

        if (rules_find(name->value))
            continue;
        nearest = rules_nearest(name->value, a);
        err_set(e, ERR_CONFIG, name->at, "there is no rule \"%s\"", text_shown(a, text_from(name->value)));
        if (nearest)
            return err_hint(e, "did you mean `%s`? `merganser check --rules` lists them", nearest);
        return err_hint(e, "`merganser check --rules` lists them");
    }
    return true;
}

static size_t rank_of(const struct finding *f)
{
    size_t rank = 0;

    while (rules[rank] && strcmp(rules[rank]->text.name, f->rule) != 0)
        rank++;
    return rank;
}

static int by_place(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    size_t x = rank_of(a), y = rank_of(b);
    int found = strcmp(a->at.path, b->at.path);

    if (!found)
        found = (a->at.line > b->at.line) - (a->at.line < b->at.line);
    if (!found)
        found = (a->at.column > b->at.column) - (a->at.column < b->at.column);
    return found ? found : (x > y) - (x < y);
}

void findings_sort(struct review_findings *list)
{
    if (list->len)
        qsort(list->at, list->len, sizeof *list->at, by_place);
}
