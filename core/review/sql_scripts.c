/* Which scripts a review takes apart for the SQL rules, and how they are read. */
#include "core/base/interrupt.h"
#include "core/base/script.h"
#include "core/base/text.h"
#include "core/review/rule.h"
#include "core/review/sql.h"
#include "core/scripts.h"

enum {
    /* A larger script that is not looked at holds rows, and would only say what they lie in. */
    BEFORE_MAX = 256 * 1024,
    /* What older ones have made is not worth the seconds. */
    BEFORE_MOST = 2000,
};

struct reading {
    struct review *review;
    struct source *source;
    const struct dialect *dialect;
    struct notices unheard;
    struct {
        struct planned_script *at;
        size_t len, cap;
    } scripts;
};

/* ---- which dialect ---- */

/* Words that only one dialect knows; MySQL's so that nothing is said of scripts that were not understood. */
static const struct {
    const char *word, *dialect;
} tells[] = {
    { "autoincrement", "sqlite" }, { "pragma", "sqlite" },       { "without rowid", "sqlite" },
    { "auto_increment", "mysql" }, { "engine=innodb", "mysql" }, { "engine = innodb", "mysql" },
};

static bool has_word(struct text sql, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= sql.len; i++)
        if (text_lower(sql.at[i]) == word[0] && text_is_nocase(text_cut(sql, i, i + len), word) &&
            (i == 0 || !text_is_word(sql.at[i - 1])) && (i + len == sql.len || !text_is_word(sql.at[i + len])))
            return true;
    return false;
}

/* The name of the dialect that the scripts are written in, as far as they tell. */
static bool dialect_told(const char **name, const struct review *r, struct err *e)
{
    const char *journal = r->head.has_journal ? r->head.journal.dialect : "";

    *name = "postgres";
    if (*journal) {
        *name = strcmp(journal, "postgresql") == 0 || strcmp(journal, "pg") == 0 ? "postgres" : journal;
        return true;
    }
    for (size_t i = 0; i < r->nsubjects; i++) {
        const struct migration *m = r->subjects[i].m;
        struct text sql;

        if (!r->subjects[i].looked_at || !m->up.path)
            continue;
        if (!source_read(&sql, r->head.source, &m->up, e))
            return false;
        for (size_t k = 0; k < sizeof tells / sizeof *tells; k++)
            if (has_word(text_cut(sql, 0, BEFORE_MAX), tells[k].word)) {
                *name = tells[k].dialect;
                return true;
            }
    }
    return true;
}

/* ---- reading ---- */

/* What `up` would refuse is a finding at its place. */
static void add_unreadable(struct reading *g, const struct migration *m, const char *path, const struct err *e)
{
    struct review *r = g->review;
    struct finding *f;

    if (rules_severity(&rule_unreadable_script, r->request->rules, r->request->nrules) == SEVERITY_OFF)
        return;
    f = finding_add(r, &rule_unreadable_script, m, e->at.path ? e->at.path : path, "%s", e->message);

    f->at.line = e->at.line ? e->at.line : 1;
    f->at.column = e->at.column ? e->at.column : 1;
    if (*e->hint)
        finding_hint(r, f, "%s", e->hint);
}

/* inspect: as `up` would, which says too whether it would refuse it. */
static bool take_apart(struct reading *g, const struct migration *m, const struct script *script,
                       enum direction direction, bool inspect, struct err *e)
{
    const struct review_request *q = g->review->request;
    struct arena *a = g->review->arena;
    struct script_facts facts = { 0 };
    struct script_request r = {
        .script = script,
        .direction = direction,
        .version = m->version,
        .ledger = q->ledger,
        .no_transaction = m->no_transaction,
        .separator = m->separator,
        .server = q->server,
    };
    struct planned_script planned;

    if ((inspect && !dialect_inspect(&facts, g->dialect, &r, &g->unheard, a, e)) ||
        !statements_read(&planned, g->dialect, &r, &facts, m, a, e))
        return false;
    *arena_push(a, &g->scripts) = planned;
    return true;
}

/* What has run already, for what it has made. One that can't be read says nothing. */
static bool read_before(struct reading *g, const struct migration *m, struct err *e)
{
    struct script script;
    struct err unseen;

    if (!scripts_open(&script, g->source, &m->up, e))
        return false;
    if (script.size <= BEFORE_MAX && !take_apart(g, m, &script, DIRECTION_UP, false, &unseen) &&
        err_is_stop(unseen.kind)) {
        *e = unseen;
        return false;
    }
    return true;
}

static bool read_script(struct reading *g, const struct migration *m, enum direction direction, struct err *e)
{
    struct migration *prepared = arena_make(g->review->arena, struct migration, 1), down;
    struct script *script = arena_make(g->review->arena, struct script, 1);
    bool ok;

    *prepared = *m;
    if (direction == DIRECTION_UP) {
        ok = source_prepare(script, g->source, prepared, e);
    } else {
        ok = source_prepare_down(script, &down, g->source, m, e);
        prepared->no_transaction = ok && down.no_transaction;
    }
    if (ok && take_apart(g, prepared, script, direction, true, e))
        return true;
    if (err_is_stop(e->kind) || e->kind == ERR_GIT || e->kind == ERR_SYSTEM)
        return false;
    add_unreadable(g, m, direction == DIRECTION_UP ? m->up.path : m->down.path, e);
    return true;
}

static bool read_all(struct reading *g, size_t *before, struct err *e)
{
    const struct review *r = g->review;
    size_t oldest = r->nsubjects > BEFORE_MOST ? r->nsubjects - BEFORE_MOST : 0;

    for (size_t i = oldest; i < r->nsubjects; i++)
        if (!r->subjects[i].looked_at && r->subjects[i].m->up.path &&
            (!interrupt_check(e) || !read_before(g, r->subjects[i].m, e)))
            return false;
    *before = g->scripts.len;
    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].looked_at && r->subjects[i].m->up.path &&
            (!interrupt_check(e) || !read_script(g, r->subjects[i].m, DIRECTION_UP, e)))
            return false;
    for (size_t i = r->nsubjects; i > 0; i--)
        if (r->subjects[i - 1].looked_at && r->subjects[i - 1].m->down.path &&
            (!interrupt_check(e) || !read_script(g, r->subjects[i - 1].m, DIRECTION_DOWN, e)))
            return false;
    return true;
}

static bool any_to_read(const struct review *r)
{
    for (size_t i = 0; i < r->nsubjects; i++)
        if (r->subjects[i].looked_at && (r->subjects[i].m->up.path || r->subjects[i].m->down.path))
            return true;
    return false;
}

bool review_scripts(struct review *r, const char **unread, struct err *e)
{
    const struct review_request *q = r->request;
    struct reading g = { .review = r, .source = r->head.source, .dialect = q->dialect };
    struct sql_review_request s = {
        .server = q->server,
        .lock_timeout_ms = q->lock_timeout_ms,
        .rules = q->rules,
        .nrules = q->nrules,
        .ignore = q->ignore,
        .apart = r->all,
    };
    const char *name;

    *unread = NULL;
    g.unheard.arena = r->arena;
    if (!any_to_read(r))
        return true;
    if (!g.dialect) {
        if (!dialect_told(&name, r, e))
            return false;
        g.dialect = dialect_named(name);
    }
    if (!g.dialect) {
        *unread = arena_printf(r->arena, "the scripts are %s's, which this release does not read",
                               text_shown(r->arena, text_from(name)));
        notice_add(r->notices, NOTICE_NOTE, "sql-not-reviewed", NOWHERE,
                   "where it is another dialect's, say so: `--dialect postgres`", "no SQL rule has run: %s", *unread);
        return true;
    }
    if (!read_all(&g, &s.nbefore, e))
        return false;
    s.dialect = g.dialect;
    s.scripts = g.scripts.at;
    s.nscripts = g.scripts.len;
    return review_sql(&r->findings, &s, r->arena, r->notices, e);
}
