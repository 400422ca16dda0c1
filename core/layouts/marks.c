#include "core/layouts/marks.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/layouts/files.h"

enum {
    SHOWN_MAX = 80,
    /* What stands before the first statement is looked for in so much of a script. */
    LEADING_MAX = 64 * 1024,
    /* Of a line that lies in two pieces. */
    LINE_KEPT = 1024,
};

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
    struct text script; /* as much of it as read_leading needs */
    size_t body;        /* where the first statement begins; the end of that where there is none */

    /* A line that goes on in the next piece. */
    enum { AT_BEGIN, WITHIN, WITHIN_COMMENT } state;
    char kept[LINE_KEPT]; /* of a comment, from its begin */
    size_t nkept, kept_at;
    int line;
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

static void warn_mark(const struct scan *s, struct pos place, const char *what)
{
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
        warn_mark(s, pos_from_byte(s->m->up.path, s->script, at, 1),
                  arena_printf(s->in->arena, "merganser knows no mark '%s'", text_shown(s->in->arena, word)));
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

static bool refuse(const struct scan *s, struct text line, const char *tool, struct err *e)
{
    struct arena *a = s->in->arena;

    err_plain(e, ERR_OTHER_TOOL, "'%s' is a mark of %s: run as one script it could go up and down again",
              text_shown(a, text_trim(text_cut(line, 0, SHOWN_MAX))), tool);
    err_hint(e, "leave in this file what goes up, move what goes down into %s beside it, and take the marks out",
             text_ends(text_from(s->m->up.path), "/up.sql") ? "down.sql" : arena_printf(a, "%s.down.sql", s->m->id));
    err_place(e, s->m->up.path, line, 0);
    e->at.line = s->line;
    return false;
}

/* at: its first byte, of the script. */
static bool check_line(const struct scan *s, size_t at, struct text line, struct err *e)
{
    const char *tool;
    struct text word, reason;

    if (!text_starts(line, "--"))
        return true;
    if (text_ends(line, "\r"))
        line.len--;
    tool = tool_of(line);
    if (tool)
        return refuse(s, line, tool, e);
    if (at > s->body && is_ours(line, &word) && !marks_ignore(&word, &reason, line))
        warn_mark(s, (struct pos) { s->m->up.path, s->line, 1 },
                  "this mark stands behind the first statement, where it means nothing");
    return true;
}

static void keep(struct scan *s, struct text part)
{
    part = text_cut(part, 0, sizeof s->kept - s->nkept);
    memcpy(s->kept + s->nkept, part.at, part.len);
    s->nkept += part.len;
}

static bool check_kept(struct scan *s, struct err *e)
{
    bool ok = s->state != WITHIN_COMMENT || check_line(s, s->kept_at, (struct text) { s->kept, s->nkept }, e);

    s->nkept = 0;
    s->state = AT_BEGIN;
    return ok;
}

/* Every line of a piece; at: its first byte, of the script. */
static bool read_lines(struct scan *s, struct text piece, size_t at, struct err *e)
{
    size_t end;

    for (struct text rest = piece; rest.len; rest = text_cut(rest, end + 1, rest.len)) {
        size_t from = at + (size_t)(rest.at - piece.at);

        end = line_end(rest, 0);
        if (s->state == AT_BEGIN && end == rest.len) {
            s->state = rest.at[0] == '-' ? WITHIN_COMMENT : WITHIN;
            s->kept_at = from;
        } else if (s->state == AT_BEGIN && !check_line(s, from, text_cut(rest, 0, end), e)) {
            return false;
        }
        if (s->state == WITHIN_COMMENT)
            keep(s, text_cut(rest, 0, end));
        if (end == rest.len)
            break;
        if (!check_kept(s, e))
            return false;
        s->line++;
    }
    return interrupt_check(e);
}

/* The script's begin, of which a piece may have less than it takes. */
static bool read_begin(struct text *out, const struct script *script, struct arena *a, struct err *e)
{
    size_t want = script->size < LEADING_MAX ? script->size : LEADING_MAX;
    struct buf all;

    if (!script->read(script, 0, out, e))
        return false;
    if (out->len >= want)
        return true;
    all = buf_open(a, SIZE_MAX / 2);
    for (struct text piece = *out; piece.len && all.len < want;) {
        buf_text(&all, piece);
        if (!script->read(script, all.len, &piece, e))
            return false;
    }
    *out = buf_content(&all);
    return true;
}

bool marks_prepare(struct migration *m, const struct layout_input *in, const struct script *up, struct err *e)
{
    struct scan s = { .m = m, .in = in, .line = 1 };
    struct text piece;
    size_t at;

    if (!read_begin(&s.script, up, in->arena, e))
        return false;
    read_leading(&s);
    if (s.body == up->size)
        notice_add(in->notices, NOTICE_NOTE, "empty-script", file_place(text_from(m->up.path), in->arena), NULL,
                   "the script has no statement: it is applied as nothing");
    at = text_starts(s.script, "\xef\xbb\xbf") ? 3 : 0;
    piece = text_cut(s.script, at, s.script.len);
    while (piece.len) {
        if (!read_lines(&s, piece, at, e))
            return false;
        at += piece.len;
        if (!up->read(up, at, &piece, e))
            return false;
    }
    return check_kept(&s, e);
}
