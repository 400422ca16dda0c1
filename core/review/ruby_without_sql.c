/* A Rails migration that merganser can't run. */
#include "core/base/text.h"
#include "core/review/rule.h"

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->nsubjects; i++) {
        const struct migration *m = r->subjects[i].m;

        if (!r->subjects[i].looked_at || !m->unrendered || ruby_script_apart(r, m))
            continue;
        finding_hint(r, finding_add(r, rule, m, m->also.path, "it has no .sql beside it, and merganser runs no Ruby"),
                     "render it to %s.sql", m->id);
    }
    return true;
}

const struct rule rule_ruby_without_sql = {
    .text = { .name = "ruby-without-sql",
              .summary = "a Rails .rb has no .sql beside it",
              .severity = SEVERITY_ERROR,
              .risk = "`up` refuses to pass over it: every later migration waits until somebody renders it or runs it "
                      "with Rails.",
              .safe = "Write the SQL that it runs to a file of the same name that ends in .sql.",
              .except = "In a project that applies such migrations with Rails before merganser runs: switch it off." },
    .layout = &rails_layout,
    .run = run,
};
