#include "core/run.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/partial.h"
#include "core/prepare.h"
#include "core/reconnect.h"
#include "core/relink.h"
#include "core/run_state.h"
#include "core/schema_record.h"

static const char *done_word(const struct step *s)
{
    return s->relink ? "relinked" : step_goes_up(s) ? "applied" : "rolled back";
}

static struct history_note note_of(struct workspace *w, const struct step *s, const char *outcome)
{
    const struct version_entry *v = s->entry;
    struct history_note n = workspace_note(w, v->version, v->name, step_word(s), outcome);
    const struct script_facts *facts = s->facts;

    n.entry.kind = facts->changes_schema ? facts->changes_data ? "mixed" : "schema"
                   : facts->changes_data ? "data"
                                         : NULL;
    n.entry.path = s->path ? text_as_utf8(w->arena, text_from(s->path)) : NULL;
    n.entry.sha256 = s->sha256;
    n.entry.blob = object_id_hex(w->arena, s->blob);
    if (v->flags & FLAG_UNCOMMITTED) {
        const char *identity = vcs_identity(w->source.vcs, w->arena);

        n.entry.commit = NULL;
        n.entry.author = identity ? identity : n.entry.author;
    }
    n.entry.statements_total = arena_printf(w->arena, "%llu", (unsigned long long)s->statements);
    n.down_script = s->down;
    return n;
}

static const char *done_words(const struct step *s, struct arena *a)
{
    return arena_printf(a, "%llu", (unsigned long long)s->statements_done);
}

/* A row's words of how far an earlier run came. */
static void note_begins_at(struct history_note *n, const struct resume *from, struct workspace *w)
{
    n->entry.statements_done = arena_printf(w->arena, "%llu", (unsigned long long)from->done);
    n->entry.statement_begun = from->begun ? arena_printf(w->arena, "%llu", (unsigned long long)from->begun) : NULL;
    n->entry.done_hash = from->hash;
}

/* The unit of one step: its script, and the rows that stand or fall with it. */
static void unit_make(struct unit *out, struct workspace *w, const struct step *s)
{
    const struct script_facts *facts = s->facts;
    bool outside = facts->shape != SCRIPT_ATOMIC;
    struct row_changes rows = { 0 }, before = { 0 };
    struct history_note note = note_of(w, s, s->direction == DIRECTION_UP ? "applied" : "rolled_back");
    struct resume *resume = arena_make(w->arena, struct resume, 1);
    bool resumed = partial_resume(resume, s), journalled = run_is_journalled(w, s);

    resume->chain = digest_chain;
    if (!resumed)
        *resume = (struct resume) { .hash = journalled ? "" : NULL };
    note.settled = note.measured = true;
    /* What stopped midway has no row yet: undoing it takes none away. */
    if (step_goes_up(s) || s->entry->row)
        ledger_changes(&rows, &w->ledger, s->entry->migration, s->entry->version, s->direction, s->entry->row,
                       s->raw_sha256, facts->writes_own_row, w->arena);
    note.entry.statements_done = note.entry.statements_total;
    if (w->ledger.history.exists) {
        if (outside) {
            struct history_note started = note_of(w, s, "started");

            note_begins_at(&started, resume, w);
            ledger_change_add(&before, history_append(&w->ledger.history, &started, w->arena), w->arena);
            /* A run that died has left its row as if it still ran. */
            if (resumed && strcmp(s->entry->record->open->run_id, w->run_id) != 0)
                ledger_change_add(
                    &before, history_settle(&w->ledger.history, s->entry->record->open, "partial", w->arena), w->arena);
        }
        ledger_change_add(&rows, (outside ? history_finish : history_append)(&w->ledger.history, &note, w->arena),
                          w->arena);
    }
    *out = (struct unit) {
        .script = prepare_request(w, s),
        .facts = *facts,
        .before = before.at,
        .nbefore = before.len,
        .rows = rows.at,
        .nrows = rows.len,
        .journal.done = before.len ? HISTORY_DONE : NULL,
    };
    out->script.resume = resumed ? resume : NULL;
    if (journalled) {
        out->journal.begun = HISTORY_BEGUN;
        out->journal.hash = HISTORY_HASH;
        out->journal.chain = digest_chain;
    }
}

/* Writes down that a step failed. A history that can't take it is no reason to hide the failure itself. */
static void note_failure(struct workspace *w, const struct step *s, const struct err *why)
{
    const struct script_facts *facts = s->facts;
    struct history_note note = note_of(w, s, s->outcome == STEP_PARTIAL ? "partial" : "failed");
    struct row_change row;
    struct resume from;
    struct err refused = { 0 };
    bool written = false;

    if (!w->ledger.history.exists)
        return;
    note.entry.statements_done = done_words(s, w->arena);
    note.entry.waited_ms = arena_printf(w->arena, "%lld", (long long)s->lock_wait_ms);
    note.entry.attempts = arena_printf(w->arena, "%u", s->attempts ? s->attempts : 1);
    note.error = text_from(text_without_secrets(
        w->arena, text_from(arena_printf(w->arena, "%s%s%s", why->message, *why->sqlstate ? " " : "", why->sqlstate)),
        NULL));
    /* Outside a transaction the row `started` says it; unless the run failed before that was written. */
    if (facts->shape != SCRIPT_ATOMIC) {
        struct history_note finish = note;

        /* The journal has counted, together with its hash. */
        if (run_is_journalled(w, s))
            finish.entry.statements_done = NULL;
        row = history_finish(&w->ledger.history, &finish, w->arena);
        written = db_rows_write(w->db, &row, 1, &refused);
    }
    if (!written && (facts->shape == SCRIPT_ATOMIC || refused.kind == ERR_LEDGER_MOVED)) {
        if (partial_resume(&from, s))
            note_begins_at(&note, &from, w);
        row = history_append(&w->ledger.history, &note, w->arena);
        written = db_rows_write(w->db, &row, 1, &refused);
    }
    if (!written)
        notice_add(w->notices, NOTICE_WARNING, "no-history", NOWHERE, NULL,
                   "the failure could not be written to the history: %s", refused.message);
}

/* Whom the unit of a step tells what it is doing. */
struct teller {
    const struct run_events *events;
    const struct plan *plan;
    size_t i;
};

static void tell(void *to, const struct db_progress *p)
{
    const struct teller *t = to;

    t->events->progress(t->events->to, t->plan, t->i, p);
}

static bool stands(const struct step *s, const struct workspace *w)
{
    return (ledger_row_find(&w->ledger.rows, s->entry->version) != NULL) == (s->direction == DIRECTION_UP);
}

/* A lost connection of a step: whether it was had again, and why it was lost. */
struct lost_connection {
    bool again;
    enum db_loss why;
};

static bool step_run(struct lost_connection *lost, struct step *s, struct workspace *w, struct teller *teller,
                     struct err *e)
{
    struct unit_result result = { 0 };
    struct unit unit;
    bool ok;

    *lost = (struct lost_connection) { 0 };
    if (s->relink)
        relink_unit(&unit, w, s);
    else
        unit_make(&unit, w, s);
    if (teller->events && teller->events->progress) {
        unit.progress = tell;
        unit.progress_to = teller;
    }
    ok = db_apply(w->db, &unit, &result, e);
    s->statements_done = result.statements_done;
    s->begun = result.begun;
    s->duration_ms += result.duration_ms;
    s->lock_wait_ms += result.lock_wait_ms;
    s->attempts += result.attempts;
    s->started_at_ms = s->started_at_ms ? s->started_at_ms : result.started_at_ms;
    if (!ok && (result.outcome == UNIT_UNKNOWN || e->kind == ERR_CONNECTION)) {
        lost->again = reconnect(&lost->why, w, e);
        s->outcome = STEP_UNKNOWN;
        if (result.outcome == UNIT_UNKNOWN && !lost->again)
            return reconnect_unknown(s, e);
    }
    /* The journal may say more than what was answered. */
    if (!ok && lost->again && result.outcome == UNIT_PARTIAL)
        reconnect_count(s, w);
    if (!ok && result.outcome == UNIT_UNKNOWN) {
        ok = stands(s, w);
        result.outcome = ok ? UNIT_APPLIED : reconnect_count(s, w) ? UNIT_PARTIAL : UNIT_ROLLED_BACK;
    }
    if (ok) {
        s->outcome = s->relink ? STEP_RELINKED : step_goes_up(s) ? STEP_APPLIED : STEP_ROLLED_BACK;
        s->statements_done = s->statements;
        return true;
    }
    /* What an earlier run did of it stands, whatever became of this one. */
    s->outcome = result.outcome == UNIT_PARTIAL || s->resumed_at > 1 ? STEP_PARTIAL : STEP_FAILED;
    if (s->resumed_at > 1 && s->statements_done < s->resumed_at - 1)
        s->statements_done = s->resumed_at - 1;
    /* A ledger that moved is another tool's affair, but a row that says `started` is ours to settle. */
    if (s->relink)
        return false; /* nothing ran that anybody would have to know of */
    if (e->kind != ERR_LEDGER_MOVED || unit.facts.shape != SCRIPT_ATOMIC)
        note_failure(w, s, e);
    return false;
}

/* Nothing of it remains, and it can't have been what brought the server down: to be run again, but not for ever. */
static bool can_run_again(const struct step *s, const struct lost_connection *lost)
{
    const struct script_facts *facts = s->facts;

    return lost->again && s->outcome == STEP_FAILED && !s->run_again && (s->relink || facts->shape == SCRIPT_ATOMIC);
}

/* Behind a connection that was lost and had again. *again: the step is run once more. */
static bool goes_on(bool *again, struct plan *plan, size_t i, struct workspace *w, const struct lost_connection *lost,
                    const struct run_check *check, struct err *e)
{
    struct step *s = &plan->at[i];

    *again = s->outcome == STEP_FAILED;
    s->run_again = *again;
    if (reconnect_goes_on(w, plan, i, lost->why, check, e))
        return true;
    if (*again)
        run_state_say(plan, i, w, e);
    else
        err_state(e, "%s is %s; %zu after it did not run", s->entry->id, done_word(s), plan->len - i - 1);
    return false;
}

/* The step is repeated where *again is set. */
static bool run_step(bool *again, struct plan *plan, size_t i, struct workspace *w, const struct run_events *events,
                     const struct run_check *check, struct err *e)
{
    struct step *s = &plan->at[i];
    struct teller teller = { events, plan, i };
    struct lost_connection lost;
    bool ok;

    *again = false;
    ok = interrupt_check(e);
    if (ok) {
        if (events && events->step_begins)
            events->step_begins(events->to, plan, i);
        ok = step_run(&lost, s, w, &teller, e);
        if (events && events->step_ended)
            events->step_ended(events->to, plan, i);
        if (lost.again && (ok || can_run_again(s, &lost)))
            return goes_on(again, plan, i, w, &lost, check, e);
    }
    if (!ok)
        run_state_say(plan, i, w, e);
    return ok;
}

/* What is recorded is no part of a step: a connection that is lost there takes nothing with it, and is had again where
 * there is more to run. */
static bool is_connected(struct schema_recorder *r, const struct plan *plan, size_t next, const struct run_check *check,
                         struct err *e)
{
    if (!r->lost || next == plan->len)
        return true;
    r->lost = false;
    if (reconnect_between(r->w, plan, next, r->broken, check, e))
        return true;
    run_state_say(plan, next, r->w, e);
    return false;
}

bool run_plan(struct plan *plan, struct workspace *w, const struct run_events *events, const struct run_check *check,
              struct err *e)
{
    struct schema_recorder recorder;
    bool again, ok;

    plan->applied_before = w->versions.applied + w->versions.missing;
    for (size_t i = 0; i < plan->len; i++)
        plan->at[i].outcome = STEP_NOT_RUN;
    if (!plan->len)
        return true;
    schema_record_begin(&recorder, w, plan->at[0].entry->version, plan->len);
    ok = is_connected(&recorder, plan, 0, check, e);
    for (size_t i = 0; ok && i < plan->len; i += !again) {
        ok = run_step(&again, plan, i, w, events, check, e);
        if (!ok || again)
            continue;
        schema_record_step(&recorder, plan, i);
        ok = is_connected(&recorder, plan, i + 1, check, e);
    }
    schema_record_end(&recorder, plan);
    return ok;
}
