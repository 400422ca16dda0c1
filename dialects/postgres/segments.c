#include "dialects/postgres/segments.h"

struct walk {
    struct segments *out;
    struct statements *list;
    struct arena *arena;
    bool each;
    struct segment open; /* what follows joins it, while is_open */
    bool is_open;
    const char *options; /* of the script's last BEGIN: COMMIT AND CHAIN hands them on */
};

static void add(struct walk *w, struct segment g, size_t end)
{
    size_t sent = 0;

    g.count = end - g.first;
    for (size_t i = g.first; i < end; i++)
        sent += !w->list->at[i].dropped;
    if (sent)
        *(struct segment *)arena_push(w->arena, w->out) = g;
}

static void open_at(struct walk *w, size_t first, bool each)
{
    w->open = (struct segment) { .first = first, .transactional = true, .each = each, .options = w->options };
    w->is_open = true;
}

static void close_at(struct walk *w, size_t end)
{
    if (w->is_open)
        add(w, w->open, end);
    w->is_open = false;
}

static void begin_at(struct walk *w, size_t i)
{
    const char *options = w->list->at[i].options;

    w->options = options && *options ? options : NULL;
    open_at(w, i, false);
}

/* A statement of a transaction. */
static void inside(struct walk *w, size_t i)
{
    if (!(w->list->at[i].marks & MARK_ENDS_SEGMENT))
        return;
    close_at(w, i + 1);
    open_at(w, i + 1, false);
}

/* A statement that no BEGIN of the script stands before. */
static void outside(struct walk *w, size_t i)
{
    unsigned marks = w->list->at[i].marks;

    w->options = NULL;
    if (marks & (MARK_OUTSIDE | MARK_MAY_COMMIT)) {
        close_at(w, i);
        add(w, (struct segment) { .first = i }, i + 1);
        return;
    }
    if (!w->is_open)
        open_at(w, i, w->each);
    if (marks & MARK_ENDS_SEGMENT)
        close_at(w, i + 1);
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
        if (s->control == CONTROL_NONE && in) {
            inside(w, i);
        } else if (s->control == CONTROL_NONE) {
            outside(w, i);
        } else if (s->control == CONTROL_BEGIN && in) {
            continue; /* the script's first, or a second one: the server would only warn */
        } else if (s->control == CONTROL_BEGIN) {
            close_at(w, i);
            begin_at(w, i);
            in = true;
        } else {
            close_at(w, i + 1);
            in = s->control == CONTROL_CHAIN;
            if (in)
                open_at(w, i + 1, false);
        }
    }
    close_at(w, w->list->len);
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
    close_at(w, begin);
    if (w->list->at[end].control == CONTROL_ROLLBACK) {
        add(w, (struct segment) { .first = begin }, end + 1);
        return;
    }
    begin_at(w, begin);
    for (size_t i = begin; i <= end; i++) {
        struct statement *s = &w->list->at[i];

        s->dropped = s->control != CONTROL_NONE;
        if (s->control == CONTROL_NONE)
            inside(w, i);
        if (s->control != CONTROL_CHAIN)
            continue;
        close_at(w, i + 1);
        open_at(w, i + 1, false);
    }
    close_at(w, end + 1);
}

static void statements(struct walk *w)
{
    for (size_t i = 0; i < w->list->len; i++) {
        struct statement *s = &w->list->at[i];
        size_t end = i;

        if (s->control == CONTROL_BEGIN && !s->dropped)
            own_block(w, i, end = block_end(w->list, i));
        else if (!s->dropped)
            outside(w, i);
        i = end;
    }
    close_at(w, w->list->len);
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
    size_t first = 0, kept = 0;

    for (uint64_t sent = 0; first < list->len; first++)
        if (!list->at[first].dropped && sent++ == done)
            break;
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
    struct script_part out = {
        .first = (size_t)g->first, .end = (size_t)(g->first + g->count), .before = before, .options = g->options
    };

    for (size_t i = out.first; i < out.end; i++)
        out.sent += !list->at[i].dropped;
    out.from = out.first ? list->at[out.first].from : 0;
    out.to = out.end < list->len ? list->at[out.end - 1].to : s->body.len;
    return out;
}
