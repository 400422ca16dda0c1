#include "dialects/postgres/evidence.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/describe.h"
#include "dialects/postgres/reader.h"

enum {
    SHOWN_MAX = 100, /* characters of a statement */
    EXAMINED_MAX = 10000,
};

struct examining {
    struct pg *pg;
    struct arena *arena;
    struct evidences *out;
    struct examined_list actions;
    const char *search_path; /* that the statements read so far have set */
};

/* What one action tells of its statement. */
struct finding {
    enum evidence_label label;
    const char *why;
    bool silent; /* it is there, as a part of something that says so itself */
};

/* ---- reading the script ---- */

/* Names that follow are found by the path that was set before them. */
static void follow_session(struct examining *x, const struct action *s)
{
    if (s->verb != ACTION_SESSION || !s->name || strcmp(s->name, "search_path") != 0)
        return;
    x->search_path = s->new_name ? s->new_name : "DEFAULT";
}

/* All that it does says IF EXISTS or IF NOT EXISTS. */
static bool looks_first(const struct actions *list)
{
    bool all = list->known && list->len;

    for (size_t i = 0; i < list->len; i++)
        all = all && (list->at[i].flags & (ACTION_IF_EXISTS | ACTION_IF_NOT_EXISTS | ACTION_WITHIN));
    return all;
}

static void read_statement(struct examining *x, const struct read_statement *s)
{
    struct evidence *v = arena_push(x->arena, x->out);
    struct actions list;

    *v = (struct evidence) { .statement = s->nth,
                             .at = s->at,
                             .sql = pg_sql_shown(x->pg, s->sql.at, SHOWN_MAX, x->arena),
                             .label = EVIDENCE_UNCLEAR };
    postgres_describe(&list, s->sql, x->arena);
    v->repeats = (s->marks & MARK_REPEATS) || looks_first(&list);
    if (!list.known)
        v->why = "PostgreSQL 15's grammar does not know the statement: nobody can tell";
    for (size_t i = 0; i < list.len; i++) {
        struct examined *e = arena_push(x->arena, &x->actions);

        *e = (struct examined) { .action = list.at[i], .statement = x->out->len - 1 };
        e->here.search_path = e->there.search_path = x->search_path;
        follow_session(x, &list.at[i]);
    }
}

/* Up to a number that nobody would read through. */
static bool read_all(struct examining *x, struct reader *r, struct err *e)
{
    struct read_statement s;
    bool more = true;

    while (x->out->len < EXAMINED_MAX) {
        if (!interrupt_check(e) || !reader_next(&s, &more, r, e))
            return false;
        if (!more)
            break;
        if (!s.dropped)
            read_statement(x, &s);
    }
    return true;
}

static bool read_script(struct examining *x, const struct script_request *r, struct err *e)
{
    struct pg_script script;
    struct reader *reader;
    bool ok;

    if (!script_read(&script, r, x->arena, e) || !reader_open(&reader, &script, x->arena, e))
        return false;
    ok = read_all(x, reader, e);
    reader_close(reader);
    return ok;
}

/* ---- asking ---- */

/* Those that a column, type or relation shows; ask_column() and its like look for just these. */
static bool is_seen(enum action_change c)
{
    switch (c) {
    case CHANGE_TYPE:
    case CHANGE_SET_NOT_NULL:
    case CHANGE_DROP_NOT_NULL:
    case CHANGE_SET_DEFAULT:
    case CHANGE_DROP_DEFAULT:
    case CHANGE_VALIDATE:
    case CHANGE_ATTACH:
    case CHANGE_DETACH:
    case CHANGE_OWNER:
    case CHANGE_ROW_SECURITY:
    case CHANGE_NO_ROW_SECURITY:
        return true;
    default:
        return false;
    }
}

static bool asks(const struct action *a)
{
    switch (a->verb) {
    case ACTION_CREATE:
        return !(a->flags & ACTION_TEMPORARY);
    case ACTION_DROP:
    case ACTION_RENAME:
    case ACTION_MOVE:
        return true;
    case ACTION_ALTER:
        return is_seen(a->change);
    case ACTION_COMMENT:
        return a->object == OBJECT_COLUMN || a->object == OBJECT_TABLE || a->object == OBJECT_VIEW ||
               a->object == OBJECT_MATERIALIZED_VIEW || a->object == OBJECT_INDEX;
    default:
        return false;
    }
}

static void question(struct examining *x, struct examined *e)
{
    struct action here = e->action, there;
    bool renamed;

    examined_order(&there, &renamed, e, &x->actions);
    /* Of a rename it matters whether the two names are there, and of what is changed further, whether it is. */
    if (e->action.verb == ACTION_RENAME || e->action.verb == ACTION_MOVE || e->changed_behind)
        here.verb = there.verb =
            here.verb == ACTION_CREATE && here.object == OBJECT_INDEX ? ACTION_CREATE : ACTION_DROP;
    probe_make(&e->here, x->pg, &here, x->arena);
    if (renamed || e->action.verb == ACTION_RENAME || e->action.verb == ACTION_MOVE)
        probe_make(&e->there, x->pg, &there, x->arena);
}

static bool ask(struct examining *x, struct err *e)
{
    struct probe **probes = arena_make(x->arena, struct probe *, x->actions.len * 2);
    size_t n = 0;

    for (size_t i = 0; i < x->actions.len; i++) {
        struct examined *one = &x->actions.at[i];

        if (!interrupt_check(e))
            return false;
        if (!asks(&one->action))
            continue;
        question(x, one);
        if (one->here.sql)
            probes[n++] = &one->here;
        if (one->there.sql)
            probes[n++] = &one->there;
    }
    return probes_ask(x->pg, probes, n, x->arena, e);
}

/* ---- concluding ---- */

static struct finding say(const struct examining *x, enum evidence_label label, const char *why,
                          const struct examined *other, const char *what)
{
    if (other)
        why = arena_printf(x->arena, "%s; line %d %s", why, x->out->at[other->statement].at.line, what);
    return (struct finding) { .label = label, .why = why };
}

static bool is_there(const struct probe *p)
{
    return p->state == PROBE_PRESENT || p->state == PROBE_FLAWED || p->state == PROBE_DOUBTFUL;
}

/* A statement that replaces what is there leaves no trace where the catalog does not keep its text. */
static bool replaces_unseen(const struct action *a)
{
    return (a->flags & ACTION_OR_REPLACE) && !a->body;
}

static struct finding of_create(const struct examining *x, const struct examined *e)
{
    const struct probe *p = is_there(&e->there) ? &e->there : &e->here;
    bool remains = e->action.object == OBJECT_INDEX || e->action.object == OBJECT_CONSTRAINT ||
                   (e->action.flags & ACTION_OR_REPLACE);

    if (p->state == PROBE_ABSENT && e->dropped_behind)
        return say(x, EVIDENCE_UNCLEAR, p->words, e->dropped_behind, "drops it again, or it was never made");
    if (p->state == PROBE_ABSENT)
        return say(x, EVIDENCE_NOT_DONE, p->words, NULL, NULL);
    if (p->state == PROBE_FLAWED)
        return say(x, remains ? EVIDENCE_NOT_DONE : EVIDENCE_UNCLEAR, p->words, NULL, NULL);
    if (e->dropped_before && !(p->state == PROBE_PRESENT && e->action.body))
        return say(x, EVIDENCE_UNCLEAR, p->words, e->dropped_before, "takes one of that name away: it may be that one");
    if (e->made_behind)
        return say(x, EVIDENCE_UNCLEAR, p->words, e->made_behind, "makes it too");
    if (p->state == PROBE_PRESENT && !replaces_unseen(&e->action))
        return (struct finding) { .label = EVIDENCE_DONE, .why = p->words, .silent = e->action.flags & ACTION_WITHIN };
    return say(x, EVIDENCE_UNCLEAR,
               replaces_unseen(&e->action) ? arena_printf(x->arena, "%s, but may be the one before", p->words)
                                           : arena_printf(x->arena, "%s, but not as this makes it", p->words),
               NULL, NULL);
}

static struct finding of_drop(const struct examining *x, const struct examined *e)
{
    bool there = is_there(&e->here) || is_there(&e->there);
    const struct probe *p = is_there(&e->there) ? &e->there : &e->here;

    if (there && e->made_behind)
        return say(x, EVIDENCE_UNCLEAR, p->words, e->made_behind, "makes it again");
    if (there)
        return say(x, EVIDENCE_NOT_DONE, p->words, NULL, NULL);
    if (e->made_before)
        return say(x, EVIDENCE_UNCLEAR, p->words, e->made_before, "makes it, or has not yet");
    return say(x, EVIDENCE_DONE, p->words, NULL, NULL);
}

static struct finding of_rename(const struct examining *x, const struct examined *e)
{
    bool before = is_there(&e->here), after = is_there(&e->there);
    const char *both = arena_printf(x->arena, "%s, and %s", e->there.words, e->here.words);

    if (before == after)
        return say(x, EVIDENCE_UNCLEAR, both, NULL, NULL);
    return say(x, after ? EVIDENCE_DONE : EVIDENCE_NOT_DONE, both, NULL, NULL);
}

static struct finding of_change(const struct examining *x, const struct examined *e)
{
    const struct probe *p = is_there(&e->there) ? &e->there : &e->here;
    bool detaches = e->action.change == CHANGE_DETACH;

    if (e->action.change == CHANGE_ATTACH || detaches)
        return say(x, is_there(p) == detaches ? EVIDENCE_NOT_DONE : EVIDENCE_DONE, p->words, NULL, NULL);
    switch (p->state) {
    case PROBE_PRESENT:
        return e->changed_behind ? say(x, EVIDENCE_UNCLEAR, "a later statement changes it further", NULL, NULL)
                                 : say(x, EVIDENCE_DONE, p->words, NULL, NULL);
    case PROBE_FLAWED:
        return say(x, EVIDENCE_NOT_DONE, p->words, NULL, NULL);
    default:
        return say(x, EVIDENCE_UNCLEAR, p->words, e->dropped_behind, "drops it");
    }
}

/* Of what leaves no trace in the catalog. */
static const char *untold(const struct action *a)
{
    switch (a->verb) {
    case ACTION_DATA:
        return "it changes data: nobody can tell";
    case ACTION_MAINTAIN:
        return "it leaves no trace, and does no harm twice";
    case ACTION_READ:
        return "a query leaves no trace of its own";
    case ACTION_RUN:
        return "it runs code: nobody can tell";
    case ACTION_SESSION:
        return "it holds for its session, which is gone";
    case ACTION_CONTROL:
        return "it begins or ends a transaction";
    case ACTION_GRANT:
    case ACTION_REVOKE:
        return "rights are not compared";
    case ACTION_CREATE:
        return a->flags & ACTION_TEMPORARY ? "a temporary object is gone with its session"
                                           : "the catalog is not asked about an object of this kind";
    default:
        return "the catalog is not asked about a change of this kind";
    }
}

static struct finding conclude(const struct examining *x, const struct examined *e)
{
    if (!e->here.sql && (e->action.flags & ACTION_WITHIN))
        return (struct finding) { .label = EVIDENCE_DONE, .silent = true };
    if (!e->here.sql)
        return say(x, EVIDENCE_UNCLEAR, untold(&e->action), NULL, NULL);
    if (e->here.state == PROBE_FAILED || e->there.state == PROBE_FAILED)
        return say(x, EVIDENCE_UNCLEAR,
                   arena_printf(x->arena, "the server did not say: %s",
                                e->here.state == PROBE_FAILED ? e->here.words : e->there.words),
                   NULL, NULL);
    switch (e->action.verb) {
    case ACTION_CREATE:
        return of_create(x, e);
    case ACTION_DROP:
        return of_drop(x, e);
    case ACTION_RENAME:
    case ACTION_MOVE:
        return of_rename(x, e);
    default:
        return of_change(x, e);
    }
}

/* A statement is done or not as a whole: findings that differ leave it open. What is within a table that is not there
 * tells nothing more. */
static void add_finding(const struct examining *x, struct evidence *v, bool first, const struct examined *e)
{
    struct finding f = conclude(x, e);
    bool within = e->action.flags & ACTION_WITHIN;

    if (first) {
        v->label = f.label;
        v->why = f.why;
        return;
    }
    if (f.silent || (within && (v->label != EVIDENCE_DONE || f.label == EVIDENCE_UNCLEAR)))
        return;
    v->label = v->label == f.label ? v->label : EVIDENCE_UNCLEAR;
    if (f.why && strcmp(f.why, v->why) != 0)
        v->why = arena_printf(x->arena, "%s; %s", v->why, f.why);
}

bool postgres_examine(struct evidences *out, struct db *db, const struct script_request *r, struct arena *a,
                      struct err *e)
{
    struct examining x = { .pg = (struct pg *)db, .arena = a, .out = out };
    size_t last = SIZE_MAX;

    if (!read_script(&x, r, e) || !ask(&x, e))
        return false;
    for (size_t i = 0; i < x.actions.len; i++) {
        size_t statement = x.actions.at[i].statement;

        add_finding(&x, &out->at[statement], statement != last, &x.actions.at[i]);
        last = statement;
    }
    for (size_t i = 0; i < out->len; i++)
        if (!out->at[i].why)
            out->at[i].why = "nothing is known of it";
    return true;
}
