/* An applied migration that is gone. */
#include "core/base/text.h"
#include "core/review/rule.h"

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->noriginals; i++) {
        const struct original *o = &r->originals[i];
        struct finding *f;

        if (o->fate != FATE_DELETED || !o->looked_at)
            continue;
        f = finding_add(r, rule, o->m, path_of_migration(o->m), "%s has this migration, and it was deleted here",
                        r->base.name);
        f->at.line = f->at.column = 0;
        finding_hint(r, f,
                     "bring it back with `git restore --source=%s --staged --worktree -- %s`, and undo its change "
                     "in a new migration",
                     r->base.name, f->at.path);
    }
    return true;
}

const struct rule rule_deleted_migration = {
    .text = { .name = "deleted-migration",
              .summary = "a migration that the base has was deleted",
              .severity = SEVERITY_ERROR,
              .risk = "Databases that ran it keep its change and have a version without a file (NO FILE); fresh ones "
                      "never get it.",
              .safe = "Keep the file, and write a new migration that takes the change back.",
              .except = "A branch that left before the base got the migration has not deleted it. Old migrations that "
                        "were squashed into a baseline on purpose: switch the rule off for that change with "
                        "`check: {rules: {deleted-migration: off}}`." },
    .needs_base = true,
    .run = run,
};
