/* Each folder below testdata/cli is a case: a repository, the commands typed in it, and what they print.
 *
 * repo.txt   the repository, told as tests/support/story.h says
 * cmd        command lines, run in turn by sh in the repository's folder; # begins a comment. $DB is the URL of a
 *            SQLite file that is not there yet (db.sqlite3 beside the repository), $PG that of an empty PostgreSQL
 *            database
 * want.out   what they print on standard output, each behind its line; want.err likewise
 * want.exit  their exit codes, one a line */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <dirent.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/golden.h"
#include "tests/support/scratch.h"
#include "tests/support/story.h"

/* Stands as the password of every URL in a case, and may not come back. */
#define PASSWORD "hunter2"

struct stage {
    struct arena *arena;
    const char *folder, *repository;
    const char *const *environment;
    const char *database; /* of PostgreSQL, NULL where the case has none */
    const char *host;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The cases' names, sorted; the parameters are indexes into it, so that they may cross to another process. */
static size_t case_names(const char **names, size_t max, struct arena *a)
{
    DIR *d = opendir(TESTDATA "/cli");
    size_t n = 0;

    for (struct dirent *e; d && (e = readdir(d));) {
        if (e->d_name[0] == '.' || n == max)
            continue;
        names[n++] = arena_string(a, e->d_name);
    }
    if (d)
        closedir(d);
    qsort(names, n, sizeof *names, by_name);
    return n;
}

#define MAX_CASES 500

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    cr_assert(value, "%s is not set: run ./dev test", name);
    return value;
}

static void psql(struct stage *s, const char *sql)
{
    const char *const argv[] = {
        "psql", "-qX", "-d", arena_printf(s->arena, "%s dbname=postgres", variable("MERGANSER_TEST_POSTGRES")),
        "-c",   sql,   NULL
    };
    struct process p = { .argv = argv };
    struct process_result r = process_run(&p, s->arena);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", sql, (int)r.err.len, r.err.at);
}

static const char *postgres_port(struct arena *a)
{
    const char *at = strstr(variable("MERGANSER_TEST_POSTGRES"), "port=");

    cr_assert(at, "MERGANSER_TEST_POSTGRES names no port");
    at += strlen("port=");
    return arena_printf(a, "%.*s", (int)strcspn(at, " "), at);
}

static struct stage stage_open(const char *name, struct arena *a)
{
    struct stage s = { .arena = a, .folder = scratch_folder(a) };
    const char *bin = arena_printf(a, "%s/bin", s.folder), **environment = arena_make(a, const char *, 8);
    struct text story = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/repo.txt", name));
    struct text commands = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/cmd", name));
    size_t n = 0, at;

    cr_assert(story.at && commands.at, "%s: a case has a repo.txt and a cmd", name);
    scratch_write(s.folder, "bin/.keep", TEXT(""));
    scratch_write(s.folder, "repo/.keep", TEXT(""));
    s.repository = arena_printf(a, "%s/repo", s.folder);
    cr_assert(unlink(arena_printf(a, "%s/.keep", s.repository)) == 0);
    cr_assert(symlink(variable("MERGANSER_BINARY"), arena_printf(a, "%s/merganser", bin)) == 0);
    story_tell(s.repository, story);

    environment[n++] = arena_printf(a, "PATH=%s:%s", bin, variable("PATH"));
    environment[n++] = arena_printf(a, "DB=sqlite:%s/db.sqlite3", s.folder);
    environment[n++] = "LC_ALL=C.UTF-8";
    environment[n++] = "GIT_CONFIG_NOSYSTEM=1";
    if (text_find(commands, "$PG", &at)) {
        s.database = arena_printf(a, "cli_%d", (int)getpid());
        s.host = arena_printf(a, "127.0.0.1:%s", postgres_port(a));
        psql(&s, arena_printf(a, "CREATE DATABASE %s TEMPLATE template0", s.database));
        environment[n++] = arena_printf(a, "PG=postgresql://postgres:%s@%s/%s", PASSWORD, s.host, s.database);
    }
    s.environment = environment;
    return s;
}

static void stage_close(struct stage *s)
{
    if (s->database)
        psql(s, arena_printf(s->arena, "DROP DATABASE %s WITH (FORCE)", s->database));
}

static void check_hint(const char *name, const char *line, struct process_result r)
{
    size_t at;
    bool refused = r.exit_code == 2 || r.exit_code == 4 || r.exit_code == 5;

    cr_expect(!refused || text_starts(r.err, "hint: ") || text_find(r.err, "\nhint: ", &at) ||
                  text_find(r.out, "\"hint\": \"", &at),
              "%s: `%s` is refused without a hint", name, line);
    cr_expect(!text_find(r.out, PASSWORD, &at) && !text_find(r.err, PASSWORD, &at), "%s: `%s` shows the password", name,
              line);
}

static void play(struct stage *s, const char *name)
{
    struct arena *a = s->arena;
    struct text commands = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/cmd", name)), line;
    struct buf out = buf_open(a, SIZE_MAX / 2), err = out, codes = out;

    while (text_line(&commands, &line)) {
        const char *typed = arena_cstr(a, line);
        const char *const argv[] = { "sh", "-c", typed, NULL };
        struct process p = { .argv = argv, .environment = s->environment, .directory = s->repository };
        struct process_result r;

        if (line.len == 0 || line.at[0] == '#')
            continue;
        r = process_run(&p, a);
        check_hint(name, typed, r);
        buf_printf(&out, "$ %s\n", typed);
        buf_text(&out, r.out);
        if (r.err.len) {
            buf_printf(&err, "$ %s\n", typed);
            buf_text(&err, r.err);
        }
        buf_printf(&codes, "%d\n", r.exit_code);
    }

    const struct golden_name names[] = {
        { s->folder, "<folder>" },
        { s->host ? s->host : s->folder, "<host>" },
        { s->host ? postgres_port(a) : s->folder, "<port>" },
        { s->database ? s->database : s->folder, "<database>" },
        { NULL, NULL },
    };
    const char *const none[] = { NULL };
    bool git = access(arena_printf(a, "%s/.git", s->repository), F_OK) == 0;
    const char *const *commits = git ? story_commits(s->repository, a) : none;

    golden_compare(arena_printf(a, TESTDATA "/cli/%s/want.out", name),
                   golden_normalised(a, buf_content(&out), names, commits));
    golden_compare(arena_printf(a, TESTDATA "/cli/%s/want.err", name),
                   golden_normalised(a, buf_content(&err), names, commits));
    golden_compare(arena_printf(a, TESTDATA "/cli/%s/want.exit", name), buf_content(&codes));
}

ParameterizedTestParameters(cli, prints_what_is_wanted)
{
    static size_t rows[MAX_CASES];
    const char *names[MAX_CASES];
    struct arena *a = arena_open();
    size_t n = case_names(names, MAX_CASES, a);

    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    arena_close(a);
    return cr_make_param_array(size_t, rows, n);
}

ParameterizedTest(size_t *row, cli, prints_what_is_wanted)
{
    struct arena *a = arena_open();
    const char *names[MAX_CASES];
    size_t n = case_names(names, MAX_CASES, a);
    struct stage s;

    cr_assert(*row < n && n < MAX_CASES);
    s = stage_open(names[*row], a);
    play(&s, names[*row]);
    stage_close(&s);
    arena_close(a);
}
