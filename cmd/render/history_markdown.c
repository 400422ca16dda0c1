/* The history as a deploy's summary: in the order in which things happened, as a list, which a chat shows too where it
 * knows no tables. */
#include "cmd/render/markdown.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

enum { RESERVE = 200 };

struct outcome {
    const char *word, *mark, *shown;
    size_t n;
};

static struct outcome *outcome_of(struct outcome *list, const struct history_entry *h)
{
    while (list->word && strcmp(list->word, h->outcome ? h->outcome : "") != 0)
        list++;
    return list;
}

static const char *took(const struct history_entry *h, struct arena *a)
{
    int64_t from, to;

    if (!text_to_time(&from, text_from(h->started_at)) || !text_to_time(&to, text_from(h->finished_at)) || to < from)
        return NULL;
    return text_duration(a, to - from);
}

static const char *what_of(const struct history_entry *h, const struct outcome *o)
{
    bool plain = !h->direction || strcmp(h->direction, "up") == 0 || strcmp(h->direction, "down") == 0;

    return plain || strcmp(h->outcome, "applied") != 0 ? o->shown : h->direction;
}

static void put_row(struct buf *out, const struct session *s, const struct history_entry *h, const struct outcome *o)
{
    struct arena *a = s->arena;
    size_t name = h->author ? strcspn(h->author, "<") : 0;
    const char *id = version_id_of_gone(h->version ? h->version : "", h->name, a);

    while (name && h->author[name - 1] == ' ')
        name--;
    buf_printf(out, "- %s %s ", o->mark, what_of(h, o));
    markdown_code(out, text_summary(a, text_from(id), 200));
    if (took(h, a))
        buf_printf(out, " in %s", took(h, a));
    if (h->commit) {
        buf_string(out, ", commit ");
        markdown_code(out, arena_printf(a, "%.10s", h->commit));
    }
    if (name) {
        buf_string(out, ", ");
        markdown_text(out, text_summary(a, text_cut(text_from(h->author), 0, name), 80));
    }
    if (h->started_at)
        buf_printf(out, ", %s", render_time(s, h->started_at));
    buf_char(out, '\n');
    if (h->error) {
        buf_string(out, "  ");
        markdown_code(out, text_summary(a, text_from(h->error), 300));
        buf_char(out, '\n');
    }
}

static const char *counts_of(const struct outcome *outcomes, struct arena *a)
{
    struct buf out = buf_open(a, 1024);

    for (; outcomes->word; outcomes++)
        if (outcomes->n)
            buf_printf(&out, "%s%zu %s", out.len ? ", " : "", outcomes->n, outcomes->shown);
    return buf_cstr(&out);
}

static void put_title(struct buf *out, const struct session *s, const struct history_report *r, const char *counts,
                      bool good)
{
    const char *mark = good ? "\xe2\x9c\x85" : "\xe2\x9d\x8c";

    buf_printf(out, "### %s Migrations: %s\n\n", mark, *counts ? counts : "nothing was run");
    buf_string(out, "Database ");
    markdown_code(out, text_shown(s->arena, text_from(s->work.db->info.name)));
    if (r->since) {
        buf_string(out, ", since ");
        markdown_code(out, text_shown(s->arena, text_from(r->since->asked)));
        if (r->since->commit.known)
            buf_printf(out, " (%.10s)", object_id_hex(s->arena, r->since->commit));
    }
    buf_string(out, ".\n\n");
}

void render_history_markdown(struct session *s, FILE *to, const struct history_report *r)
{
    struct outcome outcomes[] = {
        { "applied", "\xe2\x9c\x85", "applied", 0 }, { "rolled_back", "\xe2\x86\xa9\xef\xb8\x8f", "rolled back", 0 },
        { "failed", "\xe2\x9d\x8c", "failed", 0 },   { "partial", "\xe2\x9d\x8c", "stopped midway", 0 },
        { "started", "\xe2\x8f\xb3", "begun", 0 },   { NULL, "\xe2\x80\xa2", "recorded", 0 },
    };
    struct buf out = buf_open(s->arena, MARKDOWN_MAX);
    size_t i, left = 0;

    for (i = 0; i < r->entries.len; i++)
        outcome_of(outcomes, &r->entries.at[i])->n++;
    buf_string(&out, "<!-- merganser history -->\n");
    put_title(&out, s, r, counts_of(outcomes, s->arena), !outcomes[2].n && !outcomes[3].n);
    for (i = r->entries.len; i-- > 0;) {
        struct buf one = buf_open(s->arena, 4096);

        put_row(&one, s, &r->entries.at[i], outcome_of(outcomes, &r->entries.at[i]));
        if (left || out.len + one.len + RESERVE > MARKDOWN_MAX)
            left++;
        else
            buf_text(&out, buf_content(&one));
    }
    if (left)
        buf_printf(&out, "\n%zu more: `merganser history` shows them all.\n", left);
    fputs(buf_cstr(&out), to);
}
