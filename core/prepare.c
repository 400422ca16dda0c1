#include "core/prepare.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/layouts/marks.h"
#include "core/partial.h"
#include "core/scripts.h"

static struct migration *migration_of(struct workspace *w, const struct version_entry *v)
{
    return v->migration ? &w->source.migrations.at[v->migration - w->source.migrations.at] : NULL;
}

/* ---- down scripts ---- */

/* The one that git has, beside an up script that is the applied one. */
static bool down_of_git(struct down_script *out, struct workspace *w, const struct version_entry *v, struct err *e)
{
    const struct recovered *found = NULL;
    bool gone = v->state == STATE_MISSING || (v->flags & FLAG_EDITED);

    if (gone ? !workspace_recover(w, e) : !workspace_recover_one(&found, w, v, e))
        return false;
    if (gone)
        found = workspace_recovered(w, v);
    if (found && found->script.read)
        *out = (struct down_script) { .script = found->script,
                                      .from = found->from,
                                      .path = found->script_path,
                                      .commit = found->commit,
                                      .unchecked = found->unchecked };
    return true;
}

bool prepare_down_script(struct down_script *out, struct workspace *w, const struct version_entry *v,
                         enum down_from from, struct err *e)
{
    const struct history_entry *applied = v->record ? v->record->applied : NULL;
    const struct migration *m = v->migration;
    bool file = m && m->down.path && (!(v->flags & FLAG_EDITED) || from == DOWN_FROM_FILE);
    struct text kept;

    *out = (struct down_script) { 0 };
    if (file && from != DOWN_FROM_HISTORY) {
        *out = (struct down_script) { .from = FROM_FILE, .path = m->down.path, .blob = m->down.blob };
        out->unchecked = !(applied && applied->sha256) && !(v->row && v->row->hash);
        return scripts_open(&out->script, &w->source, &m->down, e);
    }
    if (from == DOWN_FROM_FILE)
        return true;
    if (applied) {
        out->from = FROM_HISTORY;
        out->path = applied->path ? w->source.layout->down_path(applied->path, w->arena) : NULL;
        out->path = out->path ? out->path : v->id;
        if (!history_down_script(&kept, w->db, &w->ledger.history, applied, w->arena, e))
            return false;
        if (kept.at)
            out->script = scripts_of_text(&w->source, out->path, kept, "the history's copy");
    }
    return out->script.read || from == DOWN_FROM_HISTORY || down_of_git(out, w, v, e);
}

static bool refuse_no_down(struct workspace *w, const struct version_entry *v, enum down_from from, struct err *e)
{
    const struct migration *m = v->migration;
    const char *path = m ? m->up.path : NULL;

    err_set(e, ERR_NO_DOWN_SCRIPT, IN_FILE(path), "%s can't be rolled back: it has no down script", v->id);
    if (from == DOWN_FROM_HISTORY)
        err_detail(e, "--down-from history asks for the recorded copy, and none was recorded");
    else if (from == DOWN_FROM_FILE)
        err_detail(e, "--down-from file asks for the file's, and there is none");
    else if (m && m->down.path && (v->flags & FLAG_EDITED))
        err_detail(e,
                   "its up script was edited after it was applied, so the file's down script may not belong to it; "
                   "looked at the history's copy, and %s",
                   w->places);
    else
        err_detail(e, "looked at the file, the history's copy, and %s", w->places);
    if (m && m->down.path && (v->flags & FLAG_EDITED))
        return err_hint(e, "`--down-from file` runs the file's down script all the same");
    if (!m)
        return err_hint(e,
                        "nothing is passed over on the way down: bring its file back with a down script beside it "
                        "(`merganser show %s` says where it was last seen)",
                        v->version);
    return err_hint(e, "write one and commit it; nothing is passed over on the way down");
}

static bool prepare_down(struct step *s, struct workspace *w, enum down_from from, size_t *unchecked, struct err *e)
{
    struct migration *m = migration_of(w, s->entry), alone = { 0 };
    struct down_script down;

    if (!prepare_down_script(&down, w, s->entry, from, e))
        return false;
    if (!down.script.read)
        return refuse_no_down(w, s->entry, from, e);
    s->script = down.script;
    s->from = down.from;
    s->path = down.path;
    s->blob = down.blob;
    s->commit = down.commit;
    *unchecked += down.unchecked;
    if (down.from == FROM_FILE && m) {
        if (!source_prepare_down(&s->script, &alone, &w->source, m, e))
            return false;
        s->no_transaction = alone.no_transaction;
    } else {
        alone.up.path = s->path;
        if (!marks_prepare(&alone, &w->source.folders[0].input, &s->script, e))
            return false;
        s->no_transaction = alone.no_transaction;
    }
    return true;
}

/* ---- up scripts ---- */

bool prepare_version_fits(struct workspace *w, const struct migration *m, struct err *e)
{
    size_t length = text_chars(text_from(m->version));

    if (!w->ledger.version_length || length <= (size_t)w->ledger.version_length)
        return true;
    err_set(e, ERR_MIGRATION_FILE, IN_FILE(m->up.path ? m->up.path : m->also.path),
            "the version has %zu characters, and %s takes %d", length, w->ledger.name, w->ledger.version_length);
    return err_hint(e, "rename it to a shorter version");
}

static const char *separator_of(const struct workspace *w)
{
    return w->source.layout == &drizzle_layout ? drizzle_separator : NULL;
}

/* As it is, where the files that it includes can't be had: that is for the day it runs, and no reason not to go up. */
static bool write_includes(struct text *out, struct workspace *w, const struct script *down, struct err *e)
{
    struct text expanded;

    if (!db_expand(&expanded, w->db, down, separator_of(w), w->arena, e)) {
        if (err_is_stop(e->kind))
            return false;
        notice_add(w->notices, NOTICE_WARNING, "down-incomplete", e->at.path ? e->at : IN_FILE(down->path), NULL,
                   "the history's copy of the down script lacks the files that it includes: %s", e->message);
        return true;
    }
    if (expanded.at)
        *out = expanded;
    return true;
}

bool prepare_kept_down(struct text *out, struct workspace *w, const struct migration *m, struct err *e)
{
    struct script down;

    *out = (struct text) { NULL, 0 };
    if (!m->down.path)
        return true;
    if (!scripts_open(&down, &w->source, &m->down, e))
        return false;
    if (down.size <= SCRIPTS_KEPT_MAX)
        return script_whole(out, &down, w->arena, e) && write_includes(out, w, &down, e);
    notice_add(w->notices, NOTICE_NOTE, "down-not-kept", IN_FILE(m->down.path), NULL,
               "the down script has %zu MB, and the history keeps no copy of so large a one: it is found in git",
               down.size / 1000000);
    return true;
}

static bool prepare_up_files(struct step *s, struct workspace *w, const struct migration *m, struct err *e)
{
    s->from = FROM_FILE;
    s->path = m->up.path;
    s->blob = m->up.blob;
    s->no_transaction = m->no_transaction;
    return prepare_kept_down(&s->down, w, m, e);
}

static bool prepare_up(struct step *s, struct workspace *w, struct err *e)
{
    struct migration *m = migration_of(w, s->entry);

    if (!m) {
        err_plain(e, ERR_UNKNOWN_VERSION, "%s can't be applied again: its file is not here", s->entry->id);
        return err_hint(e, "roll it back with `merganser down`, or go to a commit that has its file");
    }
    if (!source_prepare(&s->script, &w->source, m, e))
        return false;
    if ((s->entry->flags & FLAG_UNCOMMITTED) && w->config.policy.uncommitted == POLICY_REFUSE) {
        err_set(e, ERR_POLICY, IN_FILE(m->up.path), "%s is not committed as it stands, and the policy refuses that",
                s->entry->id);
        return err_hint(e, "commit it; the policy is `uncommitted` in merganser.yml");
    }
    return prepare_version_fits(w, m, e) && prepare_up_files(s, w, m, e);
}

static bool raw_sha256(struct step *s, const struct workspace *w, struct err *e)
{
    return w->ledger.kind != LEDGER_DRIZZLE || digest_of(&s->raw_sha256, &s->script, DIGEST_RAW, w->arena, e);
}

/* What the moved row will keep; nothing of it runs. */
static bool prepare_relink(struct step *s, struct workspace *w, struct err *e)
{
    const struct history_entry *applied = s->entry->renamed->record->applied;
    const struct migration *m = s->entry->migration;

    if (!scripts_open(&s->script, &w->source, &m->up, e) || !scripts_sha256(&s->sha256, &s->script, w->arena, e) ||
        !raw_sha256(s, w, e))
        return false;
    s->from = FROM_FILE;
    s->path = m->up.path;
    s->blob = m->up.blob;
    if (strcmp(s->sha256, applied->sha256) != 0) {
        err_set(e, ERR_STALE_PLAN, IN_FILE(m->up.path), "%s was changed while it was being relinked", s->entry->id);
        return err_hint(e, "run this again: it looks anew at what is to do");
    }
    return prepare_version_fits(w, m, e) &&
           history_down_script(&s->down, w->db, &w->ledger.history, applied, w->arena, e);
}

static void say_resumed(struct step *s, struct workspace *w, const struct resume *from)
{
    s->resumed_at = from->done + 1;
    if (from->done < s->statements)
        notice_add(w->notices, NOTICE_NOTE, "resumed", IN_FILE(s->path), NULL, "%s goes on with statement %llu of %llu",
                   s->entry->id, (unsigned long long)s->resumed_at, (unsigned long long)s->statements);
    else
        notice_add(w->notices, NOTICE_NOTE, "resumed", IN_FILE(s->path), NULL,
                   "all statements of %s have run: what is left is to record that", s->entry->id);
}

struct script_request prepare_request(const struct workspace *w, const struct step *s)
{
    return (struct script_request) {
        .script = &s->script,
        .direction = s->direction,
        .version = s->entry->version,
        .ledger = w->ledger.main,
        .no_transaction = s->no_transaction,
        .separator = s->separator,
        .server = w->db->info.version,
    };
}

static bool inspect(struct step *s, struct workspace *w, struct err *e)
{
    struct script_facts *facts = arena_make(w->arena, struct script_facts, 1);
    struct script_request r = prepare_request(w, s);
    struct resume resume;

    r.pooled = w->db->info.pooled;
    if (partial_resume(&resume, s)) {
        resume.chain = digest_chain;
        r.resume = &resume;
    }
    if (!db_inspect(facts, w->db, &r, w->notices, w->arena, e))
        return false;
    s->facts = facts;
    s->statements = facts->statements;
    s->no_transaction = facts->shape == SCRIPT_STATEMENTS;
    if (r.resume)
        say_resumed(s, w, r.resume);
    return scripts_sha256(&s->sha256, &s->script, w->arena, e) && raw_sha256(s, w, e);
}

bool prepare_plan(struct plan *plan, struct workspace *w, enum down_from from, struct err *e)
{
    size_t unchecked = 0;

    for (size_t i = 0; i < plan->len; i++) {
        struct step *s = &plan->at[i];

        if (s->relink) {
            if (!prepare_relink(s, w, e))
                return false;
            continue;
        }
        s->separator = separator_of(w);
        if (!(step_goes_up(s) ? prepare_up(s, w, e) : prepare_down(s, w, from, &unchecked, e)) || !inspect(s, w, e))
            return false;
    }
    if (unchecked)
        notice_add(w->notices, NOTICE_NOTE, "unchecked-down", NOWHERE, NULL,
                   "%zu down script%s taken from the files as they are: nothing was recorded when %s applied",
                   unchecked, unchecked == 1 ? " is" : "s are", unchecked == 1 ? "it was" : "they were");
    return true;
}

/* What only the SQL tells. A script that can't be used is for `up` to refuse, with the warnings that belong to it. */
static bool commits_by_itself(const struct workspace *w, const struct step *up)
{
    struct notices unheard = { .arena = w->arena };
    struct script_request r = prepare_request(w, up);
    struct script_facts facts;
    struct err refused;

    return db_inspect(&facts, w->db, &r, &unheard, w->arena, &refused) && facts.shape == SCRIPT_STATEMENTS;
}

static bool flag_pending(struct workspace *w, struct version_entry *v, struct err *e)
{
    struct migration *m = migration_of(w, v);
    struct step up = { .direction = DIRECTION_UP, .entry = v, .separator = separator_of(w) };

    if (!m || m->unrendered)
        return true;
    if (!source_prepare(&up.script, &w->source, m, e))
        return false;
    if (m->no_transaction || commits_by_itself(w, &up))
        v->flags |= FLAG_NO_TRANSACTION;
    return true;
}

/* Whether prepare_down_script would find one, which need not be read for that. */
static void flag_gone(struct workspace *w, struct version_entry *v)
{
    const struct history_entry *applied = v->record ? v->record->applied : NULL;
    const struct recovered *found = workspace_recovered(w, v);

    v->flags &= ~(unsigned)FLAG_IRREVERSIBLE;
    if (!(applied && applied->has_down) && !(found && found->script.read))
        v->flags |= FLAG_IRREVERSIBLE;
}

bool prepare_gone(struct workspace *w, struct err *e)
{
    if (!workspace_recover(w, e))
        return false;
    for (size_t i = 0; i < w->versions.len; i++) {
        struct version_entry *v = &w->versions.at[i];

        if (!interrupt_check(e))
            return false;
        if (v->state == STATE_MISSING || (v->flags & FLAG_EDITED))
            flag_gone(w, v);
    }
    return true;
}

bool prepare_flags(struct workspace *w, struct err *e)
{
    for (size_t i = 0; i < w->versions.len; i++) {
        struct version_entry *v = &w->versions.at[i];

        if (!interrupt_check(e) || (v->state == STATE_PENDING && !flag_pending(w, v, e)))
            return false;
    }
    return prepare_gone(w, e);
}
