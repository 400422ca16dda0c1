#include "tests/support/pieces.h"

#include <pg_query.h>

#include "dialects/postgres/reader.h"

struct file_of {
    struct pieces *all;
    const struct pieces_file *file;
};

static bool read_piece(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    const struct file_of *f = s->from;
    struct text rest = text_cut(f->file->text, offset, f->file->text.len);

    (void)e;
    f->all->reads++;
    *piece = rest;
    if (!f->all->piece || !rest.len)
        return true;
    piece->len = rest.len < f->all->piece ? rest.len : f->all->piece;
    if (piece->len > sizeof f->all->room || piece->len == f->file->text.len)
        return true;
    /* What a reader still looks at then is wrong. */
    memset(f->all->room, '?', sizeof f->all->room);
    memcpy(f->all->room, rest.at, piece->len);
    piece->at = f->all->room;
    return true;
}

static struct script script_of(struct pieces *p, const struct pieces_file *file, const struct file_of *from);

static bool include(const struct script *s, struct script *out, struct text path, bool beside, struct arena *a,
                    struct err *e)
{
    const struct file_of *f = s->from;
    const char *slash = strrchr(f->file->path, '/'), *named = arena_cstr(a, path);
    struct file_of *from = arena_make(a, struct file_of, 1);

    if (beside && slash)
        named = arena_printf(a, "%.*s%s", (int)(slash - f->file->path) + 1, f->file->path, named);
    for (size_t i = 0; i < f->all->len; i++)
        if (strcmp(f->all->files[i].path, named) == 0) {
            *from = (struct file_of) { f->all, &f->all->files[i] };
            *out = script_of(f->all, from->file, from);
            return true;
        }
    err_plain(e, ERR_MIGRATION_FILE, "there is no %s", text_shown(a, text_from(named)));
    return err_hint(e, "name a file of the source");
}

static struct script script_of(struct pieces *p, const struct pieces_file *file, const struct file_of *from)
{
    (void)p;
    return (struct script) {
        .path = file->path, .size = file->text.len, .read = read_piece, .include = include, .from = from
    };
}

struct script pieces_script(struct pieces *p, size_t nth, struct arena *a)
{
    struct file_of *from = arena_make(a, struct file_of, 1);

    *from = (struct file_of) { p, &p->files[nth] };
    return script_of(p, from->file, from);
}

static bool same_place(struct pos a, struct pos b)
{
    return a.line == b.line && a.column == b.column && strcmp(a.path ? a.path : "", b.path ? b.path : "") == 0;
}

static const char *ordered(const struct pg_script *s, struct arena *a)
{
    size_t to = 0;

    for (size_t i = 0; i < s->statements.len; i++) {
        const struct statement *at = &s->statements.at[i];

        if (at->from < to || at->to <= at->from || at->to > s->source.len || at->nth != i)
            return arena_printf(a, "statement %zu is out of order: %zu to %zu", i, at->from, at->to);
        to = at->to;
    }
    for (size_t i = 0; i < s->copies.len; i++) {
        const struct copy_block *rows = &s->copies.at[i];

        if (rows->to < rows->from || rows->to > s->source.len || rows->statement >= s->statements.len ||
            rows->from < s->statements.at[rows->statement].to ||
            (rows->statement + 1 < s->statements.len && s->statements.at[rows->statement + 1].from < rows->to))
            return arena_printf(a, "rows %zu are out of order: %zu to %zu", i, rows->from, rows->to);
    }
    return s->body.len != s->source.len ? "the body is of another length" : NULL;
}

static const char *same_scripts(const struct pg_script *x, const struct pg_script *y, struct arena *a)
{
    if (!text_equal(x->source, y->source) || !text_equal(x->body, y->body) || x->count != y->count ||
        x->statements.len != y->statements.len || x->copies.len != y->copies.len || x->notes.len != y->notes.len ||
        x->control.shape != y->control.shape || memcmp(&x->traits, &y->traits, sizeof x->traits) != 0)
        return "pieces make another script of it";
    for (size_t i = 0; i < x->statements.len; i++) {
        const struct statement *p = &x->statements.at[i], *q = &y->statements.at[i];

        if (p->from != q->from || p->to != q->to || p->marks != q->marks || p->control != q->control ||
            p->dropped != q->dropped || !same_place(script_statement_place(x, p), script_statement_place(y, q)))
            return arena_printf(a, "pieces make another statement %zu: %zu to %zu, not %zu to %zu", i, q->from, q->to,
                                p->from, p->to);
    }
    for (size_t i = 0; i < x->copies.len; i++)
        if (x->copies.at[i].from != y->copies.at[i].from || x->copies.at[i].to != y->copies.at[i].to)
            return arena_printf(a, "pieces make other rows %zu", i);
    return NULL;
}

static const char *rows_read(struct reader *r, struct text want, struct arena *a, struct err *e)
{
    struct buf rows = buf_open(a, SIZE_MAX / 2);
    struct text piece;

    do {
        if (!reader_copy_data(&piece, r, e))
            return arena_printf(a, "the reader fails at rows: %s", e->message);
        buf_text(&rows, piece);
    } while (piece.len);
    return text_equal(buf_content(&rows), want) ? NULL : "the reader gives other rows";
}

static const char *statement_read(const struct read_statement *got, const struct pg_script *s, struct reader *r,
                                  struct arena *a)
{
    const struct statement *want = got->nth < s->statements.len ? &s->statements.at[got->nth] : NULL;
    size_t last = got->sql.len - 1;

    if (!want || !text_equal(got->sql, text_cut(s->source, want->from, want->to)) || got->sql.at[got->sql.len])
        return arena_printf(a, "the reader gives another statement %d", (int)got->nth);
    if (got->marks != want->marks || got->dropped != want->dropped ||
        !same_place(got->at, script_place(s, want->from)) ||
        !same_place(reader_place(r, last), script_place(s, want->from + last)))
        return arena_printf(a, "the reader tells otherwise of statement %d", (int)got->nth);
    return NULL;
}

static const char *reader_agrees(const struct pg_script *s, struct arena *a, struct err *e)
{
    const char *wrong = NULL;
    struct read_statement got;
    struct reader *r;
    uint64_t count = 0;
    bool more = true;

    if (!reader_open(&r, s, a, e))
        return "the reader can't be opened";
    while (!wrong && more) {
        const struct copy_block *rows;

        if (!reader_next(&got, &more, r, e))
            wrong = arena_printf(a, "the reader fails: %s", e->message);
        else if (more && got.nth != count++)
            wrong = "the reader counts otherwise";
        else if (more)
            wrong = statement_read(&got, s, r, a);
        rows = more && !wrong ? script_rows(s, got.nth) : NULL;
        /* Every other time they are left for the next call to pass over. */
        if (rows && count % 2)
            wrong = rows_read(r, text_cut(s->source, rows->from, rows->to), a, e);
    }
    if (!wrong && count != s->count)
        wrong = "the reader gives another number of statements";
    reader_close(r);
    return wrong;
}

static const char *cut_like(const struct pg_script *s, const PgQuerySplitResult *r, struct arena *a)
{
    size_t n = 0;

    for (size_t i = 0; i < s->statements.len; i++) {
        const struct statement *at = &s->statements.at[i];
        size_t from, to;

        if (at->dropped)
            continue;
        if (n >= (size_t)r->n_stmts)
            return arena_printf(a, "the parser has %d statements, not %d", r->n_stmts, (int)script_sent(s));
        from = (size_t)r->stmts[n]->stmt_location;
        to = from + (size_t)r->stmts[n++]->stmt_len;
        if (at->from < from || at->to > to)
            return arena_printf(a, "the parser cuts statement %zu from %zu to %zu, not %zu to %zu", i, from, to,
                                at->from, at->to);
    }
    return n == (size_t)r->n_stmts ? NULL : arena_printf(a, "the parser has %d statements", r->n_stmts);
}

const char *pieces_against_parser(const struct pg_script *s, bool *accepted, struct arena *a)
{
    PgQuerySplitResult r = pg_query_split_with_parser(arena_cstr(a, s->body));
    const char *wrong = r.error ? NULL : cut_like(s, &r, a);

    *accepted = !r.error;
    pg_query_free_split_result(r);
    return wrong;
}

/* What the parser accepts has no open quote and no command or variable of psql's. Behind a COPY are rows, which can
 * look like anything. */
static const char *refused_wrongly(struct text source, const struct err *e, struct arena *a)
{
    PgQuerySplitResult r;
    bool accepted;

    if ((e->kind != ERR_SCRIPT_SYNTAX && !strstr(e->message, "psql's")) || memmem(source.at, source.len, "\0", 1))
        return NULL;
    for (size_t i = 0; i + 4 <= source.len; i++)
        if (text_is_nocase(text_cut(source, i, i + 4), "copy"))
            return NULL;
    r = pg_query_split_with_parser(arena_cstr(a, source));
    accepted = !r.error;
    pg_query_free_split_result(r);
    return accepted ? arena_printf(a, "the parser accepts it: %s", e->message) : NULL;
}

const char *pieces_violated(const struct pieces_file *files, size_t len, size_t piece, const char *separator,
                            struct arena *a)
{
    struct pieces whole = { .files = files, .len = len }, cut = { .files = files, .len = len, .piece = piece };
    struct script of_whole = pieces_script(&whole, 0, a), of_cut = pieces_script(&cut, 0, a);
    struct script_request r = { .script = &of_whole, .version = "7", .separator = separator };
    struct err *e = arena_make(a, struct err, 2);
    struct pg_script x, y;
    const char *wrong;
    bool ok, parsed;

    r.ledger = (struct table_name) { "public", "schema_migrations" };
    ok = script_read(&x, &r, a, &e[0]);
    r.script = &of_cut;
    if (ok != script_read(&y, &r, a, &e[1]))
        return arena_printf(a, "only %s it is refused: %s", ok ? "in pieces" : "whole", e[ok].message);
    if (!ok) {
        if (e[0].kind != e[1].kind || strcmp(e[0].message, e[1].message) || !same_place(e[0].at, e[1].at))
            return arena_printf(a, "pieces get another error: %s at %d:%d, not %s at %d:%d", e[1].message, e[1].at.line,
                                e[1].at.column, e[0].message, e[0].at.line, e[0].at.column);
        return !separator ? refused_wrongly(files[0].text, &e[0], a) : NULL;
    }
    if (x.whole) {
        if ((wrong = ordered(&x, a)) || (wrong = same_scripts(&x, &y, a)) || (wrong = reader_agrees(&x, a, e)))
            return wrong;
        return y.whole ? pieces_against_parser(&x, &parsed, a) : "in pieces it is not whole";
    }
    return NULL;
}

const char *pieces_file_violated(struct text bytes, struct arena *a)
{
    static const size_t sizes[] = { 1, 2, 3, 7, 16, 64 };
    struct pieces_file files[] = {
        { "m.sql", bytes.len ? text_cut(bytes, 1, bytes.len) : bytes },
        { "a.sql", TEXT("\xef\xbb\xbfSELECT 'a';\nSELECT 2 -- no end") },
        { "sub/b.sql", TEXT("\\ir ../a.sql\n\\i a.sql -- x\nCOPY t FROM stdin;\n1\n\\.\n\\ir d.sql") },
        { "c.sql", TEXT("SELECT 1;\n\\i c.sql\n") },
        { "sub/../a.sql", TEXT("") },
        { "sub/d.sql", TEXT("BEGIN; SELECT 1; COMMIT\r\n") },
    };
    unsigned how = bytes.len ? (unsigned char)bytes.at[0] : 0;

    return pieces_violated(files, sizeof files / sizeof *files, sizes[how % (sizeof sizes / sizeof *sizes)],
                           how & 0x40 ? "--> statement-breakpoint" : NULL, a);
}
