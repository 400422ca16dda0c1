#include "dialects/postgres/reader.h"

#include "dialects/postgres/cutter.h"

struct reader {
    const struct pg_script *script;
    struct cutter cutter;
    size_t listed;      /* the statement of the list that comes next */
    struct arena *room; /* of the statement's copy */
    char *sql;
    size_t cap;
};

bool reader_open(struct reader **out, const struct pg_script *s, struct arena *a, struct err *e)
{
    struct reader *r = arena_make(a, struct reader, 1);

    (void)e;
    r->script = s;
    cutter_open(&r->cutter, &s->script, s->separator, false, a);
    *out = r;
    return true;
}

static struct text copy(struct reader *r, struct text sql)
{
    if (sql.len >= r->cap) {
        arena_close(r->room);
        r->room = arena_open();
        r->cap = sql.len > r->cap / 2 ? sql.len * 2 : r->cap * 2;
        r->sql = arena_alloc(r->room, r->cap);
    }
    memcpy(r->sql, sql.at, sql.len);
    r->sql[sql.len] = '\0';
    return (struct text) { r->sql, sql.len };
}

bool reader_next(struct read_statement *out, bool *more, struct reader *r, struct err *e)
{
    const struct statements *list = &r->script->statements;
    struct cutter *c = &r->cutter;

    *out = (struct read_statement) { 0 };
    if (!cutter_next(c, more, e))
        return false;
    if (!*more)
        return true;
    out->sql = copy(r, text_cut(c->in.lexer.src, c->head.at[0].from, c->head.last.to));
    out->nth = c->nth;
    out->at = input_pass(&c->in, c->head.at[0].from);
    if (c->rows)
        out->rows = input_pass(&c->in, c->in.lexer.at);
    out->bytes = c->in.base + c->in.lexer.at;
    out->from = c->in.base + c->head.at[0].from;
    while (r->listed < list->len && list->at[r->listed].nth < c->nth)
        r->listed++;
    if (r->listed < list->len && list->at[r->listed].nth == c->nth) {
        out->marks = list->at[r->listed].marks;
        out->dropped = list->at[r->listed].dropped;
    }
    return true;
}

bool reader_copy_data(struct text *piece, struct reader *r, struct err *e)
{
    return cutter_rows(piece, &r->cutter, e);
}

struct pos reader_place(const struct reader *r, size_t byte)
{
    const struct cutter *c = &r->cutter;

    return input_place(&c->in, c->head.at[0].from + byte, NULL);
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    cutter_close(&r->cutter);
    arena_close(r->room);
}
