#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/rails_new.h"
#include "core/layouts/renumber.h"

/* The path with another version in front of its name. */
static const char *path_with(const char *path, const char *digits, struct arena *a)
{
    struct text base = file_base(text_from(path)), directory = file_directory(text_from(path));
    size_t old = strspn(base.at, "0123456789");

    return arena_printf(a, "%.*s%s%s", (int)directory.len, directory.at, digits, base.at + old);
}

static bool names_ledger(struct text statement)
{
    static const char table[] = "schema_migrations";

    for (size_t i = 0; i + sizeof table - 1 <= statement.len; i++)
        if (text_is_nocase(text_cut(statement, i, i + sizeof table - 1), table))
            return true;
    return false;
}

/* The statement around a byte, cut at semicolons: enough to see which table it writes. */
static struct text statement_at(struct text script, size_t at)
{
    size_t from = at, to = at;

    while (from > 0 && script.at[from - 1] != ';')
        from--;
    while (to < script.len && script.at[to] != ';')
        to++;
    return text_cut(script, from, to);
}

/* The version in statements that write the ledger, as capture_migration_sql makes them; elsewhere the same digits are
 * the application's. */
static bool script_with(struct text *out, struct text script, const char *old, const char *digits, struct arena *a)
{
    const char *quoted = arena_printf(a, "'%s'", old);
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t from = 0, at;
    bool changed = false;

    while (text_find(text_cut(script, from, script.len), quoted, &at)) {
        bool ledger = names_ledger(statement_at(script, from + at));

        buf_text(&b, text_cut(script, from, from + at));
        buf_printf(&b, "'%s'", ledger ? digits : old);
        from += at + strlen(quoted);
        changed = changed || ledger;
    }
    buf_text(&b, text_cut(script, from, script.len));
    *out = buf_content(&b);
    return changed;
}

static bool move_script(struct renumbering *out, const struct renumber_request *r, const struct migration_file *f,
                        const char *version, const char *digits, struct err *e)
{
    struct text script, changed;

    if (!f->path)
        return true;
    if (!r->input->read(r->input->reader, &script, f->entry, e))
        return false;
    if (script_with(&changed, script, version, digits, r->arena))
        *arena_push(r->arena, &out->rewrites) = (struct new_file) { f->path, changed };
    renumber_move(out, f->path, path_with(f->path, digits, r->arena), r->arena);
    return true;
}

static bool move_ruby(struct renumbering *out, const struct renumber_request *r, const struct migration *m,
                      const char *id, const char *digits, struct err *e)
{
    struct text ruby, changed;

    if (!m->also.path)
        return true;
    if (!r->input->read(r->input->reader, &ruby, m->also.entry, e))
        return false;
    changed = renumber_replaced(ruby, m->id, id, r->arena);
    if (!text_equal(changed, ruby))
        *arena_push(r->arena, &out->rewrites) = (struct new_file) { m->also.path, changed };
    renumber_move(out, m->also.path, path_with(m->also.path, digits, r->arena), r->arena);
    return true;
}

static bool move(struct migration *to, struct renumbering *out, const struct renumber_request *r,
                 const struct migration *m, const struct migration *after, struct err *e)
{
    const char *digits;

    if (!rails_next_version(&digits, after, r->now_ms, r->arena, e))
        return false;
    to->version = digits + strspn(digits, "0") - (strspn(digits, "0") == strlen(digits));
    to->id = arena_printf(r->arena, "%s%s", digits, m->id + strspn(m->id, "0123456789"));
    return move_script(out, r, &m->up, m->version, digits, e) && move_script(out, r, &m->down, m->version, digits, e) &&
           move_ruby(out, r, m, to->id, digits, e);
}

bool rails_renumber(struct renumbering *out, const struct renumber_request *r, struct err *e)
{
    return renumber_walk(out, r, ORDER_NUMBER, move, e);
}
