#include "dialects/postgres/segments.h"

struct walk {
    struct segments *out;
    struct statements *list;
    struct arena *arena;
    bool each;
    struct segment open; /* what follows joins it, while is_open */
    bool is_open;
    const char *options; /* of the script's last BEGIN: COMMIT AND CHAIN hands them on */
    uint64_t next;       /* the statement behind the last one that was walked over */
};

size_t segments_listed(const struct statements *list, uint64_t nth)
{
    size_t from = 0, to = list->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (list->at[middle].nth < nth)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

uint64_t segments_nth(const struct statements *list, uint64_t sent)
{
    for (size_t i = 0; i < list->len && list->at[i].nth <= sent; i++)
        sent += list->at[i].dropped;
    return sent;
}

static uint64_t sent_of(const struct statements *list, uint64_t first, uint64_t end)
{
    uint64_t sent = end - first;

    for (size_t i = segments_listed(list, first); i < list->len && list->at[i].nth < end; i++)
        sent -= list->at[i].dropped;
    return sent;
}

static void add(struct walk *w, struct segment g, uint64_t end)
{
    g.count = end - g.first;
    if (end > g.first && sent_of(w->list, g.first, end))
        *(struct segment *)arena_push(w->arena, w->out) = g;
}

static void open_at(struct walk *w, uint64_t first, bool each)
{
    w->open = (struct segment) { .first = first, .transactional = true, .each = each, .options = w->options };
    w->is_open = true;
}

static void close_at(struct walk *w, uint64_t end)
{
    if (w->is_open)
        add(w, w->open, end);
    w->is_open = false;
}

static void begin_at(struct walk *w, const struct statement *s)
{
    w->options = s->options && *s->options ? s->options : NULL;
    open_at(w, s->nth, false);
}

/* A statement of a transaction. */
static void inside(struct walk *w, const struct statement *s)
{
    if (!(s->marks & MARK_ENDS_SEGMENT))
        return;
    close_at(w, s->nth + 1);
    open_at(w, s->nth + 1, false);
}

/* A statement that no BEGIN of the script stands before. */
static void outside(struct walk *w, uint64_t nth, unsigned marks)
{
    w->options = NULL;
    if (marks & (MARK_OUTSIDE | MARK_MAY_COMMIT)) {
        close_at(w, nth);
        add(w, (struct segment) { .first = nth }, nth + 1);
        return;
    }
    if (!w->is_open)
        open_at(w, nth, w->each);
    if (marks & MARK_ENDS_SEGMENT)
        close_at(w, nth + 1);
}

/* Up to s; what is not listed has no mark. */
static void come_to(struct walk *w, const struct statement *s, bool in)
{
    if (w->next < s->nth && !in)
        outside(w, w->next, 0);
    w->next = s->nth + 1;
}

/* The whole script is ours, or a row of blocks that are; statements between these are by themselves. */
static void blocks(struct walk *w)
{
    bool in = true;

    w->each = true;
    open_at(w, 0, false);
    for (size_t i = 0; i < w->list->len; i++) {
        struct statement *s = &w->list->at[i];

        s->dropped = s->control != CONTROL_NONE;
        come_to(w, s, in);
        if (s->control == CONTROL_NONE && in) {
            inside(w, s);
        } else if (s->control == CONTROL_NONE) {
            outside(w, s->nth, s->marks);
        } else if (s->control == CONTROL_BEGIN && in) {
            continue; /* the script's first, or a second one: the server would only warn */
        } else if (s->control == CONTROL_BEGIN) {
            close_at(w, s->nth);
            begin_at(w, s);
            in = true;
        } else {
            close_at(w, s->nth + 1);
            in = s->control == CONTROL_CHAIN;
            if (in)
                open_at(w, s->nth + 1, false);
        }
    }
    close_at(w, w->next);
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
    const struct statement *first = &w->list->at[begin], *last = &w->list->at[end];

    close_at(w, first->nth);
    w->next = last->nth + 1;
    if (last->control == CONTROL_ROLLBACK) {
        add(w, (struct segment) { .first = first->nth }, w->next);
        return;
    }
    begin_at(w, first);
    for (size_t i = begin; i <= end; i++) {
        struct statement *s = &w->list->at[i];

        s->dropped = s->control != CONTROL_NONE;
        if (s->control == CONTROL_NONE)
            inside(w, s);
        if (s->control != CONTROL_CHAIN)
            continue;
        close_at(w, s->nth + 1);
        open_at(w, s->nth + 1, false);
    }
    close_at(w, w->next);
}

static void statements(struct walk *w)
{
    for (size_t i = 0; i < w->list->len; i++) {
        struct statement *s = &w->list->at[i];
        size_t end = i;

        come_to(w, s, false);
        if (s->control == CONTROL_BEGIN && !s->dropped)
            own_block(w, i, end = block_end(w->list, i));
        else if (!s->dropped)
            outside(w, s->nth, s->marks);
        i = end;
    }
    close_at(w, w->next);
}

void segments_make(struct segments *out, const struct control *control, struct statements *list, bool each,
                   struct arena *a)
{
    struct walk w = { .out = out, .list = list, .arena = a, .each = each, .options = control->begin_options };

    *out = (struct segments) { 0 };
    if (control->shape == SCRIPT_STATEMENTS)
        statements(&w);
    else
        blocks(&w);
}

void segments_skip(struct segments *s, const struct statements *list, uint64_t done)
{
    uint64_t first = segments_nth(list, done);
    size_t kept = 0;

    for (size_t i = 0; i < s->len; i++) {
        struct segment g = s->at[i];

        if (g.first + g.count <= first)
            continue;
        if (g.first < first) {
            g.count -= first - g.first;
            g.first = first;
        }
        s->at[kept++] = g;
    }
    s->len = kept;
}

struct script_part segments_part(const struct pg_script *s, const struct segment *g, uint64_t before)
{
    const struct statements *list = &s->statements;
    struct script_part out = { .first = g->first, .end = g->first + g->count, .before = before, .options = g->options };

    out.sent = sent_of(list, out.first, out.end);
    if (!s->whole)
        return out;
    out.from = out.first ? list->at[out.first].from : 0;
    out.to = out.end < list->len ? list->at[out.end - 1].to : s->body.len;
    return out;
}
