#include "core/layouts/marks.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/layouts/files.h"

enum { LINES_BETWEEN_LOOKS = 1 << 14, SHOWN_MAX = 80 };

/* What stands behind the dashes and blanks of a line that begins with `--`, letters of either case. */
static const struct {
    const char *tool, *words;
    enum { ALONE, OR_MORE, ANY_REST } rest; /* nothing behind it, or something behind a blank, or anything */
} marks[] = {
    { "dbmate", "migrate:up", OR_MORE },
    { "dbmate", "migrate:down", OR_MORE },
    { "goose", "+goose", OR_MORE },
    { "sql-migrate", "+migrate", OR_MORE },
    { "node-pg-migrate", "up migration", ALONE },
    { "node-pg-migrate", "down migration", ALONE },
    { "tern", "create above / drop below", ALONE },
    { "graphile-migrate", "! Previous:", ANY_REST },
    { "graphile-migrate", "!Previous:", ANY_REST },
};

struct scan {
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
    struct pos place = pos_from_byte(arena_cstr(s->in->arena, path), s->script, at, 1);

    notice_add(s->in->notices, NOTICE_WARNING, "unknown-mark", place,
               "the one mark there is, `-- merganser: no-transaction`, stands before the first statement", "%s", what);
}

static struct text skip(struct text t, const char *characters)
{
    while (t.len && t.at[0] && strchr(characters, t.at[0]))
        t = text_cut(t, 1, t.len);
    return t;
}

/* What stands behind `-- merganser:`, whatever the case of that. */
static bool is_ours(struct text comment, struct text *word)
{
    struct text rest = skip(comment, "- \t");

    if (!text_is_nocase(text_cut(rest, 0, 9), "merganser"))
        return false;
    rest = skip(text_cut(rest, 9, rest.len), " \t");
    *word = text_trim(text_cut(rest, 1, rest.len));
    return text_starts(rest, ":");
}

bool marks_ignore(struct text *rule, struct text *reason, struct text line)
{
    struct text word, rest;
    size_t end = 0;

    line = skip(line, " \t");
    if (!text_starts(line, "--") || !is_ours(line, &word) || !text_is_nocase(text_cut(word, 0, 6), "ignore"))
        return false;
    rest = text_cut(word, 6, word.len);
    if (rest.len && !text_is_space(rest.at[0]))
        return false;
    rest = text_trim(rest);
    while (end < rest.len && !text_is_space(rest.at[end]))
        end++;
    *rule = text_cut(rest, 0, end);
    *reason = text_trim(text_cut(rest, end, rest.len));
    return true;
}

static void our_mark(struct scan *s, size_t at)
{
    struct text line = text_cut(s->script, at, line_end(s->script, at)), word, reason;

    if (!is_ours(line, &word) || marks_ignore(&word, &reason, line))
        return;
    if (text_is_nocase(word, "no-transaction"))
        s->m->no_transaction = true;
    else
        warn_mark(s, at, arena_printf(s->in->arena, "merganser knows no mark '%s'", text_shown(s->in->arena, word)));
}

/* Walks over blanks and comments to the first statement, reading our marks on the way. */
static void read_leading(struct scan *s)
{
    size_t at = text_starts(s->script, "\xef\xbb\xbf") ? 3 : 0;

    while (at < s->script.len) {
        struct text here = text_cut(s->script, at, at + 2);

        if (text_is_space(here.at[0])) {
            at++;
        } else if (text_is(here, "--")) {
            our_mark(s, at);
            at = line_end(s->script, at);
        } else if (text_is(here, "/*")) {
            at = block_end(s->script, at);
        } else {
            break;
        }
    }
    s->body = at;
}

/* The tool whose mark a line is, or NULL. */
static const char *tool_of(struct text line)
{
    struct text found = skip(line, "- \t");

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i].words);
        struct text rest = text_cut(found, len, found.len);

        if (!text_is_nocase(text_cut(found, 0, len), marks[i].words))
            continue;
        if (marks[i].rest == ANY_REST || !skip(rest, "-: \t").len ||
            (marks[i].rest == OR_MORE && text_is_space(rest.at[0])))
            return marks[i].tool;
    }
    return NULL;
}

static bool refuse(const struct scan *s, size_t at, struct text line, const char *tool, struct err *e)
{
    struct arena *a = s->in->arena;

    err_plain(e, ERR_OTHER_TOOL, "'%s' is a mark of %s: run as one script it could go up and down again",
              text_shown(a, text_trim(text_cut(line, 0, SHOWN_MAX))), tool);
    err_hint(e, "leave in this file what goes up, move what goes down into %s beside it, and take the marks out",
             text_ends(text_from(s->m->up.path), "/up.sql") ? "down.sql" : arena_printf(a, "%s.down.sql", s->m->id));
    return err_place(e, s->m->up.path, s->script, at);
}

static bool check_line(const struct scan *s, size_t at, struct text line, struct err *e)
{
    const char *tool;
    struct text word, reason;

    if (!text_starts(line, "--"))
        return true;
    tool = tool_of(line);
    if (tool)
        return refuse(s, at, line, tool, e);
    if (at > s->body && is_ours(line, &word) && !marks_ignore(&word, &reason, line))
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

    read_leading(&s);
    if (!read_lines(&s, e))
        return false;
    if (s.body == up.len)
        notice_add(in->notices, NOTICE_NOTE, "empty-script", file_place(text_from(m->up.path), in->arena), NULL,
                   "the script has no statement: it is applied as nothing");
    return true;
}
