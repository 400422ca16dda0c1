#include "tests/support/stage.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/story.h"

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

static void on_server(struct stage *s, const char *sql)
{
    const char *target = arena_printf(s->arena, "%s dbname=postgres", variable("MERGANSER_TEST_POSTGRES"));
    const char *const argv[] = { "psql", "-qX", "-d", target, "-c", sql, NULL };

    output(s->arena, argv);
}

static const char *server_port(struct arena *a)
{
    const char *at = strstr(variable("MERGANSER_TEST_POSTGRES"), "port=");

    cr_assert(at, "MERGANSER_TEST_POSTGRES names no port");
    at += strlen("port=");
    return arena_printf(a, "%.*s", (int)strcspn(at, " "), at);
}

static void database_make(struct stage *s)
{
    struct arena *a = s->arena;
    const char *folder = strrchr(s->folder, '.') + 1;
    struct buf name = buf_open(a, 64);

    /* The scratch folder's random letters, so that tests that run side by side do not meet. */
    buf_string(&name, "stage_");
    for (const char *c = folder; *c; c++)
        buf_printf(&name, "%02x", (unsigned char)*c);
    s->database = buf_cstr(&name);
    s->port = server_port(a);
    s->host = arena_printf(a, "127.0.0.1:%s", s->port);
    s->postgres = arena_printf(a, "postgresql://postgres:%s@%s/%s", STAGE_PASSWORD, s->host, s->database);
    on_server(s, arena_printf(a, "CREATE DATABASE %s TEMPLATE template0", s->database));
}

struct stage stage_open(struct arena *a, struct text story, bool postgres)
{
    struct stage s = { .arena = a, .folder = scratch_folder(a) };
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
    s.environment = environment;
    return s;
}

void stage_close(struct stage *s)
{
    if (s->database)
        on_server(s, arena_printf(s->arena, "DROP DATABASE %s WITH (FORCE)", s->database));
}

struct process_result stage_run(struct stage *s, const char *line)
{
    const char *const argv[] = { "sh", "-c", line, NULL };
    struct process p = { .argv = argv, .environment = s->environment, .directory = s->repository };

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

const char *stage_query(struct stage *s, const char *url, const char *sql)
{
    const char *const psql[] = { "psql", "-qXAt", "-d", url, "-c", sql, NULL };
    const char *const sqlite[] = { "sqlite3", arena_printf(s->arena, "%s/db.sqlite3", s->folder), sql, NULL };

    return output(s->arena, strcmp(url, s->sqlite) == 0 ? sqlite : psql);
}
