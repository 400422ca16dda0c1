/* What changed in the schema behind merganser's back. */
#include "cmd/render/schema.h"
#include "core/base/text.h"

const char *render_drift_since(const struct session *s, const struct schema_entry *of)
{
    static const struct {
        const char *direction, *words;
    } words[] = {
        { "up", " was applied" },      { "down", " was rolled back" },
        { "relink", " was relinked" }, { "baseline", " was marked as applied" },
        { "repair", " was repaired" }, { "load", " was loaded" },
    };
    const char *version = text_shown(s->arena, text_from(of->version)), *rest = "";

    if (of->direction && strcmp(of->direction, SCHEMA_ACCEPT) == 0)
        return arena_printf(s->arena, "it was accepted, %s", render_time(s, of->taken_at));
    /* A run that did not come to its end. */
    if (of->direction && (strcmp(of->direction, SCHEMA_FOUND) == 0 || strcmp(of->direction, SCHEMA_DRIFT) == 0))
        return arena_printf(s->arena, "a run that began with %s looked, %s", version, render_time(s, of->taken_at));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (of->direction && strcmp(of->direction, words[i].direction) == 0)
            rest = words[i].words;
    return arena_printf(s->arena, "%s%s, %s", version, rest, render_time(s, of->taken_at));
}

static void explain(struct session *s, const struct drift *d)
{
    const struct schema_reasons *r = &d->reasons;

    if (d->found)
        fprintf(s->out, "some of it was found before %s ran, %s\n", text_shown(s->arena, text_from(d->found->version)),
                render_time(s, d->found->taken_at));
    for (size_t i = 0; i < r->nlate; i++)
        fprintf(s->out, "%s ran since, and the schema was not recorded behind it: what it made is listed too\n",
                text_shown(s->arena, text_from(version_id_of_gone(r->late[i]->version, r->late[i]->name, s->arena))));
    if (r->partial)
        fputs("a version stopped midway: what it left, and what was done about it, is listed too\n", s->out);
    if (r->ledger_moved)
        fprintf(s->out, "another tool wrote to %s since (%llu version%s then, %zu now): what it ran is listed too\n",
                s->work.ledger.name, (unsigned long long)r->versions, r->versions == 1 ? "" : "s",
                s->work.ledger.rows.len);
    if (r->other)
        fprintf(s->out, "the migrations of %s ran since: what they made is listed too\n", r->other);
    if (r->server_was)
        fprintf(s->out,
                "it was recorded on version %s of the server, which may print what is the same in other words\n",
                r->server_was);
}

void render_drift(struct session *s, const struct drift *d)
{
    if (!d->last || d->unusable)
        return;
    if (!d->changes.len) {
        fprintf(s->out, "no drift: the schema is as it was when %s\n", render_drift_since(s, d->last));
        return;
    }
    fprintf(s->out, "drift since %s\n", render_drift_since(s, d->last));
    explain(s, d);
    fputc('\n', s->out);
    render_schema_changes(s, &d->changes, &d->expected, &d->actual);
    fprintf(s->out, "%s\n", render_schema_counts(&d->changes, s->arena));
}

static struct json *json_entry(const struct schema_entry *of)
{
    struct json *o = json_new_object();

    json_set_string(o, "version", *of->version ? of->version : NULL);
    json_set_string(o, "direction", of->direction);
    json_set_string(o, "run_id", of->run_id);
    json_set_string(o, "taken_at", of->taken_at);
    return o;
}

void json_drift(struct json *object, const void *from, struct arena *a)
{
    const struct drift *d = from;
    struct json *late = json_new_array();

    json_set_string(object, "expected", d->expected_sha256);
    json_set_string(object, "actual", d->actual_sha256);
    if (d->last)
        json_set(object, "recorded", json_entry(d->last));
    else
        json_set_null(object, "recorded");
    if (d->found)
        json_set(object, "found", json_entry(d->found));
    else
        json_set_null(object, "found");
    for (size_t i = 0; i < d->reasons.nlate; i++)
        json_add_string(late, d->reasons.late[i]->version);
    json_set(object, "not_recorded", late);
    json_set_bool(object, "ledger_moved", d->reasons.ledger_moved);
    json_set_string(object, "other_ledger", d->reasons.other);
    json_set_bool(object, "accepted", d->accepted);
    json_set(object, "changes", json_schema_changes(&d->changes, &d->expected, &d->actual, a));
}
