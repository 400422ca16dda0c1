/* A migration that is older than what the base's databases have. */
#include "core/base/text.h"
#include "core/review/rule.h"

static bool is_late(const struct migration *m, const struct migration *newest, enum version_order order)
{
    if (order == ORDER_JOURNAL)
        return m->when_ms <= newest->when_ms;
    return version_compare(order, m->version, newest->version) < 0;
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    const struct migration *newest = side_newest(&r->base);
    enum version_order order = r->head.source->migrations.order;

    (void)e;
    for (size_t i = 0; newest && i < r->nsubjects; i++) {
        const struct subject *s = &r->subjects[i];
        struct finding *f;

        if (!s->looked_at || !s->own || !is_late(s->m, newest, order))
            continue;
        if (order == ORDER_JOURNAL)
            f = finding_add(r, rule, s->m, path_of_migration(s->m),
                            "its `when` is not later than that of %s, the newest of %s: Drizzle will pass over it",
                            newest->id, r->base.name);
        else
            f = finding_add(r, rule, s->m, path_of_migration(s->m),
                            "version %s is older than %s, the newest of %s: it will land late", s->m->version,
                            newest->version, r->base.name);
        finding_hint(r, f, "`merganser check --fix` moves it behind %s", newest->version);
    }
    return true;
}

const struct rule rule_late_version = {
    .text = { .name = "late-version",
              .summary = "a new migration is older than the base's newest",
              .severity = SEVERITY_ERROR,
              .risk = "Databases that follow the base have newer versions applied already. This one then runs after "
                      "migrations that it was written before, in another order than on a fresh database; Drizzle, "
                      "golang-migrate and Flyway pass over it in silence.",
              .safe =
                  "Renumber this branch's migrations with `merganser check --fix` after the last rebase or merge of "
                  "the base, and run them once more on a database of your own.",
              .except = "A migration that the base has too is not new, however old it is, and neither is one that came "
                        "by merging the base. Only the base's newest counts, not the largest number in this branch." },
    .needs_base = true,
    .run = run,
};
