#include "tests/support/stage.h"

#include <criterion/criterion.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/await.h"
#include "tests/support/postgres.h"
#include "tests/support/story.h"

enum { MINUTE = 60 };
static const int64_t behind_every_story = 1735689600; /* 2025 */

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    cr_assert(value, "%s is not set: run ./dev test", name);
    return value;
}

static const char *output(struct arena *a, const char *const *argv)
{
    struct process p = { .argv = argv };
    struct process_result r = process_run(&p, a);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", argv[0], (int)r.err.len, r.err.at);
    return arena_cstr(a, text_trim(r.out));
}

static void database_make(struct stage *s)
{
    struct arena *a = s->arena;

    s->conninfo = postgres_make(a);
    s->database = postgres_part(a, s->conninfo, "dbname");
    s->port = postgres_part(a, s->conninfo, "port");
    s->postgres = arena_printf(a, "postgresql://postgres:%s@127.0.0.1:%s/%s", STAGE_PASSWORD, s->port, s->database);
}

struct stage stage_open(struct arena *a, struct text story, bool postgres)
{
    struct stage s = { .arena = a, .folder = scratch_folder(a), .now = behind_every_story };
    const char *bin = arena_printf(a, "%s/bin", s.folder), **environment = arena_make(a, const char *, 8);
    size_t n = 0;

    s.repository = arena_printf(a, "%s/repo", s.folder);
    s.sqlite = arena_printf(a, "sqlite:%s/db.sqlite3", s.folder);
    cr_assert(mkdir(bin, 0777) == 0 && mkdir(s.repository, 0777) == 0);
    cr_assert(symlink(variable("MERGANSER_BINARY"), arena_printf(a, "%s/merganser", bin)) == 0);
    story_tell(s.repository, story);
    if (postgres)
        database_make(&s);

    environment[n++] = arena_printf(a, "PATH=%s:%s", bin, variable("PATH"));
    environment[n++] = arena_printf(a, "DB=%s", s.sqlite);
    environment[n++] = s.postgres ? arena_printf(a, "PG=%s", s.postgres) : "PG";
    environment[n++] = "LC_ALL=C.UTF-8";
    environment[n++] = "GIT_CONFIG_NOSYSTEM=1";
    environment[n] = "GIT_COMMITTER_DATE";
    s.environment = environment;
    return s;
}

void stage_empty(struct stage *s)
{
    unlink(arena_printf(s->arena, "%s/db.sqlite3", s->folder));
    if (s->conninfo)
        postgres_ask(s->arena, s->conninfo,
                     "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                     " WHERE datname = current_database() AND pid <> pg_backend_pid();"
                     "DROP SCHEMA IF EXISTS merganser CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

static void on_server(struct stage *s, const char *sql)
{
    postgres_ask(s->arena, arena_printf(s->arena, "%s dbname=postgres", postgres_server()), sql);
}

static void copy(struct stage *s, const char *to, const char *from, bool crashing)
{
    on_server(s, arena_printf(s->arena, "DROP DATABASE IF EXISTS %s WITH (FORCE)", to));
    on_server(s, arena_printf(s->arena, "CREATE DATABASE %s TEMPLATE %s STRATEGY %s", to, from,
                              crashing ? "FILE_COPY" : "WAL_LOG"));
}

static const char *copy_name(struct stage *s, const char *name)
{
    return arena_printf(s->arena, "%s_%s", s->database, name);
}

void stage_keep(struct stage *s, const char *name, bool crashing)
{
    const char *to = copy_name(s, name);

    copy(s, to, s->database, crashing);
    *(const char **)arena_push(s->arena, &s->copies) = to;
}

void stage_restore(struct stage *s, const char *name, bool crashing)
{
    copy(s, s->database, copy_name(s, name), crashing);
}

void stage_close(struct stage *s)
{
    for (size_t i = 0; i < s->copies.len; i++)
        on_server(s, arena_printf(s->arena, "DROP DATABASE IF EXISTS %s WITH (FORCE)", s->copies.at[i]));
    if (s->conninfo)
        postgres_drop(s->conninfo);
}

struct process_result stage_run(struct stage *s, const char *line)
{
    const char *const argv[] = { "sh", "-c", line, NULL };
    struct process p = { .argv = argv, .environment = s->environment, .directory = s->repository };
    size_t last = 0;

    /* Commits of one second would have no order. */
    while (s->environment[last + 1])
        last++;
    s->now += MINUTE;
    s->environment[last] = arena_printf(s->arena, "GIT_COMMITTER_DATE=@%lld +0000", (long long)s->now);
    return process_run(&p, s->arena);
}

struct process_result stage_expect(struct stage *s, int code, const char *line)
{
    struct process_result r = stage_run(s, line);

    cr_assert_eq(r.exit_code, code, "%s: exit %d, not %d\n%.*s%.*s", line, r.exit_code, code, (int)r.out.len, r.out.at,
                 (int)r.err.len, r.err.at);
    return r;
}

int stage_start(struct stage *s, const char *line, const char *name)
{
    /* exec: the process is the program itself, so that a signal reaches it. */
    const char *const argv[] = { "sh", "-c", arena_printf(s->arena, "exec %s", line), NULL };
    struct process p = { .argv = argv, .environment = s->environment, .directory = s->repository };

    return process_start(&p, arena_printf(s->arena, "%s/%s.out", s->folder, name),
                         arena_printf(s->arena, "%s/%s.err", s->folder, name));
}

const char *stage_printed(const struct stage *s, const char *file)
{
    return arena_cstr(s->arena, scratch_read(s->arena, arena_printf(s->arena, "%s/%s", s->folder, file)));
}

void stage_await(const struct stage *s, int pid, const char *file, const char *words)
{
    const char *path = arena_printf(s->arena, "%s/%s", s->folder, file);
    struct await w = await_begin(words);
    bool said = false;

    while (!said) {
        bool ended = await_ended(pid);
        struct arena *a = arena_open();
        struct text all = scratch_read(a, path);
        size_t at;

        said = all.at && text_find(all, words, &at);
        cr_assert(said || !ended, "it ended without \"%s\": %.*s", words, (int)all.len, all.at ? all.at : "");
        arena_close(a);
        if (!said)
            await_again(&w);
    }
}

long stage_peak_of_up(struct stage *s, const char *arguments)
{
    struct rusage usage;

    stage_expect(s, 0,
                 arena_printf(s->arena,
                              "ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=1:thread_local_quarantine_size_kb=64 "
                              "merganser up --quiet --database $PG %s",
                              arguments));
    getrusage(RUSAGE_CHILDREN, &usage);
    return usage.ru_maxrss / 1024;
}

const char *stage_query(struct stage *s, const char *url, const char *sql)
{
    const char *const psql[] = { "psql", "-qXAt", "-d", url, "-c", sql, NULL };
    const char *const sqlite[] = { "sqlite3", arena_printf(s->arena, "%s/db.sqlite3", s->folder), sql, NULL };

    return output(s->arena, strcmp(url, s->sqlite) == 0 ? sqlite : psql);
}
