/* Two migrations with one version. */
#include "core/base/text.h"
#include "core/review/rule.h"

static const char again[] = "give it a later version: `merganser check --fix`";

static bool is_same(const struct migration *a, const struct migration *b)
{
    return strcmp(a->id, b->id) == 0 && object_id_equal(a->up.blob, b->up.blob);
}

/* Whether a side has the version under another name, or with another script. */
static const struct migration *other_of_version(const struct side *s, const struct migration *m)
{
    const struct migration *other = side_next(s, m->version, NULL);

    while (other && is_same(other, m))
        other = side_next(s, m->version, other);
    return other;
}

static bool report_side(struct review *r, const struct rule *rule, const struct side *s, const struct migration *m)
{
    const struct migration *other = other_of_version(s, m);

    if (!other)
        return false;
    finding_hint(r,
                 finding_add(r, rule, m, path_of_migration(m), "version %s is that of %s in %s too", m->version,
                             other->id, s->name),
                 again);
    return true;
}

/* The one before it in the reviewed tree itself. */
static const struct migration *twin_of(const struct review *r, size_t i)
{
    const char *version = r->subjects[i].m->version;

    for (const struct migration *m = NULL; (m = side_next(&r->head, version, m));) {
        size_t j = (size_t)(m - r->head.source->migrations.at);

        if (j != i && (j < i || !r->subjects[j].own))
            return m;
    }
    return NULL;
}

static void report_twin(struct review *r, const struct rule *rule, size_t i)
{
    const struct subject *s = &r->subjects[i];
    const struct migration *twin = s->own || !r->has_base || r->all ? twin_of(r, i) : NULL;

    if (twin)
        finding_hint(r,
                     finding_add(r, rule, s->m, path_of_migration(s->m), "version %s is that of %s too", s->m->version,
                                 twin->id),
                     s->own ? again : "give the one that no database has run yet a later version, with `git mv`");
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; i < r->nsubjects; i++) {
        const struct subject *s = &r->subjects[i];
        bool said = false;

        if (!s->looked_at)
            continue;
        said = s->own && report_side(r, rule, &r->base, s->m);
        for (size_t j = 0; s->own && !said && j < r->with.len; j++)
            said = report_side(r, rule, &r->with.at[j], s->m);
        if (!said)
            report_twin(r, rule, i);
    }
    return true;
}

const struct rule rule_duplicate_version = {
    .text = { .name = "duplicate-version",
              .summary = "two migrations have one version",
              .severity = SEVERITY_ERROR,
              .risk =
                  "A database keeps one row a version. Whichever of the two runs first hides the other for good, and "
                  "merganser, Rails and Diesel refuse a folder that holds both.",
              .safe = "Give this branch's own migration a later version, with `merganser check --fix`, before any "
                      "database that others use has run it. Name branches that are not merged yet with --with.",
              .except =
                  "The same script under the same name on both sides is one migration: cherry-picked, or merged by "
                  "squashing." },
    .run = run,
};
