#include "tests/support/bad_input.h"

#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"

static const char story[] = "== commit First\n"
                            "== file db/migrate/1_first.sql\n"
                            "CREATE TABLE t (id integer PRIMARY KEY, a integer);\n"
                            "INSERT INTO t SELECT n, n FROM generate_series(1, 3) n;\n"
                            "CREATE INDEX i ON t (a);\n"
                            "CREATE TYPE mood AS ENUM ('a');\n"
                            "CREATE TABLE moods (m mood);\n"
                            "CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id);\n"
                            "CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);\n"
                            "CREATE TABLE session (found text);\n"
                            "CREATE PROCEDURE commits() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\n";

/* What a script may leave in its session, and the next one may not find. */
static const char third[] =
    "INSERT INTO session SELECT concat_ws(',', session_user, current_user, current_setting('search_path'),\n"
    " current_setting('statement_timeout'), current_setting('client_encoding'), current_setting('datestyle'),\n"
    " current_setting('standard_conforming_strings'), current_setting('session_replication_role'),\n"
    " current_setting('default_transaction_read_only'), current_setting('transaction_isolation'),\n"
    " current_setting('row_security'), current_setting('check_function_bodies'));\n";

static const char third_file[] = "db/migrate/3_third.sql", second_file[] = "db/migrate/2_bad.sql";

struct play {
    struct stage stage;
    const char *session; /* what the third script finds where nothing was before it */
};

static const char *ask(struct play *p, const char *sql)
{
    return postgres_ask(p->stage.arena, p->stage.conninfo, sql);
}

/* All but the history: relations, their columns and rows, types, functions, what is prepared or locked. */
static const char *state(struct play *p)
{
    return ask(p, "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ("
                  "SELECT concat_ws(' ', c.oid::regclass, c.relkind, c.relrowsecurity, a.attname, a.atttypid::regtype)"
                  " AS line FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname !~ '^pg_|^info'"
                  " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                  "UNION ALL SELECT pg_get_indexdef(indexrelid) || indisvalid FROM pg_index"
                  " WHERE indrelid >= 16384 AND pg_get_indexdef(indexrelid) !~ 'pg_toast' "
                  "UNION ALL SELECT enumlabel FROM pg_enum "
                  "UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.oid >= 16384 "
                  "UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal "
                  "UNION ALL SELECT query_to_xml('TABLE public.t', true, true, '')::text "
                  "UNION ALL SELECT query_to_xml('TABLE public.schema_migrations', true, true, '')::text "
                  "UNION ALL SELECT gid FROM pg_prepared_xacts "
                  "UNION ALL SELECT 'locked ' || l.objid FROM pg_locks l WHERE l.locktype = 'advisory' AND l.database ="
                  " (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())) s");
}

static const char *history(struct play *p)
{
    return ask(p, "SELECT string_agg(version || ' ' || outcome, ', ' ORDER BY id) FROM merganser.history");
}

static const char *ledger(struct play *p)
{
    return ask(p, "SELECT string_agg(version, ' ' ORDER BY version) FROM public.schema_migrations");
}

static struct process_result up(struct play *p)
{
    return stage_run(&p->stage, "merganser up --database \"$PG\"");
}

static void open_play(struct play *p)
{
    struct arena *a = arena_open();

    p->stage = stage_open(a, TEXT(story), true);
    stage_expect(&p->stage, 0, "merganser up --database \"$PG\"");
    stage_keep(&p->stage, "first", false);
    scratch_write(p->stage.repository, third_file, text_from(third));
    stage_expect(&p->stage, 0, "merganser up --database \"$PG\"");
    p->session = ask(p, "SELECT found FROM session");
}

/* The words of the warnings that are none of the script's own doing. */
static bool warned(struct text printed)
{
    size_t at;

    return text_find(printed, "warning:", &at);
}

static const struct {
    int exit_code;
    const char *ledger, *history;
    bool same, warned;
} ends[] = {
    [BAD_APPLIES] = { 0, "1 2 3", "1 applied, 2 applied, 3 applied", false, false },
    [BAD_WARNS] = { 0, "1 2 3", "1 applied, 2 applied, 3 applied", false, true },
    [BAD_REFUSED] = { 2, "1", "1 applied", true, false },
    [BAD_FAILS] = { 1, "1", "1 applied, 2 failed", true, false },
    [BAD_PARTIAL] = { 1, "1", "1 applied, 2 partial", false, true },
    [BAD_LOCK_LOST] = { 1, "1 2 3", "1 applied, 2 applied, 3 applied", false, false },
};

static void check(struct play *p, const struct bad_input *row, const char *before, struct process_result r)
{
    const char *got = arena_printf(p->stage.arena, "exit %d; %s; %s", r.exit_code, ledger(p), history(p));
    const char *wanted = arena_printf(p->stage.arena, "exit %d; %s; %s", ends[row->end].exit_code,
                                      ends[row->end].ledger, ends[row->end].history);
    size_t at;

    cr_expect_str_eq(got, wanted, "%s: %s\n   not %s\n%.*s%.*s", row->name, got, wanted, (int)r.err.len, r.err.at,
                     (int)r.out.len, r.out.at);
    if (row->says)
        cr_expect(text_find(r.err, row->says, &at), "%s: it does not say \"%s\" but: %.*s", row->name, row->says,
                  (int)r.err.len, r.err.at);
    if (ends[row->end].same)
        cr_expect_str_eq(state(p), before, "%s: the database is not as it was", row->name);
    if (r.exit_code == 0)
        cr_expect_eq(warned(r.err), ends[row->end].warned, "%s: %.*s", row->name, (int)r.err.len, r.err.at);
    if (row->check)
        cr_expect_str_eq(ask(p, row->check), "t", "%s: %s", row->name, row->check);
    if (ends[row->end].exit_code == 0 && r.exit_code == 0)
        cr_expect_str_eq(ask(p, "SELECT found FROM public.session"), p->session, "%s: it left its session behind",
                         row->name);
}

void bad_input_play(const struct bad_input *rows, size_t n)
{
    struct play p;

    open_play(&p);
    for (size_t i = 0; i < n; i++) {
        const char *before;

        stage_restore(&p.stage, "first", false);
        if (rows[i].setup)
            ask(&p, rows[i].setup);
        scratch_write(p.stage.repository, second_file, text_from(rows[i].script));
        before = state(&p);
        check(&p, &rows[i], before, up(&p));
    }
    stage_close(&p.stage);
    arena_close(p.stage.arena);
}
