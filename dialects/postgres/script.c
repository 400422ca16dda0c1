#include "dialects/kind.h"
#include "dialects/postgres/cutter.h"
#include "dialects/postgres/pooler_script.h"
#include "dialects/postgres/segments.h"

struct reading {
    struct pg_script *out;
    const struct script_request *r;
    struct cutter cutter;
    struct enum_labels labels;
    bool tentative;    /* the list's last one is there only for being the last so far */
    struct err *first; /* what the script may not do to the ledger: said where all else can be read */
    struct arena *arena;
};

static struct pos place(const struct pg_script *s, size_t byte, struct err *e)
{
    return input_spans_place(&s->spans, s->source, 0, (struct pos) { s->path, 1, 1 }, byte, e);
}

struct pos script_place(const struct pg_script *s, size_t byte)
{
    return place(s, byte, NULL);
}

bool script_error_place(struct err *e, const struct pg_script *s, size_t byte)
{
    place(s, byte, e);
    return false;
}

struct pos script_statement_place(const struct pg_script *s, const struct statement *at)
{
    return s->whole ? place(s, at->from, NULL) : at->at;
}

bool script_error_statement(struct err *e, const struct pg_script *s, const struct statement *at)
{
    if (s->whole)
        return script_error_place(e, s, at->from);
    e->at = at->at;
    return false;
}

static void gather(struct statement_traits *all, const struct statement_traits *t)
{
    all->outside = all->outside || t->outside;
    all->may_commit = all->may_commit || t->may_commit;
    all->changes_session = all->changes_session || t->changes_session;
    all->forgets = all->forgets || t->forgets;
    all->copies_in = all->copies_in || t->copies_in;
}

static void note(struct reading *g, enum script_note_kind kind, size_t byte)
{
    *arena_push(g->arena, &g->out->notes) = (struct script_note) { kind, input_place(&g->cutter.in, byte, NULL) };
}

static void look_at_ledger(struct reading *g, struct text src, const struct statement *s)
{
    struct script_facts *facts = &g->out->facts;
    struct ledger_touch t = { 0 };

    if (g->r->ledger.table && (g->cutter.seen.names_ledger || token_is(src, g->cutter.head.at[0], "do")))
        t = ledger_touched(src, s, g->r, g->arena);
    if (t.foreign && !g->first) {
        g->first = arena_make(g->arena, struct err, 1);
        ledger_foreign(g->first, &t, g->r, g->arena);
        input_place(&g->cutter.in, t.at, g->first);
    }
    if (t.empties)
        note(g, NOTE_EMPTIES_LEDGER, s->from);
    if (t.hidden)
        note(g, NOTE_LEDGER_IN_DO, s->from);
    /* Believed without the parser too: that the row is there once is checked behind the script. */
    facts->writes_own_row = facts->writes_own_row || t.own;
    if (!t.own && !(facts->changes_schema && facts->changes_data))
        kind_add(facts, text_cut(src, s->from, s->to));
}

static bool matters(const struct statement *s)
{
    return s->nth == 0 || s->control || s->marks;
}

static bool adds_value(const struct reading *g, const struct statement *s)
{
    for (size_t i = 0; i < g->labels.len; i++)
        if (g->labels.at[i].statement == s->nth)
            return true;
    return false;
}

/* From here on only some statements are listed. */
static void grows_large(struct reading *g)
{
    struct statements *list = &g->out->statements;
    size_t kept = 0;

    for (size_t i = 0; i < list->len; i++) {
        struct statement *s = &list->at[i];
        bool listed = matters(s) || adds_value(g, s);

        if (!listed && i + 1 < list->len)
            continue;
        s->at = input_place(&g->cutter.in, s->from, NULL);
        g->tentative = !listed;
        list->at[kept++] = *s;
    }
    list->len = kept;
    g->out->whole = g->cutter.in.keeps = false;
    g->out->copies.len = 0;
}

static void list_add(struct reading *g, const struct statement *s)
{
    struct statements *list = &g->out->statements;

    if (!g->out->whole && g->tentative)
        list->len--;
    g->tentative = !g->out->whole && !matters(s) && !adds_value(g, s);
    *arena_push(g->arena, list) = *s;
}

/* Whatever way it is set: by SET, by set_config(), or in a block's body. */
static bool sets_timeout(const struct reading *g, struct text sql)
{
    static const char *const name[] = { "statement_timeout", NULL };

    return g->cutter.seen.timeout ||
           (token_is(g->cutter.in.lexer.src, g->cutter.head.at[0], "do") && statement_mentions(sql, name));
}

static bool take(struct reading *g, struct err *e)
{
    struct cutter *c = &g->cutter;
    struct text src = c->in.lexer.src;
    struct statement s = { .from = c->head.at[0].from, .to = c->head.last.to, .nth = c->nth };
    struct statement_traits traits;
    bool outside = g->out->traits.outside;
    size_t at;

    statement_classify(&s, &traits, src, &c->head, g->arena);
    if (!statement_allowed(&at, src, &s, &c->head, &c->seen, e)) {
        input_place(&c->in, at, e);
        return false;
    }
    if (g->r->dump && !statement_stays_inside(&at, src, &s, &c->head, e)) {
        input_place(&c->in, at, e);
        return false;
    }
    if (g->r->pooled && !pooler_allows(&at, text_cut(src, s.from, s.to), e)) {
        input_place(&c->in, s.from + at, e);
        return false;
    }
    traits.changes_session = traits.changes_session || c->seen.set_config;
    gather(&g->out->traits, &traits);
    look_at_ledger(g, src, &s);
    labels_learn(&g->labels, src, &s, &c->head);
    if (g->out->timeout_at == UINT64_MAX && sets_timeout(g, text_cut(src, s.from, s.to)))
        g->out->timeout_at = s.nth;
    if (!g->out->whole)
        s.at = input_pass(&c->in, s.from);
    s.from += c->in.base;
    s.to += c->in.base;
    list_add(g, &s);
    if (!outside && traits.outside)
        g->out->outside_at = g->out->statements.len - 1;
    return true;
}

static bool take_rows(struct reading *g, struct err *e)
{
    struct cutter *c = &g->cutter;
    size_t from = c->rows_from, to = from;
    struct text piece;

    do {
        if (!cutter_rows(&piece, c, e))
            return false;
        to += piece.len;
        if (g->out->whole && !c->in.keeps)
            grows_large(g);
    } while (piece.len);
    if (to > from)
        labels_used(&g->labels);
    if (g->out->whole)
        *arena_push(g->arena, &g->out->copies) = (struct copy_block) { g->out->statements.len - 1, from, to };
    return true;
}

static void mark_labels(const struct reading *g)
{
    struct statements *list = &g->out->statements;

    for (size_t i = 0; i < g->labels.len; i++)
        for (size_t k = 0; g->labels.at[i].used && k < list->len; k++)
            if (list->at[k].nth == g->labels.at[i].statement)
                list->at[k].marks |= MARK_ENDS_SEGMENT;
}

/* As it is sent: what is not SQL becomes blanks, so that every byte stays where it is. Where nothing is, it is the
 * source itself. */
static void make_body(const struct reading *g)
{
    struct pg_script *out = g->out;
    const struct cut_edits *edits = &g->cutter.edits;
    char *body = NULL;

    for (size_t i = 0; i < edits->len; i++) {
        const struct cut_edit *cut = &edits->at[i];

        body = body ? body : arena_cstr(g->arena, out->source);
        memset(body + cut->from, ' ', cut->to - cut->from);
        /* A line end first: a comment may stand before it. */
        if (cut->kind == CUT_SEPARATOR)
            memcpy(body + cut->from, "\n;", 2);
    }
    for (size_t i = 0; i < out->statements.len; i++) {
        const struct statement *s = &out->statements.at[i];

        if (!s->dropped)
            continue;
        body = body ? body : arena_cstr(g->arena, out->source);
        memset(body + s->from, ' ', s->to - s->from);
    }
    out->body = body ? (struct text) { body, out->source.len } : out->source;
}

static bool read_statements(struct reading *g, struct err *e)
{
    struct pg_script *out = g->out;
    struct cutter *c = &g->cutter;

    for (bool more;;) {
        if (!cutter_next(c, &more, e))
            return false;
        if (out->whole && !c->in.keeps)
            grows_large(g);
        if (!more)
            break;
        if (!take(g, e) || (c->rows && !take_rows(g, e)))
            return false;
        out->count = c->nth + 1;
    }
    out->bytes = c->in.base + c->in.lexer.src.len;
    if (g->first) {
        *e = *g->first;
        return false;
    }
    return true;
}

static void keep_source(const struct reading *g)
{
    const struct input *in = &g->cutter.in;
    struct text src = in->lexer.src;

    /* A piece that is the whole script stays as long as that. */
    g->out->source = in->borrowed && src.len == g->r->script->size ? src : arena_text(g->arena, src.at, src.len);
}

/* Beside the one that control_settle gives. */
static void warn_of_cuts(struct pg_script *s)
{
    s->control.warning = "a later statement uses the enum value that this one adds, which takes a COMMIT between them: "
                         "the script is run in several transactions";
    for (size_t i = 0; i < s->statements.len; i++)
        if (s->statements.at[i].marks & MARK_ENDS_SEGMENT) {
            s->control.warned_at = i;
            return;
        }
}

static void settle(struct pg_script *s, const struct script_request *r, struct arena *a)
{
    bool each;

    control_settle(&s->control, &s->statements, r->no_transaction || s->traits.outside);
    /* Asked for, or since it ends transactions that it has not begun. */
    each = r->no_transaction || s->control.warning;
    segments_make(&s->segments, &s->control, &s->statements, each, a);
    if (s->control.shape == SCRIPT_ATOMIC && s->segments.len > 1) {
        s->control.shape = SCRIPT_STATEMENTS;
        warn_of_cuts(s);
    }
    if (!r->resume)
        return;
    segments_skip(&s->segments, &s->statements, r->resume->done);
    if (s->control.shape == SCRIPT_ATOMIC)
        s->control.shape = SCRIPT_STATEMENTS;
}

static bool finish(struct reading *g)
{
    struct pg_script *out = g->out;

    for (size_t i = 0; i < g->cutter.notes.len; i++)
        *arena_push(g->arena, &out->notes) = g->cutter.notes.at[i];
    out->spans = g->cutter.in.spans;
    mark_labels(g);
    settle(out, g->r, g->arena);
    if (out->whole) {
        keep_source(g);
        make_body(g);
    }
    return true;
}

bool script_read(struct pg_script *out, const struct script_request *r, struct arena *a, struct err *e)
{
    struct reading g = { .out = out, .r = r, .arena = a };
    bool ok;

    *out = (struct pg_script) {
        .path = r->script->path, .script = *r->script, .separator = r->separator, .timeout_at = UINT64_MAX
    };
    cutter_open(&g.cutter, r->script, r->separator, true, a);
    out->whole = g.cutter.in.keeps;
    g.labels.arena = a;
    g.labels.relaxed = r->server >= 170000;
    g.cutter.wanted.labels = &g.labels;
    if (r->ledger.table && r->version) {
        g.cutter.wanted.ledger = r->ledger.table;
        g.cutter.wanted.ledger_len = strlen(r->ledger.table);
    }
    ok = read_statements(&g, e) && finish(&g);
    cutter_close(&g.cutter);
    return ok;
}

uint64_t script_sent(const struct pg_script *s)
{
    uint64_t n = s->count;

    for (size_t i = 0; i < s->statements.len; i++)
        n -= s->statements.at[i].dropped;
    return n;
}

const struct statement *script_begin(const struct pg_script *s)
{
    for (size_t i = 0; s->control.begin_options && i < s->statements.len; i++)
        if (s->statements.at[i].options && s->statements.at[i].dropped)
            return &s->statements.at[i];
    return NULL;
}

const struct statement *script_nth_sent(const struct pg_script *s, uint64_t nth)
{
    const struct statements *list = &s->statements;
    uint64_t at = segments_nth(list, nth);
    size_t i = segments_listed(list, at);

    return i < list->len && list->at[i].nth == at ? &list->at[i] : NULL;
}

const struct copy_block *script_rows(const struct pg_script *s, size_t statement)
{
    for (size_t i = 0; i < s->copies.len; i++)
        if (s->copies.at[i].statement == statement)
            return &s->copies.at[i];
    return NULL;
}
