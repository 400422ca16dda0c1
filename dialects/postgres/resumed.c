#include "dialects/postgres/resumed.h"

#include "core/base/interrupt.h"
#include "dialects/postgres/concurrent.h"
#include "dialects/postgres/passage.h"

enum { ROWS_BLOCK = 64 * 1024 };

struct resumed_chain resumed_chain_open(const char *hex, void (*link)(char hex[65], struct text text), struct arena *a)
{
    struct resumed_chain out = { .link = link, .arena = a };

    snprintf(out.hex, sizeof out.hex, "%s", hex);
    return out;
}

void resumed_chain_statement(struct resumed_chain *c, struct text sql)
{
    if (c->link)
        c->link(c->hex, sql);
}

void resumed_chain_rows(struct resumed_chain *c, struct text piece)
{
    bool end = !piece.len;

    if (!c->link)
        return;
    if (!c->block)
        c->block = arena_alloc(c->arena, ROWS_BLOCK);
    while (piece.len) {
        size_t room = ROWS_BLOCK - c->held, len = piece.len < room ? piece.len : room;

        memcpy(c->block + c->held, piece.at, len);
        c->held += len;
        piece = text_cut(piece, len, piece.len);
        if (c->held < ROWS_BLOCK)
            break;
        c->link(c->hex, (struct text) { c->block, c->held });
        c->held = 0;
    }
    if (!end)
        return;
    c->link(c->hex, (struct text) { c->block, c->held });
    c->held = 0;
}

void resumed_chain_listed(struct resumed_chain *c, const struct pg_script *s, uint64_t nth)
{
    const struct statement *statement = &s->statements.at[nth];
    const struct copy_block *rows = script_rows(s, (size_t)nth);

    resumed_chain_statement(c, text_cut(s->source, statement->from, statement->to));
    if (!rows)
        return;
    if (rows->to > rows->from)
        resumed_chain_rows(c, text_cut(s->source, rows->from, rows->to));
    resumed_chain_rows(c, TEXT(""));
}

/* ---- what was done ---- */

/* The statement that runs next, or one of the done ones. */
struct next {
    const struct statement *listed; /* or NULL */
    struct text sql;
    struct pos at;
};

static bool at_statement(struct err *e, const struct pg_script *s, const struct next *next)
{
    if (next->listed)
        return script_error_statement(e, s, next->listed);
    e->at = next->at;
    return false;
}

static bool was_edited(const struct pg_script *s, const struct script_request *r, const struct next *next,
                       struct err *e)
{
    uint64_t done = r->resume->done, now = script_sent(s);

    if (done == 1)
        err_plain(e, ERR_PARTIAL, "the first statement of %s has run, and it was edited since", r->version);
    else
        err_plain(e, ERR_PARTIAL, "the first %llu statements of %s have run, and they were edited since",
                  (unsigned long long)done, r->version);
    at_statement(e, s, next);
    if (now < done)
        err_detail(e, "the script has %llu statement%s now", (unsigned long long)now, now == 1 ? "" : "s");
    else if (done < now)
        err_detail(e, "what has not run begins here");
    return err_hint(e,
                    "write that part again as it was when it ran, and put what has to change behind it; or settle it "
                    "with `merganser repair %s`",
                    r->version);
}

/* A block that is run as it is written, up to its ROLLBACK, leaves nothing: but for what COMMIT AND CHAIN has kept. */
static bool leaves_nothing(const struct pg_script *s, const struct statement *begin)
{
    const struct statements *list = &s->statements;

    if (begin->control != CONTROL_BEGIN)
        return false;
    for (size_t i = segments_listed(list, begin->nth + 1); i < list->len; i++) {
        if (list->at[i].control == CONTROL_ROLLBACK)
            return true;
        if (list->at[i].control == CONTROL_CHAIN)
            return false;
    }
    return true;
}

/* What builds or drops concurrently is looked for in the catalog before it is begun again. */
static bool is_looked_for(struct text sql)
{
    struct arena *a = arena_open();
    struct concurrent c;
    bool is = concurrent_read(&c, sql, a);

    arena_close(a);
    return is;
}

bool resumed_repeats(const struct pg_script *s, const struct statement *statement, struct text sql)
{
    return (statement->marks & MARK_REPEATS) || leaves_nothing(s, statement) || is_looked_for(sql);
}

static bool may_be_done(const struct pg_script *s, const struct script_request *r, const struct next *next,
                        struct err *e)
{
    err_plain(e, ERR_PARTIAL, "nobody can tell whether statement %llu of %s has run: the run that began it was cut off",
              (unsigned long long)r->resume->begun, r->version);
    at_statement(e, s, next);
    return err_hint(e, "look at what it has left, then say what is so with `merganser repair %s`", r->version);
}

static void chain_whole(struct resumed_chain *chain, struct next *next, const struct pg_script *s, uint64_t end)
{
    const struct statements *list = &s->statements;

    for (uint64_t i = 0; i < end && i < list->len; i++)
        if (!list->at[i].dropped)
            resumed_chain_listed(chain, s, i);
    if (next->listed)
        next->sql = text_cut(s->body, next->listed->from, next->listed->to);
}

static bool chain_large(struct resumed_chain *chain, struct next *next, struct passage *w, uint64_t end, struct err *e)
{
    uint64_t count = w->script->count;

    for (uint64_t i = 0; i < end && i < count; i++) {
        struct text piece = w->now.sql;

        if (!interrupt_check(e) || !passage_to(w, i, e))
            return false;
        if (w->now.dropped)
            continue;
        resumed_chain_statement(chain, w->now.sql);
        for (bool rows = w->now.rows.path; rows; rows = piece.len) {
            if (!passage_rows(&piece, w, e))
                return false;
            resumed_chain_rows(chain, piece);
        }
    }
    if (end >= count)
        return true;
    if (!passage_to(w, end, e))
        return false;
    next->sql = w->now.sql;
    next->at = w->now.at;
    return true;
}

static bool chain_done(struct resumed_chain *chain, struct next *next, struct passage *w, uint64_t end, struct err *e)
{
    if (!w->script->whole)
        return chain_large(chain, next, w, end, e);
    chain_whole(chain, next, w->script, end);
    return true;
}

static bool check(const struct pg_script *s, const struct script_request *r, struct passage *w, struct arena *a,
                  struct err *e)
{
    const struct resume *resume = r->resume;
    struct resumed_chain chain = resumed_chain_open("", resume->chain, a);
    uint64_t end = segments_nth(&s->statements, resume->done);
    struct next next = { .listed = script_nth_sent(s, resume->done), .at = IN_FILE(s->path) };
    struct statement begun;

    if (!chain_done(&chain, &next, w, end, e))
        return false;
    if (script_sent(s) < resume->done || strcmp(chain.hex, resume->hash) != 0)
        return was_edited(s, r, &next, e);
    if (!resume->begun)
        return true;
    begun = next.listed ? *next.listed : (struct statement) { .nth = end };
    if (!next.sql.at || resume->begun != resume->done + 1 || !resumed_repeats(s, &begun, next.sql))
        return may_be_done(s, r, &next, e);
    return true;
}

bool resumed_check(const struct pg_script *s, const struct script_request *r, struct err *e)
{
    struct passage w = { .script = s };
    struct arena *a = arena_open();
    bool ok = check(s, r, &w, a, e);

    passage_close(&w);
    arena_close(a);
    return ok;
}

bool postgres_chained(const char **hash, const struct script_request *r, uint64_t n,
                      void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e)
{
    struct resumed_chain links = resumed_chain_open("", chain, a);
    struct next ignored = { 0 };
    struct pg_script s;
    struct passage w = { .script = &s };
    bool ok;

    *hash = NULL;
    if (!script_read(&s, r, a, e))
        return false;
    if (script_sent(&s) < n)
        return true;
    ok = chain_done(&links, &ignored, &w, segments_nth(&s.statements, n), e);
    passage_close(&w);
    if (ok)
        *hash = arena_string(a, links.hex);
    return ok;
}
