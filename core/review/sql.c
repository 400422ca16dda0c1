#include "core/review/sql.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/review/sql_ignore.h"
#include "core/review/sql_rule.h"

struct sql_reviewing {
    struct review_findings *findings;
    struct arena *arena;
    struct notices *notices;
    struct sql_ignores ignores; /* of the script */
};

/* ---- what rules are given ---- */

/* Names of objects stand in it: safe on a terminal whatever they hold. */
__attribute__((format(printf, 2, 0))) static const char *shown(const struct sql_look *l, const char *fmt, va_list ap)
{
    return text_shown(l->reviewing->arena, text_from(arena_vprintf(l->reviewing->arena, fmt, ap)));
}

/* Behind the word that begins at `at`, a quoted one too. */
static size_t word_end(struct text source, size_t at)
{
    bool quoted = at < source.len && source.at[at] == '"';
    size_t end = at + quoted;

    while (end < source.len && (quoted ? source.at[end] != '"' : text_is_word(source.at[end])))
        end++;
    return end + (quoted && end < source.len);
}

static void place(const struct sql_look *l, struct finding *f, const struct action *a)
{
    const struct planned_statement *p = l->statement;
    struct text source = l->script->source.at ? text_cut(l->script->source, p->from, p->to) : (struct text) { 0 };
    size_t from = a && a->at < source.len ? a->at : 0;
    struct pos end;

    f->at = pos_behind(p->at, text_cut(source, 0, from));
    end = pos_behind(f->at, text_cut(source, from, from ? word_end(source, from) : source.len));
    f->at.path = text_shown(l->reviewing->arena, text_from(p->at.path));
    if (!source.at)
        return;
    f->end_line = end.line;
    f->end_column = end.column;
}

/* Nobody plans to go down: what is found there is one step milder, unless somebody says otherwise. */
static enum severity severity_here(const struct sql_look *l)
{
    enum severity s = rules_severity(l->rule, l->request->rules, l->request->nrules);

    return l->script->direction == DIRECTION_DOWN && s == l->rule->text.severity && s > SEVERITY_INFO ? s - 1 : s;
}

static struct finding *add(struct sql_look *l, const struct action *a, const char *message)
{
    struct finding *f = arena_push(l->reviewing->arena, l->reviewing->findings);

    *f = (struct finding) {
        .rule = l->rule->text.name,
        .severity = severity_here(l),
        .version = l->script->migration ? l->script->migration->version : NULL,
        .message = message,
    };
    place(l, f, a);
    return f;
}

struct finding *sql_find(struct sql_look *l, const struct action *a, const char *fmt, ...)
{
    const char *message;
    va_list ap;

    va_start(ap, fmt);
    message = shown(l, fmt, ap);
    va_end(ap);
    return add(l, a, message);
}

void sql_hint(struct sql_look *l, struct finding *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    f->hint = shown(l, fmt, ap);
    va_end(ap);
}

void sql_doubt(struct sql_look *l, struct finding *f)
{
    f->severity = SEVERITY_INFO;
    f->message = arena_printf(l->reviewing->arena, "%s (where it was there before)", f->message);
}

struct finding *sql_find_on_table(struct sql_look *l, const struct action *a, const char *schema, const char *table,
                                  const char *fmt, ...)
{
    enum sql_age age = known_table_age(l->known, schema, table);
    struct finding *f;
    const char *message;
    va_list ap;

    if (age == SQL_NEW)
        return NULL;
    va_start(ap, fmt);
    message = shown(l, fmt, ap);
    va_end(ap);
    f = add(l, a, message);
    if (age == SQL_PERHAPS_NEW)
        sql_doubt(l, f);
    return f;
}

const char *sql_name(const struct sql_look *l, const char *schema, const char *name)
{
    return schema ? arena_printf(l->reviewing->arena, "%s.%s", schema, name) : name ? name : "?";
}

const struct action *sql_column_of(const struct sql_look *l, const struct action *a)
{
    if (!(a->flags & ACTION_WITHIN) || a->object != OBJECT_CONSTRAINT)
        return NULL;
    while (a > l->statement->actions.at)
        if ((--a)->object == OBJECT_COLUMN)
            return a;
    return NULL;
}

bool sql_is_part_of_create(const struct sql_look *l, const struct action *a)
{
    const struct action *first = l->statement->actions.at;

    return (a->flags & ACTION_WITHIN) && first->verb == ACTION_CREATE && first->object == OBJECT_TABLE;
}

static bool shares(const struct sql_look *l, const struct planned_statement *p)
{
    const struct planned_statement *own = l->statement;

    return p->transactional && own->transactional && p->segment == own->segment &&
           (p == own || !l->script->segments.at[p->segment].each);
}

bool sql_same_transaction(const struct sql_look *l, const struct sql_object *made)
{
    return made->script == l->script && shares(l, made->statement);
}

const struct planned_statement *sql_transaction_begin(const struct sql_look *l)
{
    const struct planned_statement *first = l->statement;

    while (first > l->script->at && shares(l, first - 1))
        first--;
    return first;
}

/* 1: it is set, 0: set to none, -1: the script does not say. */
static int is_set(const struct sql_look *l, const char *name)
{
    const char *value = known_setting(l->known, name);
    struct text digits = text_from(value);

    if (!value)
        return -1;
    if (digits.len && digits.at[0] == '"')
        digits = text_cut(digits, 1, digits.len - 1);
    return digits.len && digits.at[0] >= '1' && digits.at[0] <= '9';
}

bool sql_lock_timeout_holds(const struct sql_look *l)
{
    int by_script = is_set(l, "lock_timeout");

    return by_script >= 0 ? by_script : l->request->lock_timeout_ms != 0;
}

bool sql_statement_timeout_holds(const struct sql_look *l)
{
    return is_set(l, "statement_timeout") == 1;
}

bool sql_asked_no_transaction(const struct sql_look *l)
{
    return l->script->migration && l->script->migration->no_transaction;
}

bool sql_server_before(const struct sql_look *l, int version)
{
    return l->request->server && l->request->server < version;
}

/* ---- the walk ---- */

static bool applies(const struct sql_look *l, const struct rule *rule)
{
    if (!rule->statement && !rule->action)
        return false;
    if (l->script->direction == DIRECTION_DOWN && !rule->down)
        return false;
    if (!rule->everywhere && strcmp(l->request->dialect->name, "postgres") != 0)
        return false;
    return rules_severity(rule, l->request->rules, l->request->nrules) != SEVERITY_OFF;
}

/* action NULL: what a rule says of the whole statement. */
static void run_rules(struct sql_look *l, const struct action *a)
{
    struct review_findings *found = l->reviewing->findings;

    for (const struct rule *const *rule = rules_list(); *rule; rule++) {
        size_t before = found->len;

        l->rule = *rule;
        if (!applies(l, *rule))
            continue;
        if (a && (*rule)->action)
            (*rule)->action(l, a);
        if (!a && (*rule)->statement)
            (*rule)->statement(l);
        if (found->len > before && sql_ignores_cover(&l->reviewing->ignores, l->rule->text.name, l->statement))
            found->len = before;
    }
}

static void look_at_statement(struct sql_look *l, bool reviewed)
{
    const struct planned_statement *p = l->statement;

    known_next_statement(l->known, l->script, p);
    if (reviewed)
        run_rules(l, NULL);
    for (size_t i = 0; i < p->actions.len; i++) {
        if (reviewed)
            run_rules(l, &p->actions.at[i]);
        known_learn(l->known, &p->actions.at[i]);
    }
}

static bool look_at_script(struct sql_look *l, bool reviewed, struct err *e)
{
    struct sql_reviewing *v = l->reviewing;

    known_next_script(l->known);
    sql_ignores_read(&v->ignores, l->script, l->request->ignore, v->arena, reviewed ? v->notices : NULL);
    for (size_t i = 0; i < l->script->len; i++) {
        if (!interrupt_check(e))
            return false;
        l->statement = &l->script->at[i];
        look_at_statement(l, reviewed && !v->ignores.all);
    }
    return true;
}

bool review_sql(struct review_findings *out, const struct sql_review_request *r, struct arena *a,
                struct notices *notices, struct err *e)
{
    struct sql_reviewing reviewing = { .findings = out, .arena = a, .notices = notices };
    struct sql_look l = { .request = r, .known = known_open(a), .reviewing = &reviewing };

    if (!rules_check_configured(r->rules, r->nrules, a, e))
        return false;
    for (size_t i = 0; i < r->nscripts; i++) {
        l.script = &r->scripts[i];
        /* What goes down undoes what is there. */
        if (i > 0 && (i <= r->nbefore || r->apart || l.script->direction == DIRECTION_DOWN))
            known_next_plan(l.known);
        if (!look_at_script(&l, i >= r->nbefore, e))
            return false;
    }
    findings_sort(out);
    return true;
}
