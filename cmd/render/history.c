#include "cmd/render/render.h"
#include "core/base/text.h"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

const char *render_time(const struct session *s, const char *time)
{
    if (!time || strlen(time) < 19)
        return or_empty(time);
    return arena_printf(s->arena, "%.10s %.8s", time, time + 11);
}

static const char *shown(struct session *s, const char *text)
{
    return text_shown(s->arena, text_from(or_empty(text)));
}

static int wider(int width, const char *text)
{
    int other = render_width(text);

    return other > width ? other : width;
}

void render_history(struct session *s, const struct history_entries *entries)
{
    int version_width = 0, name_width = 0;

    for (size_t i = 0; i < entries->len; i++) {
        version_width = wider(version_width, shown(s, entries->at[i].version));
        name_width = wider(name_width, shown(s, entries->at[i].name));
    }
    for (size_t i = 0; i < entries->len; i++) {
        const struct history_entry *h = &entries->at[i];
        bool good = strcmp(h->outcome, "applied") == 0 || strcmp(h->outcome, "rolled_back") == 0;

        const char *version = shown(s, h->version), *name = shown(s, h->name);

        fprintf(s->out, "%s  %-9s  %s%*s  %s%-11s%s", render_time(s, h->started_at), h->direction, version,
                version_width - render_width(version), "", render_style(s->color_out, good ? STYLE_GOOD : STYLE_BAD),
                h->outcome, render_style(s->color_out, STYLE_END));
        if (name_width)
            fprintf(s->out, "  %s%*s", name, name_width - render_width(name), "");
        fprintf(s->out, "  %s%-10.10s%s", render_style(s->color_out, STYLE_DIM), or_empty(h->commit),
                render_style(s->color_out, STYLE_END));
        if (h->database_user || h->client_host)
            fprintf(s->out, "  %s%s%s", or_empty(h->database_user), h->database_user ? "@" : "",
                    or_empty(h->client_host));
        if (h->statements_total && (strcmp(h->outcome, "partial") == 0 || strcmp(h->outcome, "started") == 0))
            fprintf(s->out, "  %s of %s statements", or_empty(h->statements_done), h->statements_total);
        fputc('\n', s->out);
        if (h->error)
            fprintf(s->out, "    %s\n", text_shown(s->arena, text_from(h->error)));
    }
    if (!entries->len)
        fputs("the history is empty\n", s->out);
}

static void set_number(struct json *o, const char *key, const char *digits)
{
    uint64_t n;

    if (digits && text_to_u64(text_from(digits), &n))
        json_set_integer(o, key, (int64_t)n);
    else
        json_set_null(o, key);
}

struct json *json_history_entry(const struct history_entry *h)
{
    struct json *o = json_new_object();

    set_number(o, "id", h->id);
    set_number(o, "format", h->format);
    json_set_string(o, "run_id", h->run_id);
    json_set_string(o, "ledger", h->ledger);
    json_set_string(o, "version", h->version);
    json_set_string(o, "name", h->name);
    json_set_string(o, "direction", h->direction);
    json_set_string(o, "kind", h->kind);
    json_set_string(o, "layout", h->layout);
    json_set_string(o, "path", h->path);
    json_set_string(o, "sha256", h->sha256);
    json_set_string(o, "blob", h->blob);
    json_set_string(o, "commit", h->commit);
    json_set_string(o, "repository", h->repository);
    json_set_string(o, "author", h->author);
    json_set_string(o, "database_user", h->database_user);
    json_set_string(o, "client_host", h->client_host);
    json_set_string(o, "merganser", h->merganser);
    json_set_string(o, "started_at", h->started_at);
    json_set_string(o, "finished_at", h->finished_at);
    json_set_string(o, "outcome", h->outcome);
    set_number(o, "statements_done", h->statements_done);
    set_number(o, "statements_total", h->statements_total);
    set_number(o, "statement_begun", h->statement_begun);
    json_set_string(o, "done_hash", h->done_hash);
    set_number(o, "waited_ms", h->waited_ms);
    set_number(o, "attempts", h->attempts);
    json_set_string(o, "error", h->error);
    json_set_string(o, "down_script", h->down_script);
    return o;
}

void json_history(struct json *object, const void *from, struct arena *a)
{
    const struct history_report *r = from;
    struct json *list = json_new_array(), *since;

    if (r->since) {
        since = json_new_object();
        json_set_string(since, "asked", r->since->asked);
        json_set_string(since, "commit", object_id_hex(a, r->since->commit));
        json_set_string(since, "at", text_time(a, r->since->at_ms));
        json_set(object, "since", since);
    } else {
        json_set_null(object, "since");
    }
    for (size_t i = 0; i < r->entries.len; i++)
        json_add(list, json_history_entry(&r->entries.at[i]));
    json_set(object, "entries", list);
    json_made(object, r->made, a);
}
