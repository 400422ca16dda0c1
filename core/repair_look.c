#include "core/base/text.h"
#include "core/digest.h"
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

/* The script as the run would find it today, or an error that says why there is none. */
static bool prepare(struct step *s, struct workspace *w, const struct version_entry *v, enum direction direction,
                    struct err *e)
{
    struct notices *loud = w->notices, quiet = { .arena = w->arena };
    struct plan alone = { .at = s, .len = 1, .cap = 1 };
    bool ok;

    *s = (struct step) { .direction = direction, .entry = v };
    w->notices = &quiet;
    ok = prepare_plan(&alone, w, DOWN_FROM_ANY, e);
    w->notices = loud;
    return ok;
}

/* The bytes that ran, where git still has them. */
static bool as_it_ran(struct repair_look *out, struct step *s, struct workspace *w, struct err *e)
{
    const struct history_entry *open = out->open;
    struct object_id blob;
    struct script script;
    bool found = false;

    out->edited = open->sha256 && strcmp(open->sha256, s->sha256) != 0;
    if (!out->edited || !open->blob || !object_id_parse(&blob, text_from(open->blob)))
        return true;
    if (!vcs_script_blob(&script, &found, w->source.vcs, blob, SOURCE_FILE_MAX, w->arena, e))
        return false;
    if (found)
        s->script = script;
    if (found && !s->script.path)
        s->script.path = s->path;
    return true;
}

static bool examine(struct repair_statement **out, size_t *n, struct workspace *w, const struct step *s, struct err *e)
{
    struct script_request r = {
        .script = &s->script,
        .direction = s->direction,
        .version = s->entry->version,
        .ledger = w->ledger.main,
        .no_transaction = s->no_transaction,
        .separator = s->separator,
        .server = w->db->info.version,
    };
    struct evidences found;

    if (!db_examine(&found, w->db, &r, w->arena, e))
        return false;
    *out = arena_make(w->arena, struct repair_statement, found.len);
    *n = found.len;
    for (size_t i = 0; i < found.len; i++)
        (*out)[i] = (struct repair_statement) { .nth = i + 1,
                                                .at = found.at[i].at,
                                                .sql = found.at[i].sql,
                                                .label = found.at[i].label,
                                                .why = found.at[i].why };
    return true;
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
        s->why = arena_printf(a, "the journal says that it was begun, and %s; %s",
                              look->open->error ? "did not get through" : "nobody saw its end", s->why);
    }
}

/* Statements run in their order: it goes on behind the last one that is done, if that is the journal's too. */
static void find_next(struct repair_look *look, struct arena *a)
{
    look->next = look->done + 1;
    for (size_t i = 0; i < look->nstatements; i++) {
        const struct repair_statement *s = &look->statements[i];

        if (s->nth <= look->done && s->label != EVIDENCE_DONE && !look->disputed)
            look->disputed = arena_printf(a, "statement %llu: %s", (unsigned long long)s->nth, s->why);
        if (s->nth == look->begun && s->label == EVIDENCE_DONE)
            look->next = s->nth + 1;
        else if (s->nth == look->begun && s->label == EVIDENCE_UNCLEAR && !look->disputed)
            look->disputed =
                arena_printf(a, "statement %llu was begun, and nobody saw its end", (unsigned long long)s->nth);
        else if (s->nth > look->done && s->label == EVIDENCE_DONE && !look->disputed)
            look->disputed = arena_printf(a, "the journal does not say that statement %llu ran, but %s",
                                          (unsigned long long)s->nth, s->why);
    }
}

static bool find_undo(struct repair_look *out, struct workspace *w, struct err *e)
{
    struct step down;

    if (!prepare_down_script(&out->undo, w, out->version, DOWN_FROM_ANY, e))
        return false;
    if (!out->undo.script.read)
        return true;
    if (!prepare(&down, w, out->version, DIRECTION_DOWN, e) ||
        !examine(&out->undo_statements, &out->nundo, w, &down, e)) {
        /* A down script that can't be used is no reason not to show the rest. */
        if (e->kind == ERR_INTERRUPTED || e->kind == ERR_TERMINATED || e->kind == ERR_CONNECTION)
            return false;
        *e = (struct err) { 0 };
    }
    return true;
}

bool repair_look(struct repair_look *out, struct workspace *w, const char *version, struct err *e)
{
    struct err refused = { 0 };
    struct step s;

    *out = (struct repair_look) { 0 };
    if (!repair_find(&out->version, w, version, e) || !read_open(out, w, e))
        return false;
    out->down = repair_goes_down(out->version);
    out->next = out->done + 1;
    /* Nobody has its file, or what it holds can't be used: the journal's facts remain. */
    if (!prepare(&s, w, out->version, out->down ? DIRECTION_DOWN : DIRECTION_UP, &refused)) {
        if (err_exit_code(refused.kind) != 2 && err_exit_code(refused.kind) != 4) {
            *e = refused;
            return false;
        }
        notice_add(w->notices, NOTICE_WARNING, "no-script", refused.at, NULL, "its script can't be looked at: %s",
                   refused.message);
        return true;
    }
    out->path = s.path;
    if (!as_it_ran(out, &s, w, e))
        return false;
    out->examined = examine(&out->statements, &out->nstatements, w, &s, &refused);
    if (!out->examined && refused.kind != ERR_NOT_SUPPORTED) {
        *e = refused;
        return false;
    }
    for (size_t i = 0; i < out->nstatements; i++)
        hold_against_journal(out, &out->statements[i], w->arena);
    find_next(out, w->arena);
    return out->down || !out->examined || find_undo(out, w, e);
}
