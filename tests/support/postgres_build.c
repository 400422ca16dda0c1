#include "tests/support/postgres_build.h"

#include <criterion/criterion.h>
#include <signal.h>

const char build_sql[] = "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);";
const struct resume build_begun = { .begun = 1, .hash = "" };

struct unit_db *build_open(void)
{
    struct unit_db *b = unit_open(NULL, NULL);

    unit_ask(b, "CREATE TABLE t (a int, b text); INSERT INTO t SELECT i, 'x' FROM generate_series(1, 10) i");
    return b;
}

const char *build_indexes(struct unit_db *b)
{
    return unit_ask(b, "SELECT coalesce(string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE '!' END, ' '"
                       " ORDER BY c.relname), '') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                       " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname ~ '^(t|T|p|c)[ 0-9]*$'");
}

void build_leave_invalid(struct unit_db *b, const char *sql)
{
    unit_ask(b, "INSERT INTO t VALUES (1, 'twice')");
    cr_assert_not(unit_up_outside(b, "0", sql));
    unit_ask(b, "DELETE FROM t WHERE b = 'twice'; TRUNCATE history");
}

void build_await(const char *conninfo)
{
    postgres_await(conninfo,
                   "SELECT count(*) FROM pg_stat_progress_create_index"
                   " WHERE lockers_total > 0 AND datname = current_database()",
                   "1");
}

static struct db_session kept(const struct db_session *s, struct arena *a)
{
    struct db_session copy = *s;

    copy.state = arena_string(a, s->state);
    copy.query = arena_string(a, s->query);
    return copy;
}

static void tell(void *to, const struct db_progress *p)
{
    struct build_wait *w = to;
    struct arena *a = w->unit->arena;

    if (p->kind == PROGRESS_AWAITED && p->blockers.len)
        w->first = kept(&p->blockers.at[0], a);
    if (p->kind != PROGRESS_BUILD || !p->blockers.len || w->told++)
        return;
    w->build = *p;
    w->build.phase = arena_string(a, p->phase);
    w->build.object = arena_string(a, p->object);
    w->blocker = kept(&p->blockers.at[0], a);
    if (w->stop)
        raise(SIGINT);
    else if (!w->quiet)
        postgres_session_run(w->holder, w->release);
}

struct build_wait build_wait_for(struct unit_db *b, const char *sql)
{
    struct build_wait w = { .unit = b, .holder = postgres_session_open(b->conninfo), .release = "COMMIT" };

    postgres_session_run(w.holder, sql);
    return w;
}

bool build_up(struct unit_db *b, struct build_wait *w, const char *version, const char *sql)
{
    b->progress = tell;
    b->progress_to = w;
    return unit_up(b, version, sql);
}
