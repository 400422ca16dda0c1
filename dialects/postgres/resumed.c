#include "dialects/postgres/resumed.h"

#include "dialects/postgres/concurrent.h"

void resumed_link(char hex[65], const struct pg_script *s, const struct statement *statement,
                  void (*chain)(char hex[65], struct text statement))
{
    const struct copy_block *rows = script_rows(s, (size_t)(statement - s->statements.at));

    chain(hex, text_cut(s->source, statement->from, statement->to));
    if (rows)
        chain(hex, text_cut(s->source, rows->from, rows->to));
}

static bool at_statement(struct err *e, const struct pg_script *s, uint64_t nth)
{
    const struct statement *next = script_nth_sent(s, (size_t)nth);

    if (next)
        return script_error_statement(e, s, next);
    e->at = IN_FILE(s->path);
    return false;
}

static bool was_edited(const struct pg_script *s, const struct script_request *r, struct err *e)
{
    uint64_t done = r->resume->done, now = script_sent(s);

    if (done == 1)
        err_plain(e, ERR_PARTIAL, "the first statement of %s has run, and it was edited since", r->version);
    else
        err_plain(e, ERR_PARTIAL, "the first %llu statements of %s have run, and they were edited since",
                  (unsigned long long)done, r->version);
    at_statement(e, s, done < now ? done : now);
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
    const struct statement *end = s->statements.at + s->statements.len;

    if (begin->control != CONTROL_BEGIN)
        return false;
    for (begin++; begin < end && begin->control != CONTROL_ROLLBACK; begin++)
        if (begin->control == CONTROL_CHAIN)
            return false;
    return true;
}

/* What builds or drops concurrently is looked for in the catalog before it is begun again. */
static bool is_looked_for(const struct pg_script *s, const struct statement *statement)
{
    struct arena *a = arena_open();
    struct concurrent c;
    bool is = concurrent_read(&c, text_cut(s->body, statement->from, statement->to), a);

    arena_close(a);
    return is;
}

bool resumed_repeats(const struct pg_script *s, const struct statement *statement)
{
    return (statement->marks & MARK_REPEATS) || leaves_nothing(s, statement) || is_looked_for(s, statement);
}

static bool may_be_done(const struct pg_script *s, const struct script_request *r, struct err *e)
{
    err_plain(e, ERR_PARTIAL, "nobody can tell whether statement %llu of %s has run: the run that began it was cut off",
              (unsigned long long)r->resume->begun, r->version);
    at_statement(e, s, r->resume->done);
    return err_hint(e, "look at what it has left, then say what is so with `merganser repair %s`", r->version);
}

/* False where it has fewer than n statements. */
static bool link_first(char hex[65], const struct pg_script *s, uint64_t n,
                       void (*chain)(char hex[65], struct text statement))
{
    *hex = '\0';
    for (size_t i = 0; i < s->statements.len && n; i++) {
        if (s->statements.at[i].dropped)
            continue;
        resumed_link(hex, s, &s->statements.at[i], chain);
        n--;
    }
    return n == 0;
}

bool postgres_chained(const char **hash, const struct script_request *r, uint64_t n,
                      void (*chain)(char hex[65], struct text statement), struct arena *a, struct err *e)
{
    struct pg_script s;
    char hex[65];

    *hash = NULL;
    if (!script_read(&s, r, a, e))
        return false;
    if (s.whole && link_first(hex, &s, n, chain))
        *hash = arena_string(a, hex);
    return true;
}

bool resumed_check(const struct pg_script *s, const struct script_request *r, struct err *e)
{
    const struct resume *resume = r->resume;
    const struct statement *begun;
    char hex[65];

    if (!s->whole)
        return true; /* apply refuses it */
    if (!link_first(hex, s, resume->done, resume->chain) || strcmp(hex, resume->hash) != 0)
        return was_edited(s, r, e);
    if (!resume->begun)
        return true;
    begun = script_nth_sent(s, (size_t)resume->done);
    if (!begun || resume->begun != resume->done + 1)
        return may_be_done(s, r, e);
    return resumed_repeats(s, begun) || may_be_done(s, r, e);
}
