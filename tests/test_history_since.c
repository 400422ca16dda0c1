/* Which rows of the history belong to what came after a revision. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/history_since.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

/* v1 - b - m      (main; m merges s)
 *   \     /
 *    s --         (side)       o: another line that shares nothing */
static const char graph[] =
    "set -e\nc() { GIT_AUTHOR_DATE=\"$2\" GIT_COMMITTER_DATE=\"$2\" git commit -q --allow-empty -m $1; git tag $1; }\n"
    "c v1 2024-03-01T00:00:00Z; git checkout -qb side; c s 2024-03-02T00:00:00Z; git checkout -q main;"
    "c b 2024-03-03T00:00:00Z; git merge -q --no-ff -m m side; git tag m; git checkout -q --orphan other;"
    "c o 2024-02-01T00:00:00Z; git checkout -q main\n";

/* Rows, newest first: NAME@COMMIT@TIME, COMMIT being a tag, "gone" (no such commit) or "-" (none). */
static const struct {
    const char *name, *since, *rows;
    uint64_t most;
    const char *want;
} cases[] = {
    { "what the revision has is not new", "b", "3@m@2024-04-01 2@b@2024-04-01 1@v1@2024-04-01", 0, "3" },
    { "a side branch that it does not have is", "b", "3@s@2024-04-01 1@v1@2024-04-01", 0, "3" },
    { "what was merged is not", "m", "3@s@2024-04-01 2@b@2024-04-01", 0, "" },
    { "another line, whatever its dates", "b", "3@o@2024-02-02", 0, "3" },
    { "the graph wins over the time", "b", "3@v1@2024-12-01", 0, "" },
    { "a commit that is gone counts by its time", "b", "3@gone@2024-03-04 2@gone@2024-03-02", 0, "3" },
    { "no commit counts by its time", "b", "3@-@2024-03-03T00:00:00Z 2@-@2024-03-02T23:59:59Z", 0, "3" },
    { "a time", "2024-03-02", "3@v1@2024-03-02T00:00:00Z 2@m@2024-03-01T23:59:59.999Z", 0, "3" },
    { "a time with a fraction", "2024-03-02T10:00:00Z", "3@-@2024-03-02T10:00:00.001Z 2@-@2024-03-02T09:59:59.999Z", 0,
      "3" },
    { "the newest of them", "v1", "5@b@2024-04-01 4@v1@2024-04-01 3@b@2024-04-01 2@b@2024-04-01", 2, "5 3" },
    { "nothing at all", "v1", "", 0, "" },
    { "a branch that does not exist", "nowhere", "", 0, "--since: there is no commit 'nowhere' here" },
    { "a day that does not exist", "2024-02-30", "", 0, "--since: there is no commit '2024-02-30' here" },
};

static struct history_entries rows_read(const char *told, const char *repo, struct arena *a)
{
    struct history_entries out = { 0 };

    while (*told) {
        size_t len = strcspn(told, " "), version = strcspn(told, "@");
        const char *commit = told + version + 1, *time = strchr(commit, '@') + 1;
        const char *tag = arena_printf(a, "%.*s", (int)(time - commit) - 1, commit);
        struct history_entry *h = arena_push(a, &out);

        h->version = arena_printf(a, "%.*s", (int)version, told);
        h->started_at = arena_printf(a, "%.*s", (int)(told + len - time), time);
        if (strcmp(tag, "gone") == 0)
            h->commit = "1234567890123456789012345678901234567890";
        else if (strcmp(tag, "-") != 0)
            h->commit = repo_git(a, repo, "rev-parse", arena_printf(a, "%s^{commit}", tag), NULL);
        told += len + (told[len] == ' ');
    }
    return out;
}

ParameterizedTestParameters(history_since, keeps)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, history_since, keeps)
{
    struct arena *a = arena_open();
    const char *repo = repo_make(a);
    struct history_entries rows;
    struct history_since since;
    struct buf got = buf_open(a, 4096);
    struct err e = { 0 };
    struct vcs *v;

    repo_shell(a, repo, graph);
    rows = rows_read(cases[*row].rows, repo, a);
    v = repo_open(a, repo);
    if (history_since_find(&since, v, cases[*row].since, a, &e) &&
        history_since_keep(&rows, &since, cases[*row].most, v, a, &e))
        for (size_t i = 0; i < rows.len; i++)
            buf_printf(&got, "%s%s", i ? " " : "", rows.at[i].version);
    else
        buf_string(&got, e.message);
    cr_expect_str_eq(buf_cstr(&got), cases[*row].want, "%s: %s", cases[*row].name, buf_cstr(&got));
    vcs_close(v);
    arena_close(a);
}

static const struct {
    const char *text;
    int64_t ms; /* -1: it is none */
} times[] = {
    { "1970-01-01", 0 },
    { "1970-01-01T00:00:01Z", 1000 },
    { "1970-01-01 00:00:01.5Z", 1500 },
    { "2024-02-29T23:59:59.123456Z", 1709251199123 },
    { "1969-12-31T23:59:59.999Z", -1 + 0 },
    { "2023-02-29", -1 },
    { "2024-13-01", -1 },
    { "2024-1-1", -1 },
    { "2024-01-01T10:00", -1 },
    { "2024-01-01T10:00:00", -1 },
    { "2024-01-01T10:00:00+01:00", -1 },
    { "2024-01-01T10:00:00.Z", -1 },
    { "2024-01-01x", -1 },
    { "", -1 },
};

Test(history_since, times_are_read)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t ms;
        bool ok = text_to_time(&ms, text_from(times[i].text));

        if (i == 4) /* one millisecond before the epoch is a time, not a failure */
            cr_expect(ok && ms == -1);
        else
            cr_expect_eq(ok ? ms : -1, times[i].ms, "%s", times[i].text);
    }
}
