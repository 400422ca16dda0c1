#include "core/trace.h"

#include "core/base/text.h"

/* The statements that are listed are those that are watched. */
static struct traced_script wanted(const struct trace_script *s, struct arena *a)
{
    const struct planned_script *p = s->planned;
    struct traced_script out = { .request = s->request };

    out.len = p->len ? (size_t)p->at[p->len - 1].nth + 1 : 0;
    out.effects = arena_make(a, struct effects, out.len ? out.len : 1);
    return out;
}

/* What was neither seen nor given a reason was not reached. */
static void take(struct planned_script *p, const struct traced_script *t)
{
    for (size_t i = 0; i < p->len; i++) {
        const struct effects *seen = &t->effects[p->at[i].nth];

        if (seen->observed || seen->untraced)
            p->at[i].effects = *seen;
        else
            p->at[i].effects.untraced = "it is no statement that is sent";
    }
}

static bool run(struct trace_script *scripts, size_t n, const struct scratch *s, struct arena *a, struct err *e)
{
    struct traced_script *traced = arena_make(a, struct traced_script, n ? n : 1);

    for (size_t i = 0; i < n; i++)
        traced[i] = wanted(&scripts[i], a);
    if (!db_trace(s->db, traced, n, s->beside != NULL, a, e))
        return false;
    for (size_t i = 0; i < n; i++)
        take(scripts[i].planned, &traced[i]);
    return true;
}

bool trace_plan(struct trace_result *out, struct trace_script *scripts, size_t n, const char *url,
                const struct scratch_request *r, struct arena *a, struct err *e)
{
    struct scratch s;
    bool ok;

    *out = (struct trace_result) { .scratch = strcmp(url, "scratch") == 0 };
    if (out->scratch ? !scratch_make(&s, r, a, e) : !scratch_open(&s, url, r, a, e))
        return false;
    out->where = out->scratch ? "a scratch database, made from the live schema and dropped again"
                              : arena_string(a, s.db->info.shown);
    ok = (!out->scratch || scratch_fill(&s, r, a, e)) && run(scripts, n, &s, a, e);
    return scratch_close(&s, ok, e);
}
