#include "tests/support/cut.h"

struct cut cut_files(const struct pieces_file *files, size_t len, const char *separator)
{
    struct cut c = { .arena = arena_open() };
    struct pieces *all = arena_make(c.arena, struct pieces, 1);
    struct script *s = arena_make(c.arena, struct script, 1);
    struct pieces_file *copies = arena_make(c.arena, struct pieces_file, len);
    struct script_request r = { .script = s, .version = "7", .separator = separator };

    memcpy(copies, files, len * sizeof *files);
    r.ledger = (struct table_name) { "public", "schema_migrations" };
    *all = (struct pieces) { .files = copies, .len = len };
    *s = pieces_script(all, 0, c.arena);
    c.ok = script_read(&c.script, &r, c.arena, &c.err);
    return c;
}

struct cut cut_sql(const char *sql)
{
    struct pieces_file file = { "m.sql", text_from(sql) };

    return cut_files(&file, 1, NULL);
}

const char *cut_error(struct cut *c)
{
    return arena_printf(c->arena, "%s:%d:%d %s", c->err.at.path, c->err.at.line, c->err.at.column,
                        err_word(c->err.kind));
}

const char *cut_text(struct cut *c)
{
    struct buf out = buf_open(c->arena, SIZE_MAX / 2);

    if (!c->ok)
        return arena_printf(c->arena, "%d:%d %s", c->err.at.line, c->err.at.column, err_word(c->err.kind));
    for (size_t i = 0; i < c->script.statements.len; i++) {
        const struct statement *s = &c->script.statements.at[i];

        buf_string(&out, i ? "|" : "");
        buf_string(&out, text_shown(c->arena, text_cut(c->script.source, s->from, s->to)));
    }
    return buf_cstr(&out);
}

const char *cut_marks(struct cut *c)
{
    static const struct {
        enum statement_mark mark;
        char letter;
    } letters[] = {
        { MARK_OUTSIDE, 'o' }, { MARK_MAY_COMMIT, 'c' }, { MARK_ENDS_SEGMENT, 'e' }, { MARK_COPIES_IN, 'i' }
    };
    struct buf out = buf_open(c->arena, SIZE_MAX / 2);

    for (size_t i = 0; i < c->script.statements.len; i++) {
        buf_string(&out, i ? " " : "");
        for (size_t k = 0; k < sizeof letters / sizeof *letters; k++)
            if (c->script.statements.at[i].marks & letters[k].mark)
                buf_char(&out, letters[k].letter);
        if (!c->script.statements.at[i].marks)
            buf_char(&out, '-');
    }
    return buf_cstr(&out);
}
