/* pg_dump: which one is run, what it is given, and what becomes of one that fails, hangs or is not there. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/postgres.h"
#include "tests/support/stage.h"

static const char story[] = "== commit Create users\n== file db/migrate/1_create_users.sql\n"
                            "CREATE TABLE users (id integer PRIMARY KEY);\n";

static struct stage open_stage(void)
{
    struct stage s = stage_open(arena_open(), text_from(story), true);

    stage_expect(&s, 0, "merganser up --quiet --database $PG");
    return s;
}

static void close_stage(struct stage *s)
{
    struct arena *a = s->arena;

    stage_close(s);
    arena_close(a);
}

/* A program of that name in the stage's folder; ours reads nothing that is not absolute from PATH. */
static void fake(struct stage *s, const char *name, const char *body)
{
    const char *path = arena_printf(s->arena, "%s/%s", s->folder, name);

    scratch_write(s->folder, name, text_from(arena_printf(s->arena, "#!/bin/sh\n%s\n", body)));
    cr_assert_eq(chmod(path, 0755), 0);
}

#define VERSION "[ \"$1\" != --version ] || { echo 'pg_dump (PostgreSQL) 99.1'; exit 0; }\n"

/* Exits with 1, and says so on standard error. */
static void refused(struct stage *s, const char *line, const char *says)
{
    struct process_result r = stage_expect(s, 1, line);
    size_t at;

    cr_expect(text_find(r.err, says, &at), "%s\nsaid\n%.*sand not %s", line, (int)r.err.len, r.err.at, says);
    cr_expect(!text_find(r.err, STAGE_PASSWORD, &at));
    cr_expect(!scratch_read(s->arena, arena_printf(s->arena, "%s/db/structure.sql", s->repository)).at);
}

Test(dump_program, that_can_not_be_used_is_named)
{
    struct stage s = open_stage();

    refused(&s, "merganser dump --database $PG --pg-dump ../absent", "there is no program ../absent");
    refused(&s, "merganser dump --database $PG --pg-dump absent", "postgresql-client-1");
    refused(&s, "MERGANSER_PG_DUMP=/dev/null merganser dump --database $PG", "there is no program /dev/null");
    fake(&s, "old", "echo 'pg_dump (PostgreSQL) 9.6.24'");
    refused(&s, "merganser dump --database $PG --pg-dump ../old", "is of PostgreSQL 9, and the server is");
    fake(&s, "other", "echo 'some other program'");
    refused(&s, "merganser dump --database $PG --pg-dump ../other", "is no pg_dump");
    fake(&s, "fails", VERSION "echo 'pg_dump: error: no \"'$(cat $PGSERVICEFILE | tail -n 1)'\" here' >&2; exit 3");
    refused(&s, "merganser dump --database $PG --pg-dump ../fails", "pg_dump: error: no \"password=***\" here");
    fake(&s, "dies", VERSION "echo half; kill -9 $$");
    refused(&s, "MERGANSER_PG_DUMP=$PWD/../dies merganser dump --database $PG", "was killed by signal 9");
    close_stage(&s);
}

/* A run that did what it was to do, and could not write the file: the error says which of both. */
Test(dump_program, that_fails_behind_a_run_leaves_the_run)
{
    struct stage s = open_stage();

    fake(&s, "fails", VERSION "exit 3");
    stage_expect(&s, 0, "printf 'CREATE TABLE posts (id integer);' >db/migrate/2_posts.sql");
    refused(&s, "MERGANSER_PG_DUMP=$PWD/../fails merganser up --dump --database $PG",
            "the database is as it should be; only the file is as it was");
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT count(*) FROM schema_migrations"), "2");
    close_stage(&s);
}

Test(dump_program, gets_no_secret_where_others_could_see_it)
{
    struct stage s = open_stage();
    struct process_result r;
    size_t at;

    fake(&s, "spy", VERSION "tr '\\0' '\\n' </proc/$$/cmdline; env; echo; cat $PGSERVICEFILE; ls -lL $PGSERVICEFILE");
    r = stage_expect(&s, 0, "SECRET=1 merganser dump - --database $PG --pg-dump ../spy | sed '/^\\[merganser/,$d'");
    cr_expect(!text_find(r.out, STAGE_PASSWORD, &at), "%.*s", (int)r.out.len, r.out.at);
    cr_expect(!text_find(r.out, "DATABASE_URL", &at));
    cr_expect(text_find(r.out, "\n--schema-only\n--no-privileges\n--no-owner\n", &at));
    cr_expect(text_find(r.out, "SECRET=1", &at), "what is not ours stays");
    cr_expect(text_find(r.out, arena_printf(s.arena, "PGDATABASE=%s", s.database), &at));
    r = stage_expect(&s, 0, "merganser dump - --database $PG --pg-dump ../spy | sed '1,/^\\[merganser/d'");
    cr_expect(text_find(r.out, "password=" STAGE_PASSWORD "\n-rw-------", &at), "%.*s", (int)r.out.len, r.out.at);
    close_stage(&s);
}

/* The role is the session's; the schemas are the URL's. */
Test(dump_program, is_told_role_schemas_and_timeout)
{
    struct stage s = open_stage();
    struct process_result r;
    size_t at;

    fake(&s, "spy", VERSION "tr '\\0' ' ' </proc/$$/cmdline");
    scratch_write(s.repository, "merganser.yml",
                  TEXT("session: [\"SET ROLE pg_read_all_data\"]\ntimeouts: {lock: 7s}\nmigrations: db/migrate\n"));
    r = stage_expect(&s, 0, "merganser dump - --database \"$PG?search_path=a,%20%22B%22\" --pg-dump ../spy");
    cr_expect(text_find(r.out,
                        "--role=pg_read_all_data --lock-wait-timeout=7000 --schema=a --schema=\"B\" "
                        "--exclude-schema=\"merganser\" SET search_path TO a, \"B\";",
                        &at),
              "%.*s", (int)r.out.len, r.out.at);
    r = stage_expect(&s, 0,
                     "merganser dump - --schema 'x*' --schema y --history with --database \"$PG?search_path=a\" "
                     "--pg-dump ../spy");
    cr_expect(text_find(r.out, "--schema=x* --schema=y SET", &at), "%.*s", (int)r.out.len, r.out.at);
    close_stage(&s);
}

/* It is ended with us, and so is what it started itself: `alive` is read to its end when nobody holds it any more. */
Test(dump_program, ends_when_we_are_stopped)
{
    struct stage s = open_stage();
    int pid, reader;

    cr_assert_eq(mkfifo(arena_printf(s.arena, "%s/begun", s.folder), 0600), 0);
    cr_assert_eq(mkfifo(arena_printf(s.arena, "%s/alive", s.folder), 0600), 0);
    fake(&s, "hangs", VERSION "cd \"${0%/*}\"; exec 9>alive; sleep 600 & echo >begun; wait");
    reader = stage_start(&s, "timeout 60 cat ../alive", "reader");
    pid = stage_start(&s, "merganser dump --database $PG --pg-dump ../hangs", "dump");
    stage_expect(&s, 0, "timeout 60 cat ../begun");
    cr_assert_eq(kill(pid, SIGTERM), 0);
    cr_expect_eq(process_wait(pid), 143);
    cr_expect_eq(process_wait(reader), 0);
    cr_expect(!scratch_read(s.arena, arena_printf(s.arena, "%s/db/structure.sql", s.repository)).at);
    close_stage(&s);
}

static const char *const passwords[] = { "p'a\"s:s\\w@o/r d", "trailing ", "# comment",
                                         "tab\there",         "ü🦆",    "line\nbreak" };

/* Real authentication: a role that only its password lets in. */
Test(dump_program, is_let_in_with_any_password)
{
    struct stage s = open_stage();

    for (size_t i = 0; i < sizeof passwords / sizeof *passwords; i++) {
        struct buf url = buf_open(s.arena, SIZE_MAX / 2);

        for (const char *c = passwords[i]; *c; c++)
            buf_printf(&url, "%%%02X", (unsigned char)*c);
        fake(&s, "spy",
             VERSION "cat $PGSERVICEFILE 2>/dev/null | sed -n 's/^password=//p'; printf '%s' \"$PGPASSWORD\"");
        {
            struct process_result r = stage_expect(
                &s, 0,
                arena_printf(s.arena, "merganser dump - --database 'postgresql://postgres:%s@%s' --pg-dump ../spy",
                             buf_cstr(&url), strchr(s.postgres, '@') + 1));

            cr_expect(text_starts(r.out, passwords[i]), "%s came as %.*s", passwords[i], (int)r.out.len, r.out.at);
        }
    }
    close_stage(&s);
}
