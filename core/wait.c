#include "core/wait.h"

#include <stdlib.h>

#include "core/base/text.h"

/* A version that the source has and that is not applied, or not wholly. */
static bool is_awaited(const struct version_entry *v)
{
    return v->migration && (v->state == STATE_PENDING || (v->flags & FLAG_PARTIAL));
}

bool wait_look(struct wait_look *out, const struct workspace *w, const char *to, struct arena *a, struct err *e)
{
    struct notices quiet = { .arena = a };
    struct source source = w->source;
    struct ledger_request where = {
        .main = { w->config.ledger.schema.value, w->config.ledger.table.value },
        .history = { w->config.history.schema.value, w->config.history.table.value },
        .source = &source,
    };
    struct ledger ledger;
    struct resolution versions;
    struct resolve_input in = {
        .migrations = &source.migrations,
        .edits = arena_make(a, enum script_edit, source.migrations.len),
        .rows = &ledger.rows,
        .records = &ledger.history.records,
    };
    size_t last;

    *out = (struct wait_look) { 0 };
    source.arena = a;
    source.notices = &quiet;
    if (!ledger_locate(&ledger, w->db, &where, a, e) || !ledger_read(&ledger, w->db, &source, a, &quiet, e))
        return false;
    resolve(&versions, &in, a);
    last = versions.len;
    if (to && !resolve_version(&last, &versions, to, a, e))
        return false;
    out->ledger = ledger.name;
    out->pending = arena_make(a, const char *, versions.len);
    out->ids = arena_make(a, const char *, versions.len);
    for (size_t i = 0; i < versions.len && i <= last; i++) {
        const struct version_entry *v = &versions.at[i];

        if (!is_awaited(v))
            continue;
        out->pending[out->npending] = v->version;
        out->ids[out->npending++] = v->id;
        if ((v->flags & FLAG_PARTIAL) && !out->partial)
            out->partial = v->id;
    }
    return true;
}

bool wait_may_cure(const struct err *e)
{
    /* Of a server that starts, stops, is full, or of a schema that is being made.
     * https://www.postgresql.org/docs/current/errcodes-appendix.html */
    static const char *const passing[] = { "08", "53", "57", "40", "55P03", "42P01", "3F000" };

    if (e->kind == ERR_CONNECTION)
        return !text_starts(text_from(e->sqlstate), "28");
    if (e->kind == ERR_LOCKED)
        return true;
    if (e->kind != ERR_DATABASE)
        return false;
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (text_starts(text_from(e->sqlstate), passing[i]))
            return true;
    return text_starts(text_from(e->detail), "SQLITE_BUSY") || text_starts(text_from(e->detail), "SQLITE_LOCKED");
}

int64_t wait_pause_ms(int64_t interval_ms)
{
    uint32_t spread = (uint32_t)(interval_ms / 2);

    return interval_ms - interval_ms / 4 + (spread ? (int64_t)arc4random_uniform(spread) : 0);
}
