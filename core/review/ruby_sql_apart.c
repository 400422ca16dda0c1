/* A Rails pair whose halves no longer belong together. */
#include "core/base/text.h"
#include "core/review/rule.h"

const struct migration *ruby_script_apart(const struct review *r, const struct migration *ruby)
{
    for (size_t i = 0; i < r->nsubjects; i++) {
        const struct migration *m = r->subjects[i].m;

        if (r->subjects[i].looked_at && m->up.path && !m->also.path && *m->name && strcmp(m->name, ruby->name) == 0)
            return m;
    }
    return NULL;
}

static void report_versions(struct review *r, const struct rule *rule, const struct migration *ruby)
{
    const struct migration *script = ruby_script_apart(r, ruby);

    if (script)
        finding_hint(r,
                     finding_add(r, rule, ruby, ruby->also.path, "its version is %s, and that of its .sql %s",
                                 ruby->version, script->version),
                     "give both one version, with `git mv`");
}

/* The .rb says something else than before, and the .sql that runs in its stead does not. */
static void report_edit(struct review *r, const struct rule *rule, const struct migration *m)
{
    for (size_t i = 0; i < r->range.len; i++) {
        const struct migration *then = side_find(&r->range.at[i], m);

        if (!then || !then->also.path || object_id_equal(then->also.blob, m->also.blob) ||
            !object_id_equal(then->up.blob, m->up.blob))
            continue;
        finding_hint(r, finding_add(r, rule, m, m->also.path, "it was edited, and its .sql was not"),
                     "render it again to %s", text_shown(r->arena, text_from(m->up.path)));
        return;
    }
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->nsubjects; i++) {
        const struct migration *m = r->subjects[i].m;

        if (!r->subjects[i].looked_at)
            continue;
        if (m->unrendered)
            report_versions(r, rule, m);
        else if (m->also.path)
            report_edit(r, rule, m);
    }
    return true;
}

const struct rule rule_ruby_sql_apart = {
    .text = { .name = "ruby-sql-apart",
              .summary = "a Rails .rb and its .sql differ in version, or only the .rb was edited",
              .severity = SEVERITY_WARNING,
              .risk = "merganser runs the .sql and Rails knows the .rb: with two versions each would run the other's "
                      "half again, with two contents a database depends on which tool came first.",
              .safe = "Rename the two together, and render the .sql again after every edit of the .rb.",
              .except =
                  "An edit of the .rb that changes no statement, as of a comment: say so with `-- merganser: ignore "
                  "ruby-sql-apart REASON` in the .sql." },
    .layout = &rails_layout,
    .run = run,
};
