#include "core/review/excerpt.h"

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "core/digest.h"

/* The file that was read last: the findings come by path. */
struct reader {
    const struct source *head;
    const char *path;
    struct text content; /* at NULL: there is none */
    struct arena *arena;
};

static struct text content_of(struct reader *r, const char *path)
{
    struct err unseen;
    bool found;

    if (r->path && strcmp(r->path, path) == 0)
        return r->content;
    r->path = path;
    if (!vcs_read_path(&r->content, &found, r->head->vcs, &r->head->at, path, EXCERPT_FILE_MAX, r->arena, &unseen) ||
        !found)
        r->content = (struct text) { NULL, 0 };
    return r->content;
}

/* The byte at which a line begins; the end where there are not so many. */
static size_t line_start(struct text all, int number)
{
    struct text rest = all, line;

    while (--number > 0 && text_line(&rest, &line))
        ;
    return (size_t)(rest.at - all.at);
}

/* A BOM does not count as a character of the first line. */
static size_t byte_at(struct text all, int number, int column)
{
    size_t start = line_start(all, number);
    struct text line = text_cut(all, start, all.len);

    if (number == 1 && text_starts(line, "\xef\xbb\xbf"))
        column++;
    return start + byte_from_char(line, column > 0 ? (size_t)column - 1 : 0);
}

enum { BEFORE = 8192 };

/* As err_place shows a line. A secret's word stands near it: of a long script not all is searched for every line. */
static void show_line(struct err *shown, const struct finding *f, struct text all, size_t byte)
{
    size_t from = byte > BEFORE ? byte - BEFORE : 0;

    while (from && all.at[from - 1] != '\n')
        from--;
    err_place(shown, f->at.path, text_cut(all, from, all.len), byte - from);
}

static struct excerpt_line line_make(const struct finding *f, int number, struct text all, bool *cut, struct arena *a)
{
    bool first = number == f->at.line, last = number == f->end_line;
    size_t from = first ? byte_at(all, number, f->at.column) : line_start(all, number);
    size_t to = last ? byte_at(all, number, f->end_column) : line_start(all, number + 1);
    struct excerpt_line line = { .number = number };
    struct text covered, rest;
    struct err shown = { 0 };
    int room;

    rest = text_cut(all, from, all.len);
    if (!text_line(&rest, &covered))
        covered = TEXT("");
    if (last && to >= from && covered.len > to - from)
        covered = text_cut(covered, 0, to - from);
    if (!first) {
        struct text trimmed = text_trim(covered);

        from += trimmed.len ? (size_t)(trimmed.at - covered.at) : 0;
        covered = trimmed;
    }
    show_line(&shown, f, all, from);
    line.text = arena_string(a, shown.excerpt);
    room = (int)text_chars(text_from(line.text)) + 1;
    line.from = shown.caret ? shown.caret : 1;
    line.to = line.from + (int)text_chars(covered);
    *cut |= line.to > room || (first && shown.caret != f->at.column);
    line.to = line.to > room ? room : line.to;
    return line;
}

static const struct excerpt *excerpt_make(const struct finding *f, struct text all, struct arena *a)
{
    struct excerpt *out = arena_make(a, struct excerpt, 1);
    bool cut = false;

    out->at = arena_make(a, struct excerpt_line, EXCERPT_LINES);
    for (int number = f->at.line; number <= f->end_line && out->len < EXCERPT_LINES; number++) {
        /* An end at a line's first column is the one before. */
        if (number == f->end_line && number > f->at.line && f->end_column <= 1)
            break;
        out->at[out->len++] = line_make(f, number, all, &cut, a);
    }
    out->whole = !cut && f->end_line - f->at.line < EXCERPT_LINES;
    return out;
}

/* The words of what it is about, one blank between them: a formatter changes no fingerprint. */
static void add_words(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (!text_is_space(t.at[i]))
            buf_char(out, t.at[i]);
        else if (out->len && out->at[out->len - 1] != ' ')
            buf_char(out, ' ');
    }
}

static struct text words_of(const struct finding *f, struct text all, struct arena *a)
{
    struct buf out = buf_open(a, EXCERPT_FILE_MAX + 4096);
    size_t from, to;

    buf_printf(&out, "%s %s ", f->rule, f->at.path ? f->at.path : "");
    if (all.at && f->end_line) {
        from = byte_at(all, f->at.line, f->at.column);
        to = byte_at(all, f->end_line, f->end_column);
        if (to > from)
            add_words(&out, text_cut(all, from, to));
    }
    return buf_content(&out);
}

/* Findings that are alike are counted. */
static const char *fingerprint(const char *const *words, size_t i, struct arena *a)
{
    size_t alike = 0;

    for (size_t k = 0; k < i; k++)
        alike += strcmp(words[k], words[i]) == 0;
    return alike ? digest_sha256(text_from(arena_printf(a, "%s %zu", words[i], alike + 1)), a) : words[i];
}

bool review_excerpts(struct review_findings *findings, const struct source *head, struct arena *a, struct err *e)
{
    const char **words = arena_make(a, const char *, findings->len + 1);
    struct reader reader = { .head = head, .arena = a };

    for (size_t i = 0; i < findings->len; i++) {
        struct finding *f = &findings->at[i];
        struct text all = { NULL, 0 };

        if (!interrupt_check(e))
            return false;
        if (f->at.path && f->at.line && f->end_line)
            all = content_of(&reader, f->at.path);
        words[i] = digest_sha256(words_of(f, all, a), a);
        f->fingerprint = fingerprint(words, i, a);
        if (all.at && i < EXCERPTS_MAX)
            f->excerpt = excerpt_make(f, all, a);
    }
    return true;
}
