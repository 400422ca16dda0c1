#include "core/statements.h"

#include "core/base/text.h"

/* Of scripts that are one transaction the dialect may give no segments. */
static void segments_of(struct planned_script *out, const struct script_facts *f, struct arena *a)
{
    out->segments = f->segments;
    if (f->segments.len)
        return;
    *arena_push(a, &out->segments) =
        (struct segment) { .count = UINT64_MAX, .transactional = f->shape != SCRIPT_STATEMENTS };
}

static size_t segment_of(const struct planned_script *s, uint64_t nth, size_t from)
{
    while (from + 1 < s->segments.len && nth >= s->segments.at[from + 1].first)
        from++;
    return from;
}

bool statements_read(struct planned_script *out, const struct dialect *d, const struct script_request *r,
                     const struct script_facts *f, const struct migration *m, struct arena *a, struct err *e)
{
    struct script_statements list;
    size_t segment = 0;

    *out = (struct planned_script) { .migration = m, .direction = r->direction, .path = r->script->path };
    if (!dialect_statements(&list, d, r, STATEMENTS_MAX, a, e))
        return false;
    segments_of(out, f, a);
    out->source = list.source;
    out->total = list.total;
    for (size_t i = 0; i < list.len; i++) {
        const struct script_statement *s = &list.at[i];
        struct planned_statement *p = arena_push(a, out);
        const struct segment *g;

        segment = segment_of(out, s->nth, segment);
        g = &out->segments.at[segment];
        *p = (struct planned_statement) {
            .nth = s->nth,
            .at = s->at,
            .from = s->from,
            .to = s->to,
            .sql = text_from(text_without_secrets(a, s->sql, NULL)),
            .segment = segment,
            .transactional = g->transactional,
        };
        dialect_describe(&p->actions, d, s->sql, a);
        dialect_effects(&p->effects, d, &p->actions, r->server, a);
    }
    return true;
}
