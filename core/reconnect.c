#include "core/reconnect.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"

enum {
    AWAY_MS = 30000, /* how long a server that restarts is waited for */
    TRIES = 3,
};

/* A server that crashes may still answer before it notices. */
bool reconnect(enum db_loss *why, struct workspace *w, struct err *e)
{
    struct reopen how = { .said = arena_string(w->arena, e->sqlstate), .wait_ms = AWAY_MS };
    struct err again = { 0 };

    for (int lost = 0; lost < TRIES; lost++) {
        w->locked = false;
        if (!interrupt_check(&again) || !db_reopen(w->db, &how, &again))
            break;
        *why = lost && how.why == LOSS_CUT ? LOSS_CRASH : how.why;
        if (workspace_check_writable(w, &again) && workspace_lock(w, NULL, NULL, &again))
            return true;
        if (again.kind != ERR_CONNECTION)
            break;
    }
    err_detail(e, "%s", again.message);
    return false;
}

bool reconnect_unknown(const struct step *s, struct err *e)
{
    struct err lost = *e;

    err_plain(e, ERR_UNKNOWN_OUTCOME, "the connection was lost while %s was committing: %s", s->entry->id,
              lost.message);
    err_detail(e, "%s", lost.detail);
    return err_hint(e, "ask again when the server answers: `merganser status`");
}

static const char *const again_hint = "run it again: it looks anew at what is to do";

/* Whether to go on is nothing that the ledger could say. */
static bool is_wanted(enum db_loss why, struct err *e)
{
    switch (why) {
    case LOSS_ENDED:
        return err_hint(e, "somebody ended merganser's session on the server; when it may, %s", again_hint);
    case LOSS_CRASH:
        return err_hint(e, "the server was away without a word: look into its log whether the script brought it down, "
                           "before you run it again");
    default:
        return true;
    }
}

/* Where the connection that was had again leads to what was agreed to; *e says how it was lost. */
static bool is_still_right(const struct plan *plan, size_t from, enum db_loss why, const struct run_check *check,
                           struct err *e)
{
    if (!is_wanted(why, e))
        return false;
    return (check && check->still_right(check->to, plan, from)) ||
           err_hint(e, "what is left is not what would be planned now; %s", again_hint);
}

bool reconnect_goes_on(struct workspace *w, const struct plan *plan, size_t i, enum db_loss why,
                       const struct run_check *check, struct err *e)
{
    const struct step *s = &plan->at[i];
    bool done = s->outcome != STEP_FAILED;
    size_t from = done ? i + 1 : i;

    /* Nothing is left that could be wrong. */
    if (from < plan->len) {
        struct err lost = *e;

        err_plain(e, ERR_CONNECTION, "%s", lost.kind == ERR_NONE ? "the connection was lost" : lost.message);
        snprintf(e->sqlstate, sizeof e->sqlstate, "%s", lost.sqlstate);
        if (!is_still_right(plan, from, why, check, e))
            return false;
    }
    notice_add(w->notices, NOTICE_WARNING, "connection-lost", NOWHERE, NULL,
               done ? "the connection was lost while %s was committing; the ledger says that it is done"
                    : "the connection was lost while %s ran; nothing of it stands, and it is run again",
               s->entry->id);
    *e = (struct err) { 0 };
    return true;
}

bool reconnect_between(struct workspace *w, const struct plan *plan, size_t next, const char *sqlstate,
                       const struct run_check *check, struct err *e)
{
    enum db_loss why;

    err_plain(e, ERR_CONNECTION, "the connection was lost between two migrations");
    snprintf(e->sqlstate, sizeof e->sqlstate, "%s", sqlstate);
    if (!reconnect(&why, w, e))
        return err_hint(e, "%s", again_hint);
    if (!is_still_right(plan, next, why, check, e))
        return false;
    *e = (struct err) { 0 };
    return true;
}

bool reconnect_count(struct step *s, const struct workspace *w)
{
    const struct history_record *record = history_record_find(&w->ledger.history.records, s->entry->version);
    const struct script_facts *facts = s->facts;
    struct resume found;

    if (s->relink || facts->shape == SCRIPT_ATOMIC)
        return false;
    if (!record || !record->open || !history_resume(&found, record->open))
        return true; /* nobody knows */
    s->statements_done = found.done;
    s->begun = found.begun;
    return found.done || found.begun;
}
