/* Each folder below testdata/cli is a case: a repository, the commands typed in it, and what they print.
 *
 * repo.txt   the repository, told as tests/support/story.h says
 * cmd        command lines, run in turn by sh in the repository's folder; # begins a comment. $DB is the URL of a
 *            SQLite file that is not there yet (db.sqlite3 beside the repository), $PG that of an empty PostgreSQL
 *            database
 * want.out   what they print on standard output, each behind its line; want.err likewise
 * want.exit  their exit codes, one a line */
#include <criterion/criterion.h>
#include <dirent.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/golden.h"
#include "tests/support/rows.h"
#include "tests/support/stage.h"
#include "tests/support/story.h"

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

static void check_hint(const char *name, const char *line, struct process_result r)
{
    size_t at;
    bool ours = text_find(text_from(line), "merganser", &at);
    bool refused = ours && (r.exit_code == 2 || r.exit_code == 4 || r.exit_code == 5);

    cr_expect(!refused || text_starts(r.err, "hint: ") || text_find(r.err, "\nhint: ", &at) ||
                  text_find(r.out, "\"hint\": \"", &at),
              "%s: `%s` is refused without a hint", name, line);
    cr_expect(!text_find(r.out, STAGE_PASSWORD, &at) && !text_find(r.err, STAGE_PASSWORD, &at),
              "%s: `%s` shows the password", name, line);
}

static void play(struct stage *s, const char *name, struct text commands)
{
    struct arena *a = s->arena;
    struct text line;
    struct buf out = buf_open(a, SIZE_MAX / 2), err = out, codes = out;

    while (text_line(&commands, &line)) {
        const char *typed = arena_cstr(a, line);
        struct process_result r;

        if (line.len == 0 || line.at[0] == '#')
            continue;
        r = stage_run(s, typed);
        check_hint(name, typed, r);
        buf_printf(&out, "$ %s\n", typed);
        buf_text(&out, r.out);
        if (r.err.len) {
            buf_printf(&err, "$ %s\n", typed);
            buf_text(&err, r.err);
        }
        buf_printf(&codes, "%d\n", r.exit_code);
    }

    char machine[256];

    cr_assert(gethostname(machine, sizeof machine) == 0);
    const struct golden_name names[] = {
        { s->folder, "<folder>" },
        { arena_printf(a, "  %s\n", machine), "  <machine>\n" },
        { arena_printf(a, "@%s\n", machine), "@<machine>\n" },
        { s->port ? arena_printf(a, "127.0.0.1:%s", s->port) : s->folder, "<host>" },
        { s->port ? s->port : s->folder, "<port>" },
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
    const char *names[MAX_CASES];
    struct arena *a = arena_open();
    size_t n = case_names(names, MAX_CASES, a);

    arena_close(a);
    return rows_numbered(n);
}

ParameterizedTest(size_t *row, cli, prints_what_is_wanted)
{
    struct arena *a = arena_open();
    const char *names[MAX_CASES];
    size_t n = case_names(names, MAX_CASES, a);
    struct text story, commands;
    struct stage s;
    size_t at;

    cr_assert(*row < n && n < MAX_CASES);
    story = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/repo.txt", names[*row]));
    commands = scratch_read(a, arena_printf(a, TESTDATA "/cli/%s/cmd", names[*row]));
    cr_assert(story.at && commands.at, "%s: a case has a repo.txt and a cmd", names[*row]);
    s = stage_open(a, story, text_find(commands, "$PG", &at) || text_find(commands, "${PG}", &at));
    play(&s, names[*row], commands);
    stage_close(&s);
    arena_close(a);
}
