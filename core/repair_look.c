#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/partial.h"
#include "core/repair.h"

static uint64_t number(const char *digits)
{
    uint64_t n;

    return digits && text_to_u64(text_from(digits), &n) ? n : 0;
}

/* The open row with its error, which surveys leave out. */
static bool read_open(struct repair_look *out, struct workspace *w, struct err *e)
{
    const struct history_entry *open = out->version->record->open;
    struct history_entries all;

    out->open = open;
    if (!history_list(&all, w->db, &w->ledger.history, out->version->version, 0, w->arena, e))
        return false;
    for (size_t i = 0; i < all.len; i++)
        if (strcmp(all.at[i].id, open->id) == 0)
            out->open = &all.at[i];
    out->done = number(out->open->statements_done);
    out->begun = number(out->open->statement_begun);
    out->total = number(out->open->statements_total);
    return true;
}

/* Today's script, as if nothing of it had run, or an error that says why there is none. */
static bool prepare(struct step *s, struct workspace *w, const struct version_entry *v, enum direction direction,
                    bool whole, struct err *e)
{
    struct notices *loud = w->notices, quiet = { .arena = w->arena };
    struct plan alone = { .at = s, .len = 1, .cap = 1 };
    bool ok;

    *s = (struct step) { .direction = direction, .entry = v, .whole = whole };
    w->notices = &quiet;
    ok = prepare_plan(&alone, w, DOWN_FROM_ANY, e);
    w->notices = loud;
    return ok;
}

/* The bytes that ran, where git still has them; else today's. */
static bool as_it_ran(struct repair_look *out, struct step *ran, struct workspace *w, struct err *e)
{
    const struct history_entry *open = out->open;
    struct object_id blob;
    struct script script;
    bool found = false;

    *ran = out->today;
    out->edited = open->sha256 && strcmp(open->sha256, ran->sha256) != 0;
    if (!out->edited || !open->blob || !object_id_parse(&blob, text_from(open->blob)))
        return true;
    if (!vcs_script_blob(&script, &found, w->source.vcs, blob, SOURCE_FILE_MAX, w->arena, e))
        return false;
    out->as_it_ran = found;
    if (found)
        ran->script = script;
    if (found && !ran->script.path)
        ran->script.path = ran->path;
    return true;
}

static bool examine(struct repair_statements *out, struct workspace *w, const struct step *s, struct err *e)
{
    struct script_request r = prepare_request(w, s);
    struct evidences found;

    *out = (struct repair_statements) { 0 };
    if (!db_examine(&found, w->db, &r, w->arena, e))
        return false;
    out->at = arena_make(w->arena, struct repair_statement, found.len);
    out->len = found.len;
    for (size_t i = 0; i < found.len; i++)
        out->at[i] = (struct repair_statement) { .nth = i + 1,
                                                 .at = found.at[i].at,
                                                 .sql = found.at[i].sql,
                                                 .label = found.at[i].label,
                                                 .why = found.at[i].why,
                                                 .repeats = found.at[i].repeats };
    return true;
}

bool repair_chained(const char **hash, struct workspace *w, const struct step *s, uint64_t n, struct err *e)
{
    struct script_request r = prepare_request(w, s);

    return db_chained(hash, w->db, &r, n, digest_chain, w->arena, e);
}

static const char *begun_words(const struct repair_look *look)
{
    return look->open->error ? "did not get through" : "nobody saw its end";
}

/* What the journal says is a fact; the database may have been changed behind it. */
static void hold_against_journal(struct repair_look *look, struct repair_statement *s, struct arena *a)
{
    if (s->nth <= look->done && s->label == EVIDENCE_NOT_DONE) {
        s->label = EVIDENCE_UNCLEAR;
        s->why = arena_printf(a, "the journal says that it is done, but %s", s->why);
    } else if (s->nth <= look->done) {
        s->why = s->label == EVIDENCE_DONE ? arena_printf(a, "the journal says so; %s", s->why) : "the journal says so";
        s->label = EVIDENCE_DONE;
    } else if (s->nth == look->begun) {
        s->why = arena_printf(a, "the journal says that it was begun, and %s; %s", begun_words(look), s->why);
    }
}

static void dispute(struct repair_look *look, const struct repair_statement *s, const char *why)
{
    if (look->disputed)
        return;
    look->disputed = why;
    look->dispute = s;
}

/* Statements run in their order: it goes on behind the last one that is done, if that is the journal's too. */
static void find_next(struct repair_look *look, struct arena *a)
{
    look->next = look->done + 1;
    for (size_t i = 0; i < look->statements.len; i++) {
        const struct repair_statement *s = &look->statements.at[i];
        unsigned long long nth = s->nth;

        if (s->nth <= look->done && s->label != EVIDENCE_DONE)
            dispute(look, s, arena_printf(a, "statement %llu: %s", nth, s->why));
        if (s->nth == look->begun && s->label == EVIDENCE_DONE)
            look->next = s->nth + 1;
        else if (s->nth == look->begun && s->label == EVIDENCE_UNCLEAR && !s->repeats)
            dispute(look, s, arena_printf(a, "statement %llu was begun, and %s", nth, begun_words(look)));
        else if (s->nth > look->done && s->label == EVIDENCE_DONE && !s->repeats)
            dispute(look, s, arena_printf(a, "the journal does not say that statement %llu ran, but %s", nth, s->why));
    }
}

/* What an earlier release wrote does not say which statement was begun, nor what the done ones were. */
static void distrust_old_journal(struct repair_look *look, struct arena *a)
{
    const struct repair_statement *next = look->done < look->statements.len ? &look->statements.at[look->done] : NULL;

    if (look->edited)
        dispute(look, NULL, "it was edited since, and its journal does not say what ran");
    else if (next && next->label != EVIDENCE_NOT_DONE)
        dispute(look, next, arena_printf(a, "statement %llu may have run", (unsigned long long)next->nth));
}

static bool same_chain(bool *same, struct workspace *w, const struct step *s, uint64_t n, const char *hash,
                       struct err *e)
{
    const char *now;

    if (!repair_chained(&now, w, s, n, e))
        return false;
    *same = now && hash && strcmp(now, hash) == 0;
    return true;
}

/* What is taken as done has to be what ran: the journal's chain tells of what it counted, the bytes that ran of the
 * statement behind that. */
static bool find_edits(struct repair_look *look, struct workspace *w, const struct step *ran, struct err *e)
{
    uint64_t taken = look->next - 1;
    struct resume journalled;
    const char *hash = NULL;
    bool same;

    if (!history_resume(&journalled, look->open)) {
        distrust_old_journal(look, w->arena);
        return true;
    }
    if (!same_chain(&same, w, &look->today, look->done, journalled.hash, e))
        return false;
    if (!same)
        dispute(look, NULL,
                look->done == 1
                    ? "the first statement has run, and it was edited since"
                    : arena_printf(w->arena, "the first %llu statements have run, and they were edited since",
                                   (unsigned long long)look->done));
    if (look->disputed || !look->edited || taken == look->done)
        return true;
    if ((look->as_it_ran && !repair_chained(&hash, w, ran, taken, e)) ||
        !same_chain(&same, w, &look->today, taken, hash, e))
        return false;
    if (!same)
        dispute(look, &look->statements.at[taken - 1],
                arena_printf(w->arena, "statement %llu was begun, and it was edited since", (unsigned long long)taken));
    return true;
}

static bool find_done(struct repair_look *look, struct workspace *w, struct err *e)
{
    struct step ran, resumed;
    struct err refused;

    if (!as_it_ran(look, &ran, w, e))
        return false;
    if (!w->db->dialect->examine)
        return true;
    if (!examine(&look->statements, w, &ran, e))
        return false;
    for (size_t i = 0; i < look->statements.len; i++)
        hold_against_journal(look, &look->statements.at[i], w->arena);
    find_next(look, w->arena);
    if (!find_edits(look, w, &ran, e))
        return false;
    look->rest = look->statements;
    if (look->as_it_ran && !examine(&look->rest, w, &look->today, e))
        return false;
    look->goes_on = partial_goes_on_with(look->version, w->arena);
    if (look->goes_on && !prepare(&resumed, w, look->version, look->today.direction, false, &refused))
        look->goes_on = NULL;
    return interrupt_check(e);
}

static bool is_about_the_script(const struct err *e)
{
    return err_exit_code(e->kind) == 2 || err_exit_code(e->kind) == 4;
}

/* A down script that can't be used is no reason not to show the rest. */
static bool find_undo(struct repair_look *out, struct workspace *w, struct err *e)
{
    struct err refused;
    struct step down;

    if (!prepare_down_script(&out->undo, w, out->version, DOWN_FROM_ANY, e))
        return false;
    if (!out->undo.script.read)
        return true;
    if (prepare(&down, w, out->version, DIRECTION_DOWN, true, &refused) &&
        examine(&out->undo_statements, w, &down, &refused))
        return true;
    if (is_about_the_script(&refused))
        return true;
    *e = refused;
    return false;
}

bool repair_look(struct repair_look *out, struct workspace *w, const char *version, struct err *e)
{
    struct err refused = { 0 };

    *out = (struct repair_look) { 0 };
    if (!repair_find(&out->version, w, version, e) || !read_open(out, w, e))
        return false;
    out->down = partial_goes_down(out->version);
    out->next = out->done + 1;
    /* Nobody has its file, or what it holds can't be used: the journal's facts remain. */
    if (!prepare(&out->today, w, out->version, out->down ? DIRECTION_DOWN : DIRECTION_UP, true, &refused)) {
        out->unusable = arena_make(w->arena, struct err, 1);
        *out->unusable = *e = refused;
        if (!is_about_the_script(&refused))
            return false;
        notice_add(w->notices, NOTICE_WARNING, "no-script", refused.at, NULL, "its script can't be looked at: %s",
                   refused.message);
        return true;
    }
    out->path = out->today.path;
    out->resumable = (w->db->dialect->caps & CAP_RESUME) != 0;
    return find_done(out, w, e) && (out->down || find_undo(out, w, e));
}
