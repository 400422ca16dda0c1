#include "core/base/interrupt.h"
#include "dialects/postgres/reader.h"

static void take_listed(struct script_statements *out, const struct pg_script *s, size_t max, struct arena *a)
{
    struct pos at = { s->path, 1, 1 };
    size_t passed = 0;

    out->source = s->source;
    for (size_t i = 0; i < s->statements.len && out->len < max; i++) {
        const struct statement *one = &s->statements.at[i];

        if (one->dropped)
            continue;
        at = input_spans_place(&s->spans, text_cut(s->source, passed, one->from), passed, at, one->from, NULL);
        passed = one->from;
        *arena_push(a, out) = (struct script_statement) {
            .nth = one->nth,
            .at = at,
            .from = one->from,
            .to = one->to,
            .sql = text_cut(s->body, one->from, one->to),
        };
    }
}

static bool take_read(struct script_statements *out, struct reader *r, size_t max, struct arena *a, struct err *e)
{
    struct read_statement s;
    bool more = true;

    while (out->len < max) {
        if (!interrupt_check(e) || !reader_next(&s, &more, r, e))
            return false;
        if (!more)
            break;
        if (s.dropped)
            continue;
        *arena_push(a, out) = (struct script_statement) {
            .nth = s.nth,
            .at = s.at,
            .from = (size_t)s.from,
            .to = (size_t)s.from + s.sql.len,
            .sql = arena_text(a, s.sql.at, s.sql.len),
        };
    }
    return true;
}

bool postgres_statements(struct script_statements *out, const struct script_request *r, size_t max, struct arena *a,
                         struct err *e)
{
    struct pg_script *s = arena_make(a, struct pg_script, 1);
    struct reader *reader;
    bool ok;

    *out = (struct script_statements) { 0 };
    if (!script_read(s, r, a, e))
        return false;
    out->total = script_sent(s);
    if (s->whole) {
        take_listed(out, s, max, a);
        return true;
    }
    if (!reader_open(&reader, s, a, e))
        return false;
    ok = take_read(out, reader, max, a, e);
    reader_close(reader);
    return ok;
}
