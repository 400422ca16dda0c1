/* Up, down, and the schema is another one: only known where scripts are run. */
#include "core/base/text.h"
#include "core/review/rule.h"
#include "core/roundtrip.h"

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    const struct migration **list = arena_make(r->arena, const struct migration *, r->nsubjects + 1);
    struct roundtrip_faults faults;
    size_t n = 0;

    if (!r->request->roundtrip)
        return true;
    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].looked_at && r->subjects[i].m->down.path)
            list[n++] = r->subjects[i].m;
    if (!n)
        return true;
    if (!roundtrip_run(&faults, list, n, r->vcs, &r->request->source, r->request->roundtrip, r->arena, r->notices, e))
        return false;
    for (size_t i = 0; i < faults.len; i++) {
        const struct roundtrip_fault *found = &faults.at[i];
        struct finding *f = finding_add(r, rule, found->migration, found->at.path, "%s", found->message);

        f->at.line = found->at.line;
        f->at.column = found->at.column;
        if (found->hint)
            finding_hint(r, f, "%s", found->hint);
    }
    return true;
}

const struct rule rule_down_does_not_undo = {
    .text = { .name = "down-does-not-undo",
              .summary = "behind up and down the schema is not what it was (with --roundtrip)",
              .severity = SEVERITY_ERROR,
              .risk = "`down`, `redo` and `sync` leave a schema that no migration describes: the next up fails on what "
                      "is still there, or code meets what should be gone.",
              .safe = "Take back, in the down script, each thing that the up script makes, in the opposite order:\n"
                      "    -- up:   ALTER TABLE users ADD COLUMN city text; CREATE INDEX users_city ON users (city);\n"
                      "    -- down: DROP INDEX users_city; ALTER TABLE users DROP COLUMN city;",
              .except = "Rows are not compared, only the schema. Without --roundtrip the rule says nothing: it takes a "
                        "database to try in." },
    .run = run,
};
