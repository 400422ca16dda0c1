/* No way back. */
#include "core/base/text.h"
#include "core/review/rule.h"

/* Drizzle has no down scripts: who writes none does not want any. */
static bool are_expected(const struct review *r)
{
    const struct migrations *list = &r->head.source->migrations;

    if (r->head.source->layout != &drizzle_layout)
        return true;
    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].down.path)
            return true;
    return false;
}

/* The base has it without one too, and this branch only touched it. */
static bool is_old_news(const struct review *r, const struct subject *s)
{
    const struct original *o = NULL;

    for (size_t i = 0; i < r->noriginals && !o; i++)
        if (r->originals[i].now == s)
            o = &r->originals[i];
    return o && !o->m->down.path && !r->all && !r->request->since;
}

static const char *down_path(const struct review *r, const struct migration *m)
{
    struct text path = text_from(m->up.path);
    static const char *const endings[] = { "/up.sql", ".up.sql", ".sql" };
    static const char *const downs[] = { "/down.sql", ".down.sql", ".down.sql" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (text_ends(path, endings[i]))
            return arena_printf(r->arena, "%.*s%s", (int)(path.len - strlen(endings[i])), path.at, downs[i]);
    return m->up.path;
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; are_expected(r) && i < r->nsubjects; i++) {
        const struct migration *m = r->subjects[i].m;

        if (!r->subjects[i].looked_at || m->down.path || !m->up.path || is_old_news(r, &r->subjects[i]))
            continue;
        finding_hint(r, finding_add(r, rule, m, m->up.path, "it has no down script"),
                     "write %s, or say `-- merganser: ignore missing-down REASON` in the script",
                     text_shown(r->arena, text_from(down_path(r, m))));
    }
    return true;
}

const struct rule rule_missing_down = {
    .text = { .name = "missing-down",
              .summary = "a migration has no down script",
              .severity = SEVERITY_WARNING,
              .risk =
                  "`down`, `redo` and `sync` stop at it: a deploy that has to go back needs somebody to write SQL at "
                  "the worst time.",
              .safe = "Write the down script beside it. An empty one says that there is nothing to take back.",
              .except =
                  "What can't be undone (dropped data) is said with `-- merganser: ignore missing-down REASON`. In "
                  "a Drizzle folder without any down script the rule says nothing." },
    .run = run,
};
