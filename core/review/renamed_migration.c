/* An applied migration under another name. */
#include "core/base/text.h"
#include "core/review/rule.h"

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->noriginals; i++) {
        const struct original *o = &r->originals[i];
        const char *old = text_shown(r->arena, text_from(path_of_migration(o->m)));
        const struct migration *now = o->now ? o->now->m : NULL;
        struct finding *f;

        if (o->fate != FATE_RENAMED || !o->looked_at)
            continue;
        f = finding_add(r, rule, now, path_of_migration(now), "%s has this migration as %s", r->base.name, o->m->id);
        if (strcmp(o->m->version, now->version) == 0)
            finding_hint(r, f, "keep its name: %s", old);
        else
            finding_hint(r, f, "databases that ran version %s would run it again as %s: keep its name, %s",
                         o->m->version, now->version, old);
    }
    return true;
}

const struct rule rule_renamed_migration = {
    .text = { .name = "renamed-migration",
              .summary = "a migration that the base has was renamed",
              .severity = SEVERITY_ERROR,
              .risk = "A database knows a migration by its version. Under a new one the same script would run a second "
                      "time, and the old version has no file any more. A new name alone leaves logs, history and other "
                      "branches speaking of a file that is gone.",
              .safe =
                  "Keep the name it has in the base. Where databases have run it under the old version and it has to "
                  "change, `up --relink` moves their rows.",
              .except =
                  "A migration of this branch alone may be renamed as long as no database that others use has run "
                  "it: that is what `check --fix` does." },
    .needs_base = true,
    .run = run,
};
