#include "dialects/postgres/segments.h"

struct walk {
    struct segments *out;
    struct statements *list;
    struct arena *arena;
    size_t first;        /* of the transaction that is open */
    const char *options; /* of its BEGIN; COMMIT AND CHAIN hands them on */
    bool open;
};

static void add(struct walk *w, size_t first, size_t end, bool transactional)
{
    struct segment *g;
    size_t sent = 0;

    for (size_t i = first; i < end; i++)
        sent += !w->list->at[i].dropped;
    if (!sent)
        return;
    g = arena_push(w->arena, w->out);
    *g = (struct segment) { .first = first, .count = end - first, .transactional = transactional };
    g->options = transactional ? w->options : NULL;
}

static const char *options_of(const struct statement *begin)
{
    return begin->options && *begin->options ? begin->options : NULL;
}

static void transaction_open(struct walk *w, size_t first)
{
    w->first = first;
    w->open = true;
}

static void transaction_end(struct walk *w, size_t end)
{
    if (w->open)
        add(w, w->first, end, true);
    w->open = false;
}

/* The script's own blocks become transactions of ours. */
static void blocks(struct walk *w)
{
    transaction_open(w, 0);
    for (size_t i = 0; i < w->list->len; i++) {
        struct statement *s = &w->list->at[i];

        s->dropped = s->control != CONTROL_NONE;
        switch (s->control) {
        case CONTROL_BEGIN:
            if (w->open)
                break;
            w->options = options_of(s);
            transaction_open(w, i);
            break;
        case CONTROL_CHAIN:
            transaction_end(w, i + 1);
            transaction_open(w, i + 1);
            break;
        case CONTROL_COMMIT:
            transaction_end(w, i + 1);
            break;
        default:
            if (!w->open)
                add(w, i, i + 1, false);
        }
    }
    transaction_end(w, w->list->len);
}

/* The COMMIT or ROLLBACK that ends a block of the script's own; there is one. */
static size_t block_end(const struct statements *list, size_t begin)
{
    size_t i = begin + 1;

    while (i + 1 < list->len && list->at[i].control != CONTROL_COMMIT && list->at[i].control != CONTROL_ROLLBACK)
        i++;
    return i;
}

/* A block that is rolled back is run as it is written. */
static void own_block(struct walk *w, size_t begin, size_t end)
{
    if (w->list->at[end].control == CONTROL_ROLLBACK) {
        add(w, begin, end + 1, false);
        return;
    }
    w->options = options_of(&w->list->at[begin]);
    transaction_open(w, begin);
    for (size_t i = begin; i <= end; i++) {
        w->list->at[i].dropped = w->list->at[i].control != CONTROL_NONE;
        if (w->list->at[i].control == CONTROL_CHAIN) {
            transaction_end(w, i + 1);
            transaction_open(w, i + 1);
        }
    }
    transaction_end(w, end + 1);
}

/* One statement after the other, but for the script's own blocks. */
static void statements(struct walk *w)
{
    for (size_t i = 0; i < w->list->len; i++) {
        size_t end = i;

        if (w->list->at[i].control == CONTROL_BEGIN && !w->list->at[i].dropped)
            own_block(w, i, end = block_end(w->list, i));
        else
            add(w, i, i + 1, false);
        i = end;
    }
}

void segments_make(struct segments *out, const struct control *control, struct statements *list, struct arena *a)
{
    struct walk w = { .out = out, .list = list, .arena = a, .options = control->begin_options };

    *out = (struct segments) { 0 };
    if (control->shape == SCRIPT_REOPENING)
        blocks(&w);
    else if (control->shape == SCRIPT_ATOMIC)
        add(&w, 0, list->len, true);
    else
        statements(&w);
}

struct script_part segments_part(const struct pg_script *s, const struct segment *g, uint64_t before)
{
    const struct statements *list = &s->statements;
    struct script_part out = {
        .first = (size_t)g->first, .end = (size_t)(g->first + g->count), .before = before, .options = g->options
    };

    for (size_t i = out.first; i < out.end; i++)
        out.sent += !list->at[i].dropped;
    out.from = out.first ? list->at[out.first].from : 0;
    out.to = out.end < list->len ? list->at[out.end - 1].to : s->body.len;
    return out;
}
