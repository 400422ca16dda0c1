#include "dialects/postgres/passage.h"

static bool begin(struct passage *w, struct err *e)
{
    const struct pg_script *script = w->script;

    passage_close(w);
    *w = (struct passage) { .script = script, .arena = arena_open() };
    return reader_open(&w->reader, script, w->arena, e);
}

static bool is_shorter(const struct passage *w, struct err *e)
{
    const struct script *script = &w->script->script;

    if (script->unchanged && !script->unchanged(script, e))
        return false;
    return err_set(e, ERR_INTERNAL, IN_FILE(w->script->path), "the script ends before the statement that is to run");
}

bool passage_to(struct passage *w, uint64_t nth, struct err *e)
{
    bool more = true;

    if (w->now.sql.at && w->now.nth == nth && !w->rows_read)
        return true;
    if ((!w->reader || (w->now.sql.at && w->now.nth >= nth)) && !begin(w, e))
        return false;
    while (!w->now.sql.at || w->now.nth < nth) {
        w->rows_read = false;
        if (!reader_next(&w->now, &more, w->reader, e))
            return false;
        if (!more)
            return is_shorter(w, e);
    }
    return true;
}

bool passage_rows(struct text *piece, struct passage *w, struct err *e)
{
    w->rows_read = true;
    return reader_copy_data(piece, w->reader, e);
}

void passage_close(struct passage *w)
{
    reader_close(w->reader);
    arena_close(w->arena);
    w->reader = NULL;
    w->arena = NULL;
    w->now = (struct read_statement) { 0 };
}
