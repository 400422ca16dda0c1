/* Drizzle's journal counts or runs in two orders. */
#include <inttypes.h>

#include "core/base/text.h"
#include "core/layouts/drizzle_new.h"
#include "core/layouts/files.h"
#include "core/review/rule.h"

static const struct journal_entry *same_entry(const struct journal *j, const struct journal_entry *entry)
{
    for (size_t i = 0; i < j->len; i++)
        if (j->at[i].idx == entry->idx && j->at[i].when == entry->when && strcmp(j->at[i].tag, entry->tag) == 0)
            return &j->at[i];
    return NULL;
}

static bool is_looked_at(const struct review *r, const struct journal_entry *entry)
{
    if (r->all)
        return true;
    for (size_t i = 0; i < r->range.len; i++)
        if (r->range.at[i].has_journal && same_entry(&r->range.at[i].journal, entry))
            return false;
    return r->request->since || !r->base.has_journal || !same_entry(&r->base.journal, entry);
}

static struct finding *report(struct review *r, const struct rule *rule, const struct journal_entry *entry,
                              const char *message)
{
    const struct journal *j = &r->head.journal;
    struct finding *f =
        finding_add(r, rule, NULL, file_path(side_input(&r->head)->folder, DRIZZLE_JOURNAL, r->arena), "%s", message);

    f->version = entry->tag;
    finding_place(f, j->bytes, entry->from, entry->to);
    finding_hint(r, f,
                 r->has_base ? "`merganser check --fix` gives this branch's own entries their place behind %s's"
                             : "mend it by hand, the later entries last",
                 r->base.name);
    return f;
}

/* Of two that are both looked at the later one is named. */
static bool is_named(const struct review *r, size_t i, size_t other)
{
    return other < i || !is_looked_at(r, &r->head.journal.at[other]);
}

static void report_repeated(struct review *r, const struct rule *rule, size_t i)
{
    const struct journal *j = &r->head.journal;
    const struct journal_entry *entry = &j->at[i];
    const char *of = "";
    const struct journal_entry *other = NULL;

    for (size_t k = 0; k < j->len && !other; k++)
        if (k != i && is_named(r, i, k) && (j->at[k].idx == entry->idx || strcmp(j->at[k].tag, entry->tag) == 0))
            other = &j->at[k];
    for (size_t k = 0; r->base.has_journal && k < r->base.journal.len && !other; k++)
        if (r->base.journal.at[k].idx == entry->idx && strcmp(r->base.journal.at[k].tag, entry->tag) != 0) {
            other = &r->base.journal.at[k];
            of = arena_printf(r->arena, " in %s", r->base.name);
        }
    if (!other)
        return;
    if (strcmp(other->tag, entry->tag) == 0)
        report(r, rule, entry, arena_printf(r->arena, "the tag %s is there twice", entry->tag));
    else
        report(r, rule, entry,
               arena_printf(r->arena, "idx %" PRIu64 " of %s is that of %s%s too", entry->idx, entry->tag, other->tag,
                            of));
}

/* What is late against the base's newest is late-version's. */
static bool is_late(const struct review *r, const struct journal_entry *entry)
{
    const struct migration *newest = r->has_base ? side_newest(&r->base) : NULL;

    return newest && entry->when <= newest->when_ms;
}

static void report_backwards(struct review *r, const struct rule *rule, size_t i)
{
    const struct journal *j = &r->head.journal;
    const struct journal_entry *entry = &j->at[i];

    for (size_t k = 0; k < j->len; k++) {
        const struct journal_entry *other = &j->at[k];
        bool backwards = k < i ? other->when >= entry->when : other->when <= entry->when;

        if (k == i || !is_named(r, i, k) || !backwards || is_late(r, entry))
            continue;
        report(r, rule, entry,
               arena_printf(r->arena, "%s stands %s %s in the journal, but its `when` is not %s", entry->tag,
                            k < i ? "behind" : "before", other->tag, k < i ? "later" : "earlier"));
        return;
    }
    for (size_t k = 0; k < j->len; k++) {
        const struct journal_entry *other = &j->at[k];
        bool backwards = k < i ? other->idx > entry->idx : other->idx < entry->idx;

        if (k == i || !is_named(r, i, k) || !backwards)
            continue;
        report(r, rule, entry,
               arena_printf(r->arena, "%s stands %s %s in the journal, but its idx %" PRIu64 " is not %s", entry->tag,
                            k < i ? "behind" : "before", other->tag, entry->idx, k < i ? "larger" : "smaller"));
        return;
    }
}

static bool run(struct review *r, const struct rule *rule, struct err *e)
{
    (void)e;
    for (size_t i = 0; r->head.has_journal && i < r->head.journal.len; i++) {
        if (!is_looked_at(r, &r->head.journal.at[i]))
            continue;
        report_repeated(r, rule, i);
        report_backwards(r, rule, i);
    }
    return true;
}

const struct rule rule_journal_order = {
    .text = { .name = "journal-order",
              .summary = "idx, tag or when of Drizzle's journal collide or go backwards",
              .severity = SEVERITY_ERROR,
              .risk = "Drizzle runs what has a later `when` than the latest one applied: an entry that is not later is "
                      "passed over in silence. Two entries with one idx overwrite each other's snapshot.",
              .safe =
                  "Give this branch's entries their place behind the base's with `merganser check --fix`, or delete "
                  "them and run `drizzle-kit generate` again on top of the base.",
              .except = "Gaps in idx do no harm." },
    .layout = &drizzle_layout,
    .run = run,
};
