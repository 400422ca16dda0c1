/* An applied script that was changed. */
#include "core/base/text.h"
#include "core/cosmetic.h"
#include "core/review/rule.h"

static bool is_cosmetic(bool *out, const struct review *r, const struct original *o, struct err *e)
{
    struct text before, now;

    if (!source_read(&before, r->base.source, &o->m->up, e) || !source_read(&now, r->head.source, &o->now->m->up, e))
        return false;
    *out = cosmetic_equal(before, now);
    return true;
}

static bool report(struct review *r, const struct rule *rule, const struct original *o, struct err *e)
{
    const char *path = path_of_migration(o->now->m);
    struct finding *f;
    bool cosmetic;

    if (!is_cosmetic(&cosmetic, r, o, e))
        return false;
    if (cosmetic) {
        f = finding_add(r, rule, o->m, path, "comments or white space of it differ from what %s has", r->base.name);
        f->severity = SEVERITY_INFO;
        return true;
    }
    f = finding_add(r, rule, o->m, path, "%s has this migration, and its script was edited here", r->base.name);
    finding_hint(
        r, f, "databases that ran it will not run it again: `git restore --source=%s -- %s`, and write a new migration",
        r->base.name, f->at.path);
    return true;
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    for (size_t i = 0; i < r->noriginals; i++) {
        const struct original *o = &r->originals[i];

        if (o->fate == FATE_EDITED && o->looked_at && !report(r, rule, o, e))
            return false;
    }
    return true;
}

const struct rule rule_edited_migration = {
    .text = { .name = "edited-migration",
              .summary = "a migration that the base has was edited",
              .severity = SEVERITY_ERROR,
              .risk = "Databases that ran the old script never run the new one: from here on they differ from a fresh "
                      "database, and nothing says so.",
              .safe = "Take the edit back and write a new migration that changes what has to change.",
              .except = "Where only comments or white space differ it is of severity info. What the base itself edited "
                        "since this branch left is the base's affair." },
    .needs_base = true,
    .run = run,
};
