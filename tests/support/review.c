#include "tests/support/review.h"

#include <criterion/criterion.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/layouts/marks.h"

struct told {
    struct arena *arena;
    struct notices notices;
    struct sql_review_request request;
    struct {
        struct config_rule *at;
        size_t len, cap;
    } rules;
    struct {
        struct planned_script *at;
        size_t len, cap;
    } scripts;
};

/* What stands behind `-- KEY` and a blank, or nothing. */
static bool line_says(struct text *rest, struct text line, const char *key)
{
    if (!text_starts(line, "-- ") || !text_starts(text_cut(line, 3, line.len), key))
        return false;
    *rest = text_trim(text_cut(line, 3 + strlen(key), line.len));
    return true;
}

static bool has_word(struct text words, struct text word)
{
    while (words.len) {
        size_t end;

        if (!text_find(words, " ", &end))
            end = words.len;
        if (text_equal(text_cut(words, 0, end), word))
            return true;
        words = text_trim(text_cut(words, end, words.len));
    }
    return false;
}

/* Whoever is not named is off; who is off by itself is a warning when it is named. */
static void choose_rules(struct told *t, struct text names)
{
    for (size_t i = 0; review_rule(i); i++) {
        const struct rule_text *rule = review_rule(i);
        bool named = has_word(names, text_from(rule->name));
        struct config_rule *c;

        if (named && rule->severity != SEVERITY_OFF)
            continue;
        c = arena_push(t->arena, &t->rules);
        c->name.value = rule->name;
        c->severity.value = named ? "warning" : "off";
    }
    t->request.rules = t->rules.at;
    t->request.nrules = t->rules.len;
}

static void read_head(struct told *t, struct text told, const char *rule)
{
    struct text line, value, names = text_from(rule);
    const char *dialect = "postgres";
    uint64_t n = 0;

    t->request.lock_timeout_ms = -1;
    while (text_line(&told, &line) && text_starts(line, "-- ")) {
        if (line_says(&value, line, "dialect:"))
            dialect = arena_cstr(t->arena, value);
        else if (line_says(&value, line, "rules:"))
            names = value;
        else if (line_says(&value, line, "server:") && text_to_u64(value, &n))
            t->request.server = (int)n;
        else if (line_says(&value, line, "lock-timeout:") && text_to_u64(value, &n))
            t->request.lock_timeout_ms = (int64_t)n;
        else if (line_says(&value, line, "apart"))
            t->request.apart = true;
    }
    t->request.dialect = dialect_named(dialect);
    cr_assert(t->request.dialect, "no dialect %s", dialect);
    if (names.at)
        choose_rules(t, names);
}

static void add_script(struct told *t, struct text head, struct text sql)
{
    struct arena *a = t->arena;
    struct migration *m = arena_make(a, struct migration, 1);
    struct script *script = arena_make(a, struct script, 1);
    struct layout_input in = { .arena = a, .notices = &t->notices };
    struct script_request r = { .script = script, .server = t->request.server };
    struct script_facts facts;
    struct notices unheard = { .arena = a };
    struct err e = { 0 };
    size_t end;

    if (!text_find(head, " ", &end))
        end = head.len;
    *m = (struct migration) { .version = arena_cstr(a, text_cut(head, 0, strspn(head.at, "0123456789"))) };
    m->up.path = m->id = arena_cstr(a, text_cut(head, 0, end));
    *script = script_in_memory(m->up.path, sql, a);
    cr_assert(marks_prepare(m, &in, script, &e), "%s", e.message);
    r.version = m->version;
    r.no_transaction = m->no_transaction;
    r.direction = has_word(head, TEXT("down")) ? DIRECTION_DOWN : DIRECTION_UP;
    t->request.nbefore += has_word(head, TEXT("applied"));
    cr_assert(dialect_inspect(&facts, t->request.dialect, &r, &unheard, a, &e), "%s: %s", m->up.path, e.message);
    cr_assert(statements_read(arena_push(a, &t->scripts), t->request.dialect, &r, &facts, m, a, &e), "%s", e.message);
}

static void read_scripts(struct told *t, struct text told)
{
    struct text rest = told, line, name, head = TEXT("1_a.sql");
    size_t begin = 0;
    bool any = false;

    while (text_line(&rest, &line)) {
        if (!line_says(&name, line, "script:"))
            continue;
        if (any)
            add_script(t, head, text_cut(told, begin, (size_t)(line.at - told.at)));
        any = true;
        head = name;
        begin = (size_t)(rest.at - told.at);
    }
    add_script(t, head, text_cut(told, begin, told.len));
    t->request.scripts = t->scripts.at;
    t->request.nscripts = t->scripts.len;
}

static void tell(struct buf *out, const struct finding *f)
{
    buf_printf(out, "%s:%d:%d: %s: %s [%s]\n", f->at.path, f->at.line, f->at.column, severity_word(f->severity),
               f->message, f->rule);
    if (f->hint)
        buf_printf(out, "    hint: %s\n", f->hint);
}

struct text review_told(const char *path, struct text told, const char *rule, struct arena *a)
{
    struct told t = { .arena = a, .notices = { .arena = a } };
    struct review_findings found = { 0 };
    struct buf out = buf_open(a, SIZE_MAX / 2);
    struct err e = { 0 };

    read_head(&t, told, rule);
    read_scripts(&t, told);
    cr_assert(review_sql(&found, &t.request, a, &t.notices, &e), "%s: %s", path, e.message);
    for (size_t i = 0; i < found.len; i++)
        tell(&out, &found.at[i]);
    for (size_t i = 0; i < t.notices.len; i++)
        if (t.notices.at[i].level == NOTICE_WARNING)
            buf_printf(&out, "%s:%d:%d: %s: %s\n", t.notices.at[i].at.path, t.notices.at[i].at.line,
                       t.notices.at[i].at.column, t.notices.at[i].code, t.notices.at[i].message);
    return buf_content(&out);
}
