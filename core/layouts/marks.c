#include "core/layouts/marks.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/patterns.h"

enum { OURS_NO_TRANSACTION = 1, OURS_UNKNOWN, FIRST_TOOL };

enum { LINES_BETWEEN_LOOKS = 1 << 14 };

static const char *const tools[] = { "dbmate", "goose", "sql-migrate", "node-pg-migrate", "tern", "graphile-migrate" };

static const struct rule rules[] = {
    { OURS_NO_TRANSACTION, "--[ \\t]*merganser:[ \\t]*no-transaction[ \\t]*" },
    { OURS_UNKNOWN, "--[ \\t]*(?i:merganser)[ \\t]*:[ \\t]*(.*?)[ \\t]*" },
    { FIRST_TOOL, "--[ \\t]*migrate:(?:up|down)(?:[ \\t].*)?" },
    { FIRST_TOOL + 1, "--[ \\t]*(?i:\\+goose)(?:[ \\t].*)?" },
    { FIRST_TOOL + 2, "--[ \\t]*\\+migrate(?:[ \\t].*)?" },
    { FIRST_TOOL + 3, "--[ \\t-]*(?i:(?:up|down)[ \\t]+migration)[ \\t:-]*" },
    { FIRST_TOOL + 4, "----[ \\t]*create above / drop below[ \\t]*----[ \\t]*" },
    { FIRST_TOOL + 5, "--![ \\t]*Previous:.*" },
};

struct scan {
    struct patterns *patterns;
    struct migration *m;
    const struct layout_input *in;
    struct text script;
    size_t body; /* where the first statement begins; the script's end where there is none */
};

static size_t line_end(struct text script, size_t at)
{
    const char *end = memchr(script.at + at, '\n', script.len - at);

    return end ? (size_t)(end - script.at) : script.len;
}

/* Behind a block comment that begins at `at`; they nest, as PostgreSQL's do. */
static size_t block_end(struct text script, size_t at)
{
    size_t depth = 0;

    for (; at < script.len; at++) {
        struct text here = text_cut(script, at, at + 2);

        if (text_is(here, "/*")) {
            depth++;
            at++;
        } else if (text_is(here, "*/")) {
            at++;
            if (--depth == 0)
                return at + 1;
        }
    }
    return script.len;
}

static void warn_mark(const struct scan *s, size_t at, const char *what)
{
    struct text path = text_from(s->m->up.path);
    struct pos place = pos_from_byte(text_shown(s->in->arena, path), s->script, at, 1);

    notice_add(s->in->notices, NOTICE_WARNING, "unknown-mark", place,
               "the one mark there is, `-- merganser: no-transaction`, stands before the first statement", "%s", what);
}

static bool our_mark(struct scan *s, size_t at, struct err *e)
{
    struct text line = text_trim(text_cut(s->script, at, line_end(s->script, at)));
    struct text word[PATTERN_GROUPS];
    int kind;

    if (!patterns_match(&kind, word, s->patterns, line, e))
        return false;
    if (kind == OURS_NO_TRANSACTION)
        s->m->no_transaction = true;
    if (kind == OURS_UNKNOWN)
        warn_mark(s, at, arena_printf(s->in->arena, "merganser knows no mark '%s'", text_shown(s->in->arena, word[0])));
    return true;
}

/* Walks over blanks and comments to the first statement, reading our marks on the way. */
static bool read_leading(struct scan *s, struct err *e)
{
    size_t at = text_starts(s->script, "\xef\xbb\xbf") ? 3 : 0;

    while (at < s->script.len) {
        struct text here = text_cut(s->script, at, at + 2);

        if (text_is_space(here.at[0])) {
            at++;
        } else if (text_is(here, "--")) {
            if (!our_mark(s, at, e))
                return false;
            at = line_end(s->script, at);
        } else if (text_is(here, "/*")) {
            at = block_end(s->script, at);
        } else {
            break;
        }
    }
    s->body = at;
    return true;
}

static bool refuse(const struct scan *s, size_t at, int kind, struct err *e)
{
    struct arena *a = s->in->arena;
    struct text line = text_trim(text_cut(s->script, at, line_end(s->script, at)));

    err_plain(e, ERR_OTHER_TOOL, "'%s' is a mark of %s: run as one script it could go up and down again",
              text_shown(a, text_cut(line, 0, 80)), tools[kind - FIRST_TOOL]);
    err_hint(e, "leave in this file what goes up, move what goes down into %s beside it, and take the marks out",
             text_ends(text_from(s->m->up.path), "/up.sql") ? "down.sql" : arena_printf(a, "%s.down.sql", s->m->id));
    return err_place(e, text_shown(a, text_from(s->m->up.path)), s->script, at);
}

static bool check_line(const struct scan *s, size_t at, struct text line, struct err *e)
{
    int kind;

    if (!text_starts(line, "--"))
        return true;
    if (!patterns_match(&kind, NULL, s->patterns, line, e))
        return false;
    if (kind >= FIRST_TOOL)
        return refuse(s, at, kind, e);
    if (kind && at > s->body)
        warn_mark(s, at, "this mark stands behind the first statement, where it means nothing");
    return true;
}

static bool read_lines(const struct scan *s, struct err *e)
{
    struct text rest = text_cut(s->script, text_starts(s->script, "\xef\xbb\xbf") ? 3 : 0, s->script.len);
    struct text line;

    for (size_t n = 1; text_line(&rest, &line); n++) {
        if (!check_line(s, (size_t)(line.at - s->script.at), line, e))
            return false;
        if (n % LINES_BETWEEN_LOOKS == 0 && !interrupt_check(e))
            return false;
    }
    return true;
}

bool marks_prepare(struct migration *m, const struct layout_input *in, struct text up, struct err *e)
{
    struct scan s = { .m = m, .in = in, .script = up };
    bool ok;

    if (!patterns_open(&s.patterns, rules, sizeof rules / sizeof *rules, e))
        return false;
    ok = read_leading(&s, e) && read_lines(&s, e);
    patterns_close(s.patterns);
    if (ok && s.body == up.len)
        notice_add(in->notices, NOTICE_NOTE, "empty-script", file_place(text_from(m->up.path), in->arena), NULL,
                   "the script has no statement: it is applied as nothing");
    return ok;
}
