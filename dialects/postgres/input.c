#include "dialects/postgres/input.h"

enum { RELEASE_AT = 64 * 1024 };

/* Behind an included file: its last line ends here, and its last statement, as psql has it. */
static const struct text file_end = { "\n;\n", 3 };

static const struct input_span *span_of(const struct input_spans *spans, size_t byte)
{
    size_t i = spans->len - 1;

    while (i > 0 && spans->at[i].from > byte)
        i--;
    return &spans->at[i];
}

struct pos input_spans_place(const struct input_spans *spans, struct text text, size_t base, struct pos first,
                             size_t byte, struct err *e)
{
    const struct input_span *span = span_of(spans, byte);
    struct pos at = first;
    struct text part;
    size_t from;

    from = span->from > base ? span->from : base;
    if (span->from >= base)
        at = (struct pos) { span->path, span->line, 1 };
    part = text_cut(text, from - base, text.len);
    if (e)
        err_place(e, at.path, part, byte - from);
    first = e ? e->at : pos_from_byte(at.path, part, byte - from, 1);
    if (first.line == 1)
        first.column += at.column - 1;
    first.line += at.line - 1;
    if (e)
        e->at = first;
    return first;
}

struct pos input_place(const struct input *in, size_t byte, struct err *e)
{
    return input_spans_place(&in->spans, in->lexer.src, in->base, in->base_at, in->base + byte, e);
}

struct pos input_pass(struct input *in, size_t byte)
{
    const struct input_span *span = span_of(&in->spans, in->base + byte);
    size_t from = in->passed - in->base;

    if (span->from > in->passed) {
        in->passed_at = (struct pos) { span->path, span->line, 1 };
        from = span->from - in->base;
    }
    in->passed_at = pos_behind(in->passed_at, text_cut(in->lexer.src, from, byte));
    in->passed = in->base + byte;
    return in->passed_at;
}

static void own(struct input *in, size_t needed)
{
    struct arena *room;
    char *at;

    if (needed <= in->cap && !in->borrowed)
        return;
    if (needed > in->cap) {
        in->cap = needed > 2 * in->cap ? needed + RELEASE_AT : 2 * in->cap;
        room = arena_open();
        at = arena_alloc(room, in->cap);
        if (in->lexer.src.len)
            memcpy(at, in->lexer.src.at, in->lexer.src.len);
        arena_close(in->room);
        in->room = room;
        in->own = at;
    } else if (in->lexer.src.len) {
        memcpy(in->own, in->lexer.src.at, in->lexer.src.len);
    }
    in->lexer.src.at = in->own;
    in->borrowed = false;
}

static void append(struct input *in, struct text piece)
{
    own(in, in->lexer.src.len + piece.len);
    memcpy(in->own + in->lexer.src.len, piece.at, piece.len);
    in->lexer.src.len += piece.len;
}

/* The window begins n bytes later. */
static void drop(struct input *in, size_t n)
{
    struct text *src = &in->lexer.src;

    if (!n)
        return;
    in->base_at = input_pass(in, n);
    in->base += n;
    src->len -= n;
    if (in->borrowed)
        src->at += n;
    else
        memmove(in->own, in->own + n, src->len);
    in->lexer.at -= n;
}

static bool fail(struct input *in)
{
    in->failed = true;
    return false;
}

static bool fail_nul(struct input *in)
{
    err_plain(&in->err, ERR_MIGRATION_FILE, "the script holds a NUL byte");
    input_place(in, in->lexer.src.len, &in->err);
    err_hint(&in->err, "save the file as UTF-8 text");
    return fail(in);
}

static bool file_ends(struct input *in, struct input_file *f)
{
    f->ended = true;
    return f->script.unchanged && !f->script.unchanged(&f->script, &in->err) && fail(in);
}

/* struct lexer's more. */
static bool more(struct lexer *l)
{
    struct input *in = l->from;
    struct input_file *f = &in->files[in->depth - 1];
    struct text piece;
    const char *nul;

    if (in->failed || f->ended)
        return false;
    if (f->nul)
        return fail_nul(in);
    if (l->loose && !in->keeps)
        drop(in, l->at);
    if (f->next >= f->script.size)
        return file_ends(in, f) && false;
    /* What was borrowed does not outlive the read. */
    if (in->borrowed && l->src.len)
        own(in, l->src.len);
    if (!f->script.read(&f->script, f->next, &piece, &in->err))
        return fail(in);
    if (!piece.len)
        return file_ends(in, f) && false;
    nul = memchr(piece.at, '\0', piece.len);
    f->nul = nul != NULL;
    if (nul)
        piece.len = (size_t)(nul - piece.at);
    f->next += piece.len;
    if (!l->src.len) {
        l->src = piece;
        in->borrowed = true;
    } else {
        append(in, piece);
    }
    in->keeps = in->keeps && in->base + l->src.len <= INPUT_WHOLE_MAX;
    return piece.len || fail_nul(in);
}

static void begin(struct input *in, const char *path, int line)
{
    struct input_span *span = arena_push(in->arena, &in->spans);

    *span = (struct input_span) { in->base + in->lexer.src.len, path, line };
}

void input_open(struct input *in, const struct script *s, const char *separator, bool keeps, struct arena *a)
{
    *in = (struct input) { .arena = a, .keeps = keeps && s->size <= INPUT_WHOLE_MAX, .depth = 1 };
    in->lexer = (struct lexer) { .src = { "", 0 }, .separator = separator, .more = more, .from = in, .loose = true };
    in->files[0].script = *s;
    in->base_at = in->passed_at = (struct pos) { s->path, 1, 1 };
    begin(in, s->path, 1);
}

void input_close(struct input *in)
{
    arena_close(in->room);
}

static bool is_open(const struct input *in, const char *path)
{
    for (size_t i = 0; i < in->depth; i++)
        if (strcmp(in->files[i].script.path, path) == 0)
            return true;
    return false;
}

bool input_include(struct input *in, struct text path, bool beside, struct err *e)
{
    struct input_file *outer = &in->files[in->depth - 1];
    struct script s = { 0 };

    if (!outer->script.include) {
        err_plain(e, ERR_MIGRATION_FILE, "this script can't include another file");
        return err_hint(e, "put what \"%s\" holds here", text_shown(in->arena, path));
    }
    if (!outer->script.include(&outer->script, &s, path, beside, in->arena, e))
        return false;
    if (is_open(in, s.path)) {
        err_plain(e, ERR_MIGRATION_FILE, "%s includes itself", text_shown(in->arena, text_from(s.path)));
        return err_hint(e, "take this line out: psql would go round in a circle too");
    }
    if (in->depth == INPUT_DEPTH_MAX) {
        err_plain(e, ERR_MIGRATION_FILE, "files include each other more than %d deep", INPUT_DEPTH_MAX);
        return err_hint(e, "include the file from the script itself");
    }
    /* The rest of the outer file is read again behind the inner one. */
    outer->line = input_place(in, in->lexer.at, NULL).line;
    outer->next -= in->lexer.src.len - in->lexer.at;
    outer->ended = outer->nul = false;
    in->lexer.src.len = in->lexer.at;
    in->files[in->depth++] = (struct input_file) { .script = s };
    begin(in, s.path, 1);
    return true;
}

void input_leave(struct input *in)
{
    const struct input_file *outer = &in->files[--in->depth - 1];

    append(in, file_end);
    in->lexer.at = in->lexer.src.len;
    begin(in, outer->script.path, outer->line);
}

void input_release(struct input *in)
{
    in->lexer.loose = true;
    if (!in->keeps && in->lexer.at >= RELEASE_AT)
        drop(in, in->lexer.at);
}
