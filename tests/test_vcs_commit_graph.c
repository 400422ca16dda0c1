/* git's commit-graph says what the commits say, and where it is damaged nobody listens to it. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/origins.h"
#include "tests/support/repo.h"
#include "vcs/walk.h"

static struct arena *a;
static const char *repo;

static void commits(const char *prefix, int n)
{
    for (int i = 0; i < n; i++) {
        repo_write(repo, arena_printf(a, "db/%s%d.sql", prefix, i), "1");
        repo_commit(a, repo, arena_printf(a, "%s%d", prefix, i));
    }
}

/* A line of commits, an octopus of four arms, and a few more. */
static void setup(void)
{
    a = arena_open();
    repo = repo_make(a);
    commits("first", 5);
    for (char arm = 'a'; arm <= 'c'; arm++) {
        repo_git(a, repo, "checkout", "--quiet", "-b", arena_printf(a, "%c", arm), "main~1", NULL);
        commits(arena_printf(a, "%c", arm), 2);
    }
    repo_git(a, repo, "checkout", "--quiet", "main", NULL);
    repo_git(a, repo, "merge", "--quiet", "-m", "octopus", "a", "b", "c", NULL);
    commits("last", 3);
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_commit_graph, .init = setup, .fini = teardown);

static void graph_write(const char *option)
{
    repo_git(a, repo, "commit-graph", "write", "--reachable", "--no-progress", option, NULL);
}

/* "TREE TIME PARENT PARENT..." as the graph has it, "none" where it hasn't. */
static const char *from_graph(const struct graph *g, struct text hex)
{
    struct buf out = buf_open(a, 10000);
    struct graph_commit c = { .time = 0 };
    struct object_id id;
    git_oid oid;
    uint32_t at;

    cr_assert(object_id_parse(&id, hex));
    oid = id_to_oid(id);
    if (!graph_find(&at, g, &oid))
        return "none";
    oid = graph_id(g, at);
    cr_expect(object_id_equal(id, id_from_oid(&oid)));
    cr_assert(graph_commit(&c, g, at, a));
    buf_printf(&out, "%s %llu ", object_id_hex(a, id_from_oid(&c.tree)), (unsigned long long)c.time);
    for (size_t i = 0; i < c.parents.len; i++) {
        oid = graph_id(g, c.parents.at[i]);
        buf_printf(&out, "%s%s", i ? " " : "", object_id_hex(a, id_from_oid(&oid)));
    }
    return buf_cstr(&out);
}

/* Holds every commit of the graph against git; how many of them it has. */
static size_t compare_all(void)
{
    struct text rest = text_from(repo_git(a, repo, "log", "--all", "--format=%H %T %ct %P", NULL)), line;
    struct vcs *v = repo_open(a, repo);
    struct graph *g = graph_open(v, a);
    size_t n = 0;

    cr_assert(g);
    while (text_line(&rest, &line)) {
        const char *got = from_graph(g, text_cut(line, 0, 40));

        if (strcmp(got, "none") == 0)
            continue;
        n++;
        cr_expect_str_eq(got, arena_cstr(a, text_cut(line, 41, line.len)));
    }
    graph_close(g);
    vcs_close(v);
    return n;
}

Test(vcs_commit_graph, has_what_the_commits_have)
{
    const char *want = origins_text(a, repo, "HEAD", "db");

    graph_write("--changed-paths");
    cr_expect_eq(compare_all(), 15);
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), want);
    repo_git(a, repo, "-c", "commitGraph.generationVersion=1", "commit-graph", "write", "--reachable", NULL);
    cr_expect_eq(compare_all(), 15);
}

Test(vcs_commit_graph, may_lack_what_is_newer)
{
    graph_write("--no-changed-paths");
    commits("newer", 2);
    cr_expect_eq(compare_all(), 15);
    origins_check(a, repo, "HEAD", "db");
}

Test(vcs_commit_graph, may_be_a_chain_of_files)
{
    graph_write("--split=no-merge");
    commits("newer", 2);
    repo_git(a, repo, "merge", "--quiet", "--no-ff", "-m", "old arm", "-s", "ours", "a~1", NULL);
    graph_write("--split=no-merge");
    commits("newest", 2);
    graph_write("--split=no-merge");
    cr_expect_str_eq(repo_git(a, repo, "rev-list", "--all", "--count", NULL), "19");
    cr_expect_eq(compare_all(), 19);
    origins_check(a, repo, "HEAD", "db");
}

Test(vcs_commit_graph, of_a_chain_with_a_broken_file_nothing_is_read)
{
    struct vcs *v;
    const char *want, *chain = arena_printf(a, "%s/.git/objects/info/commit-graphs/commit-graph-chain", repo);
    struct text lines;

    graph_write("--split=no-merge");
    commits("newer", 2);
    want = origins_text(a, repo, "HEAD", "db");
    graph_write("--split=no-merge");
    lines = scratch_read(a, chain);
    cr_assert_eq(lines.len, 82);
    cr_assert_eq(unlink(chain), 0);
    scratch_write(repo, ".git/objects/info/commit-graphs/commit-graph-chain",
                  text_from(arena_printf(a, "%.41s%.41s", lines.at + 41, lines.at)));
    v = repo_open(a, repo);
    cr_expect_null(graph_open(v, a), "its files are in the wrong order");
    vcs_close(v);
    cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), want);
}

Test(vcs_commit_graph, is_not_used_where_history_is_shallow)
{
    const char *clone = arena_printf(a, "%s/c", scratch_folder(a));
    struct vcs *v;

    graph_write("--no-changed-paths");
    repo_git(a, repo, "clone", "--quiet", "--bare", arena_printf(a, "file://%s", repo), clone, NULL);
    repo_git(a, clone, "commit-graph", "write", "--reachable", NULL);
    repo_git(a, clone, "fetch", "--quiet", "--depth=2", "origin", "main", NULL);
    v = repo_open(a, clone);
    cr_expect(vcs_is_shallow(v));
    cr_expect_null(graph_open(v, a));
    vcs_close(v);
}

/* Lists of no ids and no commits, and behind them a table that says there are a million. */
Test(vcs_commit_graph, a_number_of_commits_that_comes_late_is_not_believed)
{
    static const unsigned char head[] = "CGPH\1\1\3\0"
                                        "OIDL\0\0\0\0\0\0\0\x38"
                                        "CDAT\0\0\0\0\0\0\0\x38"
                                        "OIDF\0\0\0\0\0\0\0\x38"
                                        "\0\0\0\0\0\0\0\0\0\0\4\x38";
    unsigned char bytes[0x438 + GIT_OID_RAWSZ] = { 0 };
    struct vcs *v;

    _Static_assert(sizeof head - 1 == 0x38, "the table ends where the chunks begin");
    memcpy(bytes, head, sizeof head - 1);
    for (size_t i = 0x38; i < 0x438; i += 4)
        bytes[i + 1] = 0x10;
    scratch_write(repo, ".git/objects/info/commit-graph", (struct text) { (const char *)bytes, sizeof bytes });
    v = repo_open(a, repo);
    cr_expect_null(graph_open(v, a));
    vcs_close(v);
    origins_check(a, repo, "HEAD", "db");
}

/* Header, table of chunks, fanout: what is not as it must be, or a file cut short anywhere, is passed over. */
Test(vcs_commit_graph, damage_is_seen)
{
    static const char name[] = ".git/objects/info/commit-graph";
    const char *want = origins_text(a, repo, "HEAD", "db"), *path = arena_printf(a, "%s/%s", repo, name);
    struct vcs *v = repo_open(a, repo);
    struct text whole;
    size_t used = 0;

    graph_write("--no-changed-paths");
    whole = scratch_read(a, path);
    for (size_t i = 0; i < whole.len; i += i < 200 ? 1 : 37) {
        struct text bad = arena_text(a, whole.at, i < 80 ? whole.len : i);
        struct graph *g;

        if (i < 80)
            ((char *)bad.at)[i] ^= 0x21;
        unlink(path);
        scratch_write(repo, name, bad);
        g = graph_open(v, a);
        used += g != NULL;
        if (i < 8 || i >= 80)
            cr_expect_null(g, "%zu", i);
        graph_close(g);
        if (i % 8 == 0)
            cr_expect_str_eq(origins_text(a, repo, "HEAD", "db"), want, "%zu", i);
    }
    cr_expect(used < 40, "%zu", used);
    vcs_close(v);
}
