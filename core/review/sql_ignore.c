#include "core/review/sql_ignore.h"

#include <fnmatch.h>

#include "core/base/text.h"
#include "core/layouts/marks.h"
#include "core/review/rule.h"

struct marks {
    struct sql_ignores *out;
    const struct planned_script *script;
    struct arena *arena;
    struct notices *notices;
};

static void warn(const struct marks *m, size_t at, const char *code, const char *hint, const char *message)
{
    if (m->notices)
        notice_add(m->notices, NOTICE_WARNING, code,
                   pos_from_byte(text_shown(m->arena, text_from(m->script->path)), m->script->source, at, 1), hint,
                   "%s", message);
}

/* *covers: there is a statement that the mark is for; only NULL: all of them. */
static void take(struct marks *m, size_t at, struct text line, bool covers, const struct planned_statement *only)
{
    struct text rule, reason;
    const char *name, *nearest;

    if (!marks_ignore(&rule, &reason, line))
        return;
    name = text_shown(m->arena, rule);
    if (!rules_find(name)) {
        nearest = rules_nearest(name, m->arena);
        warn(m, at, "unknown-rule", nearest ? arena_printf(m->arena, "did you mean `%s`?", nearest) : NULL,
             arena_printf(m->arena, "there is no rule '%s'", name));
    } else if (!reason.len) {
        warn(m, at, "ignore-without-reason", NULL,
             arena_printf(m->arena, "a rule is ignored with a reason: `-- merganser: ignore %s REASON`", name));
    } else if (covers) {
        *arena_push(m->arena, m->out) = (struct sql_ignore) { .rule = rule, .only = only };
    } else if (rules_find(name)->statement || rules_find(name)->action) {
        warn(m, at, "ignores-nothing", "put it above the statement that it is about",
             arena_printf(m->arena, "no statement follows, so %s is ignored for none", name));
    }
}

/* The marks of the lines from `from` on, up to `to`. */
static void take_lines(struct marks *m, size_t from, size_t to, bool covers, const struct planned_statement *only)
{
    struct text rest = text_cut(m->script->source, from, to), line;
    const char *begin = m->script->source.at;

    while (text_line(&rest, &line))
        take(m, (size_t)(line.at - begin), line, covers, only);
}

/* Where the line that a statement ends in goes on behind it: what is said there is said of that statement. */
static size_t take_behind(struct marks *m, const struct planned_statement *p)
{
    struct text source = m->script->source;
    size_t at = p->to, to;
    const char *end;

    while (at < source.len && source.at[at] != '\n' &&
           (source.at[at] == ';' || source.at[at] == ' ' || source.at[at] == '\t'))
        at++;
    if (at + 1 >= source.len || source.at[at] != '-' || source.at[at + 1] != '-')
        return p->to;
    end = memchr(source.at + at, '\n', source.len - at);
    to = end ? (size_t)(end - source.at) : source.len;
    take_lines(m, at, to, true, p);
    return to;
}

static bool is_ignored_path(const char *path, const char *const *patterns)
{
    for (; patterns && *patterns; patterns++)
        if (fnmatch(*patterns, path, FNM_PATHNAME | FNM_LEADING_DIR) == 0)
            return true;
    return false;
}

void sql_ignores_read(struct sql_ignores *out, const struct planned_script *s, const char *const *patterns,
                      struct arena *a, struct notices *notices)
{
    struct marks m = { .out = out, .script = s, .arena = a, .notices = notices };
    size_t passed = 0;

    *out = (struct sql_ignores) { .all = is_ignored_path(s->path, patterns) };
    if (!s->source.at)
        return;
    for (size_t i = 0; i < s->len; i++) {
        const struct planned_statement *p = &s->at[i];

        take_lines(&m, passed, p->from, true, i ? p : NULL);
        take_lines(&m, p->from, p->to, true, p);
        passed = take_behind(&m, p);
    }
    take_lines(&m, passed, s->source.len, !s->len, NULL);
}

bool sql_ignores_cover(const struct sql_ignores *ignores, const char *rule, const struct planned_statement *p)
{
    for (size_t i = 0; i < ignores->len; i++)
        if ((!ignores->at[i].only || ignores->at[i].only == p) && text_is(ignores->at[i].rule, rule))
            return true;
    return false;
}
