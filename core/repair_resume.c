/* Going on with a version that stopped midway, from where its journal and the database say, or somebody does. */
#include "core/base/text.h"
#include "core/history.h"
#include "core/repair.h"

static unsigned long long shown(uint64_t n)
{
    return n;
}

static bool refuse_dialect(const struct repair_look *look, const struct workspace *w, struct err *e)
{
    err_set(e, ERR_NOT_SUPPORTED, IN_FILE(look->path), "on %s nothing goes on with a script that stopped midway",
            w->db->info.dialect);
    return err_hint(e,
                    "finish by hand what it left and say so with `merganser repair %s --mark-applied`, or undo it by "
                    "hand and say so with `merganser repair %s --forget`",
                    look->version->version, look->version->version);
}

static bool refuse_script(const struct repair_look *look, struct err *e)
{
    *e = *look->unusable;
    return *e->hint ? false : err_hint(e, "`merganser repair %s` shows what it left", look->version->version);
}

static bool refuse_disputed(const struct repair_look *look, struct err *e)
{
    const struct repair_statement *s = look->dispute;

    err_set(e, ERR_PARTIAL, s ? s->at : IN_FILE(look->path), "it is not certain where to go on with %s: %s",
            look->version->id, look->disputed);
    if (s)
        err_detail(e, "%s: %s", s->sql, s->why);
    return err_hint(e,
                    "look at what it left, then say it with `merganser repair %s --resume --from N`: the statements "
                    "from N on are run, those before are taken as done",
                    look->version->version);
}

static bool refuse_number(const struct repair_rest *rest, const struct repair_look *look, struct err *e)
{
    err_set(e, ERR_USAGE, IN_FILE(look->path), "--from %llu: the script of %s has %llu statement%s", shown(rest->from),
            look->version->id, shown(rest->total), rest->total == 1 ? "" : "s");
    return err_hint(e, "give one from 1 to %llu; --from %llu says that all of them have run", shown(rest->total),
                    shown(rest->total + 1));
}

bool repair_find_rest(struct repair_rest *out, const struct repair_look *look, struct workspace *w, uint64_t from,
                      struct err *e)
{
    *out = (struct repair_rest) { .from = from ? from : look->next, .total = look->today.statements };
    if (!look->resumable)
        return refuse_dialect(look, w, e);
    if (look->unusable)
        return refuse_script(look, e);
    if (!from && look->disputed)
        return refuse_disputed(look, e);
    if (out->from > out->total + 1)
        return refuse_number(out, look, e);
    if (!repair_chained(&out->hash, w, &look->today, out->from - 1, e))
        return false;
    return out->hash || refuse_number(out, look, e);
}

static bool same(const struct repair_look *a, const struct repair_rest *x, const struct repair_look *b,
                 const struct repair_rest *y)
{
    return strcmp(a->open->id, b->open->id) == 0 && a->done == b->done && a->begun == b->begun && x->from == y->from &&
           strcmp(a->today.sha256, b->today.sha256) == 0;
}

static bool moved(const struct repair_look *look, struct err *e)
{
    err_plain(e, ERR_STALE_PLAN, "%s is not as it was looked at: somebody changed the database or the files meanwhile",
              look->version->id);
    err_state(e, "nothing was run");
    return err_hint(e, "`merganser repair %s` looks anew", look->version->version);
}

static bool check_history(const struct workspace *w, struct err *e)
{
    const struct history *h = &w->ledger.history;

    if (h->exists && !h->first_format)
        return true;
    err_plain(e, ERR_NO_HISTORY, "without a history of this release's format nothing keeps count of what has run");
    return err_hint(e, "let the owner of %s run merganser once: it adds the columns that are lacking", h->table.table);
}

/* The journal says where it goes on, and the row behind it who said so. */
static bool write_journal(struct workspace *w, const struct version_entry *v, const struct repair_rest *rest,
                          struct err *e)
{
    const struct history_entry *open = v->record->open;
    struct history_note sign = workspace_note(w, v->version, v->name, "reconcile", "partial");
    struct history_note journal = {
        .entry = { .run_id = open->run_id,
                   .version = v->version,
                   .direction = open->direction,
                   .outcome = "partial",
                   .statements_done = arena_printf(w->arena, "%llu", shown(rest->from - 1)),
                   .statements_total = arena_printf(w->arena, "%llu", shown(rest->total)),
                   .done_hash = rest->hash },
        .finished = true,
        .settled = true,
    };
    struct row_change rows[2];

    sign.entry.statements_done = journal.entry.statements_done;
    sign.entry.statements_total = journal.entry.statements_total;
    rows[0] = history_finish(&w->ledger.history, &journal, w->arena);
    rows[1] = history_append(&w->ledger.history, &sign, w->arena);
    return db_rows_write(w->db, rows, 2, e);
}

static bool resume_locked(struct plan *plan, struct workspace *w, const struct repair_look *agreed, uint64_t from,
                          const struct run_events *events, struct err *e)
{
    const char *version = agreed->version->version;
    struct repair_rest was, is;
    struct repair_look now;

    if (!repair_find(&now.version, w, version, e))
        return moved(agreed, e);
    if (!repair_look(&now, w, version, e) || !repair_find_rest(&was, agreed, w, from, e) ||
        !repair_find_rest(&is, &now, w, from, e))
        return false;
    if (!same(agreed, &was, &now, &is))
        return moved(agreed, e);
    if (!workspace_create_history(w, e) || !workspace_create_ledger(w, e) || !check_history(w, e) ||
        !write_journal(w, now.version, &is, e) || !workspace_survey(w, e) || !repair_find(&now.version, w, version, e))
        return false;
    plan->verb = arena_printf(w->arena, "repair %s --resume", version);
    return repair_run_alone(plan, w, now.version, now.today.direction, events, e);
}

bool repair_resume(struct plan *plan, struct workspace *w, const struct repair_look *agreed, uint64_t from,
                   const struct run_events *events, struct err *e)
{
    *plan = (struct plan) { 0 };
    if (!workspace_check_writable(w, e))
        return false;
    return workspace_unlock(w, workspace_lock(w, NULL, NULL, e) && resume_locked(plan, w, agreed, from, events, e), e);
}
