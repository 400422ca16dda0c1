#include "core/schema_made.h"

#include "core/base/text.h"

static bool is(const char *a, const char *b)
{
    return a && strcmp(a, b) == 0;
}

/* The newest row of the version that ran something upward; else the newest that ran anything. */
static bool find_row(size_t *at, const struct history_entries *all, const char *version)
{
    bool found = false, up = false;

    for (size_t i = all->len; i-- > 0 && !up;) {
        const struct history_entry *h = &all->at[i];

        if (!is(h->version, version) || !schema_reasons_changes(h))
            continue;
        up = is(h->direction, "up");
        if (!found || up)
            *at = i;
        found = true;
    }
    return found;
}

static bool is_known(const struct history_entries *all, const char *version)
{
    for (size_t i = 0; i < all->len; i++)
        if (is(all->at[i].version, version))
            return true;
    return false;
}

/* As the ledger has it, where somebody wrote it otherwise. */
static const char *full_version(const struct workspace *w, const char *version)
{
    struct err ignored;
    size_t at;

    if (is_known(&w->ledger.history.entries, version) ||
        !resolve_version(&at, &w->versions, version, w->arena, &ignored))
        return version;
    return w->versions.at[at].version;
}

/* There is no row that says that merganser ran it. */
static bool refuse_never_run(const struct workspace *w, const char *version, struct err *e)
{
    const struct version_entry *v;
    size_t at;

    if (!resolve_version(&at, &w->versions, version, w->arena, e)) {
        if (!is_known(&w->ledger.history.entries, version))
            return false;
        err_plain(e, ERR_NO_DESCRIPTION, "%s was never run here", text_shown(w->arena, text_from(version)));
        return err_hint(e, "`merganser history %s` shows what is recorded of it",
                        text_shown(w->arena, text_from(version)));
    }
    v = &w->versions.at[at];
    if (v->state == STATE_PENDING)
        err_plain(e, ERR_NO_DESCRIPTION, "%s is pending: it was never run here", v->id);
    else if (v->flags & FLAG_BASELINE)
        err_plain(e, ERR_NO_DESCRIPTION, "%s was marked as applied without running it", v->id);
    else
        err_plain(e, ERR_NO_DESCRIPTION,
                  "%s is applied, but the history has no row of it: another tool applied it, "
                  "or the row was deleted",
                  v->id);
    return err_hint(e, "`merganser show %s` shows what is known of it", v->version);
}

static bool refuse_undescribed(const struct history_entry *h, const char *why, const struct workspace *w, struct err *e)
{
    err_plain(e, ERR_NO_DESCRIPTION, "what %s made of the schema is not known: %s",
              text_shown(w->arena, text_from(h->version)), why);
    return err_hint(e, "`merganser show %s` shows its scripts; `merganser drift --accept` records the schema as it is",
                    text_shown(w->arena, text_from(h->version)));
}

/* The first description that stands behind the row, and the one before it. Entries are newest first. */
static bool find_around(struct schema_made *out, const struct schema_entries *entries,
                        const struct history_entries *all, size_t row)
{
    size_t at;

    for (size_t i = entries->len; i-- > 0;) {
        if (!is(entries->at[i].run_id, out->of->run_id) || !schema_reasons_place(&at, all, &entries->at[i]) ||
            is(entries->at[i].direction, SCHEMA_FOUND) || is(entries->at[i].direction, SCHEMA_DRIFT) || at < row)
            continue;
        out->after = &entries->at[i];
        out->before = i + 1 < entries->len ? &entries->at[i + 1] : NULL;
        return out->before != NULL;
    }
    return false;
}

/* What the run did between the two descriptions. */
static void find_together(struct schema_made *out, const struct history_entries *all, struct arena *a)
{
    size_t from = 0, to = 0;
    bool own = is(out->before->run_id, out->of->run_id) && !is(out->before->direction, SCHEMA_FOUND) &&
               !is(out->before->direction, SCHEMA_DRIFT) && schema_reasons_place(&from, all, out->before);

    schema_reasons_place(&to, all, out->after);
    out->together = arena_make(a, const struct history_entry *, to + 1);
    for (size_t i = own ? from + 1 : 0; i <= to; i++)
        if (is(all->at[i].run_id, out->of->run_id) && schema_reasons_changes(&all->at[i]))
            out->together[out->ntogether++] = &all->at[i];
}

/* Owners are whoever ran it. */
static bool is_told(const void *from, const struct schema_object *o)
{
    (void)from;
    return strcmp(o->kind, "owner") != 0;
}

static bool load(struct schema *out, struct workspace *w, const struct schema_made *made,
                 const struct schema_entry *entry, struct err *e)
{
    const char *why;

    if (!schema_history_load(out, &why, w->db, &w->ledger.history, entry, w->arena, e))
        return false;
    if (why)
        return refuse_undescribed(made->of,
                                  arena_printf(w->arena, "of the description of %s, %s", entry->taken_at, why), w, e);
    schema_keep(out, is_told, NULL);
    return true;
}

bool schema_made_find(struct schema_made *out, struct workspace *w, const char *version, struct err *e)
{
    const struct history_entries *all = &w->ledger.history.entries;
    struct schema_entries entries;
    const char *other;
    size_t row = 0;

    *out = (struct schema_made) { 0 };
    if (!find_row(&row, all, full_version(w, version)))
        return refuse_never_run(w, version, e);
    out->of = &all->at[row];
    if (!schema_history_list(&entries, w->db, &w->ledger.history, 0, w->arena, e))
        return false;
    schema_history_keep(&entries, &other, w->ledger.name);
    if (!find_around(out, &entries, all, row))
        return refuse_undescribed(out->of, "the schema was not recorded around it", w, e);
    find_together(out, all, w->arena);
    if (!load(&out->from, w, out, out->before, e) || !load(&out->to, w, out, out->after, e))
        return false;
    schema_compare(&out->changes, &out->from, &out->to, w->arena);
    return true;
}
