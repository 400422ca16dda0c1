/* Made-up histories, many shapes of them, held against git file by file. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "core/base/text.h"
#include "tests/support/origins.h"
#include "tests/support/repo.h"

enum { SEEDS = 6, COMMITS = 300, BRANCHES = 6, FILES = 40, CONTENTS = 4 };

/* What one branch's tip has: the content of each file, 0 where it has none. */
struct tip {
    int mark;
    int has[FILES];
};

struct made {
    uint64_t random;
    struct buf stream;
    struct tip tips[BRANCHES];
    int mark;
};

static unsigned under(struct made *m, unsigned n)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(m->random >> 33) % n;
}

/* Flat ones, nested ones, and names that a tree's order puts elsewhere than a folder's. */
static const char *path_of(struct arena *a, int file)
{
    switch (file % 4) {
    case 0:
        return arena_printf(a, "db/%d/up.sql", file / 4);
    case 1:
        return arena_printf(a, "db/%d-x.sql", file / 4);
    case 2:
        return arena_printf(a, "db/%d.sql", file / 4);
    default:
        return arena_printf(a, "db/deep/er/%d.sql", file);
    }
}

static void file_put(struct made *m, int file, int content)
{
    const char *path = path_of(m->stream.arena, file);

    if (content)
        buf_printf(&m->stream, "M 100644 inline %s\ndata 2\n%02d\n", path, content);
    else
        buf_printf(&m->stream, "D %s\n", path);
}

static void commit_begin(struct made *m, struct tip *on, const struct tip *const *merged, size_t n)
{
    m->mark++;
    /* Clocks go wrong: dates hardly say which commit is older. */
    buf_printf(&m->stream, "commit refs/heads/b%d\nmark :%d\ncommitter C <c@example.org> %u +0000\ndata 0\n",
               (int)(on - m->tips), m->mark, 1700000000 + 100 * (unsigned)m->mark + under(m, 3000));
    if (on->mark)
        buf_printf(&m->stream, "from :%d\n", on->mark);
    for (size_t i = 0; i < n; i++)
        buf_printf(&m->stream, "merge :%d\n", merged[i]->mark);
    on->mark = m->mark;
}

static void files_change(struct made *m, struct tip *on, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        int file = (int)under(m, FILES);

        on->has[file] = under(m, 5) ? 1 + (int)under(m, CONTENTS) : 0;
        file_put(m, file, on->has[file]);
    }
}

/* Each file as one of the parents has it; sometimes the merge makes something of its own. */
static void merge_make(struct made *m, struct tip *on)
{
    const struct tip *merged[BRANCHES];
    struct tip before = *on;
    size_t n = 0, most = under(m, 4) ? 1 : BRANCHES - 1;

    for (size_t i = under(m, BRANCHES), k = 0; k < BRANCHES && n < most; i = (i + 1) % BRANCHES, k++)
        if (&m->tips[i] != on && m->tips[i].mark)
            merged[n++] = &m->tips[i];
    commit_begin(m, on, merged, n);
    for (int file = 0; file < FILES; file++) {
        size_t from = under(m, (unsigned)n + 1);

        on->has[file] = from < n ? merged[from]->has[file] : before.has[file];
        file_put(m, file, on->has[file]);
    }
    if (under(m, 3) == 0)
        files_change(m, on, 2);
}

static const char *history_make(struct arena *a, size_t seed)
{
    struct made m = { .random = seed, .stream = buf_open(a, 64 * 1024 * 1024) };
    const char *repo = repo_make(a);
    const char *argv[] = { "git", "-C", repo, "fast-import", "--quiet", NULL };
    struct process p = { .argv = argv, .environment = repo_environment };

    for (int i = 0; i < COMMITS; i++) {
        struct tip *on = &m.tips[under(&m, BRANCHES)];

        if (on->mark && under(&m, 3) == 0) {
            merge_make(&m, on);
            continue;
        }
        /* A branch begins where another one is, or from nothing. */
        if (!on->mark && under(&m, 4))
            *on = m.tips[under(&m, BRANCHES)];
        commit_begin(&m, on, NULL, 0);
        files_change(&m, on, 1 + under(&m, 3));
    }
    p.input = buf_cstr(&m.stream);
    cr_assert_eq(process_run(&p, a).exit_code, 0);
    return repo;
}

ParameterizedTestParameters(vcs_provenance_random, is_what_git_says)
{
    static size_t rows[SEEDS];

    for (size_t i = 0; i < SEEDS; i++)
        rows[i] = i + 1;
    return cr_make_param_array(size_t, rows, SEEDS);
}

ParameterizedTest(size_t *seed, vcs_provenance_random, is_what_git_says)
{
    struct arena *a = arena_open();
    const char *repo = history_make(a, *seed);

    for (int i = 0; i < BRANCHES; i += 2)
        origins_check(a, repo, arena_printf(a, "b%d", i), "db");
    repo_git(a, repo, "gc", "--quiet", NULL);
    origins_check(a, repo, "b1", "");
    arena_close(a);
}
