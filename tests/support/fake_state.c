#include "tests/support/fake_state.h"

#include "core/base/text.h"

/* A longer copy: earlier states stay what a rollback goes back to. */
static void *longer(struct arena *a, const void *at, size_t size, size_t n)
{
    void *copy = arena_alloc_array(a, size, n + 1);

    if (n)
        memcpy(copy, at, n * size);
    return copy;
}

const struct cell *fake_cell(const struct fake_row *r, const char *column)
{
    for (size_t i = 0; i < r->len; i++)
        if (strcmp(r->cells[i].column, column) == 0)
            return &r->cells[i];
    return NULL;
}

static bool row_is(const struct fake_row *r, const struct row_change *c)
{
    if (strcmp(r->table, c->table.table) != 0)
        return false;
    for (size_t i = 0; i < c->len; i++) {
        const struct cell *have = c->cells[i].key ? fake_cell(r, c->cells[i].column) : NULL;

        if (c->cells[i].key && !(have && text_equal(have->text, c->cells[i].text)))
            return false;
    }
    return true;
}

static size_t rows_like(const struct fake_state *s, const struct row_change *c)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nrows; i++)
        n += row_is(&s->rows[i], c);
    return n;
}

static void row_add(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = longer(s->arena, s->state.rows, sizeof *rows, s->state.nrows);
    struct fake_row *r = &rows[s->state.nrows];

    r->table = arena_string(s->arena, c->table.table);
    r->cells = arena_make(s->arena, struct cell, c->len + 1);
    r->len = c->len;
    for (size_t i = 0; i < c->len; i++) {
        r->cells[i] = c->cells[i];
        r->cells[i].column = arena_string(s->arena, c->cells[i].column);
        r->cells[i].text = c->cells[i].text.len ? arena_text(s->arena, c->cells[i].text.at, c->cells[i].text.len)
                                                : (struct text) { "", 0 };
    }
    r->cells[r->len++] = (struct cell) { .column = "id",
                                         .kind = CELL_INTEGER,
                                         .text = text_from(arena_printf(s->arena, "%zu", ++s->state.ids)) };
    s->state.rows = rows;
    s->state.nrows++;
}

static void row_remove(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = arena_make(s->arena, struct fake_row, s->state.nrows + 1);
    size_t n = 0;

    for (size_t i = 0; i < s->state.nrows; i++)
        if (!row_is(&s->state.rows[i], c))
            rows[n++] = s->state.rows[i];
    s->state.rows = rows;
    s->state.nrows = n;
}

static void row_update(struct fake_server *s, const struct row_change *c)
{
    struct fake_row *rows = longer(s->arena, s->state.rows, sizeof *rows, s->state.nrows);

    s->state.rows = rows;
    for (size_t i = 0; i < s->state.nrows; i++) {
        struct cell *cells;

        if (!row_is(&rows[i], c))
            continue;
        cells = arena_make(s->arena, struct cell, rows[i].len);
        memcpy(cells, rows[i].cells, rows[i].len * sizeof *cells);
        rows[i].cells = cells;
        for (size_t k = 0; k < c->len; k++)
            for (size_t m = 0; m < rows[i].len; m++)
                if (!c->cells[k].key && strcmp(cells[m].column, c->cells[k].column) == 0)
                    cells[m].text =
                        arena_text(s->arena, c->cells[k].text.at ? c->cells[k].text.at : "", c->cells[k].text.len);
    }
}

static bool change(struct fake_server *s, const struct row_change *c, struct err *e)
{
    size_t n = rows_like(&s->state, c);

    if ((c->kind == ROW_INSERT && n) || ((c->kind == ROW_DELETE || c->kind == ROW_UPDATE) && n != 1))
        return err_plain(e, ERR_LEDGER_MOVED, "a row of %s is not as it was", c->table.table);
    if (c->kind == ROW_INSERT || c->kind == ROW_APPEND)
        row_add(s, c);
    else if (c->kind == ROW_DELETE)
        row_remove(s, c);
    else if (c->kind == ROW_UPDATE)
        row_update(s, c);
    return true;
}

bool fake_write(struct fake_server *s, const struct row_change *changes, size_t n, struct err *e)
{
    struct fake_state before = s->state;

    for (size_t i = 0; i < n; i++)
        if (!change(s, &changes[i], e)) {
            s->state = before;
            return false;
        }
    return true;
}

bool fake_has_object(const struct fake_server *s, const char *name)
{
    for (size_t i = 0; i < s->state.nobjects; i++)
        if (strcmp(s->state.objects[i], name) == 0)
            return true;
    return false;
}

bool fake_statement(struct fake_server *s, struct text line, struct err *e)
{
    const char **objects = arena_make(s->arena, const char *, s->state.nobjects + 1);
    const char *name = arena_cstr(s->arena, text_cut(line, 5, line.len));
    size_t n = 0;

    if (text_starts(line, "make ")) {
        s->made_twice += fake_has_object(s, name);
        objects = longer(s->arena, s->state.objects, sizeof *objects, s->state.nobjects);
        objects[s->state.nobjects] = name;
        n = s->state.nobjects + 1;
    } else if (text_starts(line, "drop ") && fake_has_object(s, name)) {
        for (size_t i = 0; i < s->state.nobjects; i++)
            if (strcmp(s->state.objects[i], name) != 0)
                objects[n++] = s->state.objects[i];
    } else {
        return err_plain(e, ERR_SCRIPT_FAILED, "the fake can't run \"%.*s\"", (int)line.len, line.at);
    }
    s->state.objects = objects;
    s->state.nobjects = n;
    return true;
}

bool fake_has_version(const struct fake_server *s, const char *version)
{
    for (size_t i = 0; i < s->state.nrows; i++)
        if (strcmp(s->state.rows[i].table, "schema_migrations") == 0 &&
            text_is(s->state.rows[i].cells[0].text, version))
            return true;
    return false;
}

bool fake_history_says(const struct fake_server *s, const char *version, const char *outcome)
{
    bool says = false;

    for (size_t i = 0; i < s->state.nrows; i++) {
        const struct fake_row *r = &s->state.rows[i];

        if (strcmp(r->table, "__merganser_history") == 0 && text_is(fake_cell(r, "version")->text, version))
            says = text_is(fake_cell(r, "outcome")->text, outcome);
    }
    return says;
}
