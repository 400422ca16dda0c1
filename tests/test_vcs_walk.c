/* What provenance and the search for lost files walk on: commits, folders' trees, differences of trees. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/repo.h"
#include "vcs/walk.h"

static struct arena *a;
static const char *repo;

static void setup(void)
{
    a = arena_open();
    repo = repo_make(a);
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_walk, .init = setup, .fini = teardown);

static git_oid id(const char *rev)
{
    struct object_id out;

    cr_assert(object_id_parse(&out, text_from(repo_git(a, repo, "rev-parse", rev, NULL))), "%s", rev);
    return id_to_oid(out);
}

static const char *hex(const git_oid *of)
{
    return object_id_hex(a, id_from_oid(of));
}

Test(vcs_walk, a_map_finds_what_was_added)
{
    enum { N = 5000 };
    struct id_map m = { NULL, 0, 0 };
    git_oid *ids = arena_make(a, git_oid, N), absent = { { 0 } };

    cr_expect_null(id_map_find(&m, &absent));
    for (uint32_t i = 0; i < N; i++) {
        /* All begin alike, so that places are contested. */
        memcpy(ids[i].id + 8, &i, sizeof i);
        ids[i].id[0] = (unsigned char)(i % 3);
        ids[i].id[19] = 1;
        id_map_add(&m, &ids[i], a);
    }
    for (size_t i = 0; i < N; i += 97) {
        git_oid same = ids[i];

        cr_expect_eq(id_map_find(&m, &same), &ids[i]);
    }
    cr_expect_null(id_map_find(&m, &absent));
}

Test(vcs_walk, commits_come_newest_first_and_once)
{
    struct vcs *v;
    struct walk *w;
    struct err e;
    uint64_t last = UINT64_MAX;
    size_t n = 0;
    git_oid tip;

    for (int i = 0; i < 40; i++)
        repo_commit_at(a, repo, "c", arena_printf(a, "%d +0000", 1700000000 + i * 37 % 40));
    v = repo_open(a, repo);
    cr_assert(walk_open(&w, v, NULL, 0, &e), "%s", e.message);
    tip = id("HEAD");
    for (struct walk_commit *c = walk_commit(w, &tip); c; c = c->n_parents ? c->parents[0] : NULL) {
        cr_assert(walk_push(w, c, &e) && walk_push(w, c, &e));
        cr_expect_eq(walk_commit(w, &c->id), c);
    }
    for (struct walk_commit *c; (c = walk_pop(w)); n++) {
        cr_expect(c->time <= last);
        last = c->time;
    }
    cr_expect_eq(n, 40);
    tip = id("HEAD");
    cr_assert(walk_push(w, walk_commit(w, &tip), &e), "one that was popped may come again");
    cr_expect_eq(walk_pop(w), walk_commit(w, &tip));
    walk_close(w);
    vcs_close(v);
}

Test(vcs_walk, knows_the_trees_of_several_folders)
{
    static const char *const folders[] = {
        "db/migrate", "", "db", "nosuch", "db/migrate/deep", "file", "db/migrations"
    };
    const git_oid *found, *again;
    struct vcs *v;
    struct walk *w;
    struct err e;
    git_oid tip;

    repo_write(repo, "db/migrate/deep/1.sql", "1");
    repo_write(repo, "db/migrations/2.sql", "2");
    repo_write(repo, "file", "no folder");
    repo_write(repo, "zebra/3.sql", "3");
    repo_commit(a, repo, "one");
    repo_write(repo, "zebra/3.sql", "three");
    repo_commit(a, repo, "two");
    v = repo_open(a, repo);
    cr_assert(walk_open(&w, v, folders, 7, &e));
    tip = id("HEAD");
    cr_assert(walk_folders(&found, w, walk_commit(w, &tip), &e), "%s", e.message);
    cr_expect_str_eq(hex(&found[0]), repo_git(a, repo, "rev-parse", "HEAD:db/migrate", NULL));
    cr_expect_str_eq(hex(&found[1]), repo_git(a, repo, "rev-parse", "HEAD^{tree}", NULL));
    cr_expect_str_eq(hex(&found[2]), repo_git(a, repo, "rev-parse", "HEAD:db", NULL));
    cr_expect(git_oid_is_zero(&found[3]));
    cr_expect_str_eq(hex(&found[4]), repo_git(a, repo, "rev-parse", "HEAD:db/migrate/deep", NULL));
    cr_expect(git_oid_is_zero(&found[5]));
    cr_expect_str_eq(hex(&found[6]), repo_git(a, repo, "rev-parse", "HEAD:db/migrations", NULL));
    tip = id("HEAD~1");
    cr_assert(walk_folders(&again, w, walk_commit(w, &tip), &e), "%s", e.message);
    cr_expect(git_oid_equal(&found[0], &again[0]) && !git_oid_equal(&found[1], &again[1]));
    walk_close(w);
    vcs_close(v);
}

Test(vcs_walk, ends_at_a_shallow_boundary)
{
    const char *clone = arena_printf(a, "%s/c", scratch_folder(a));
    const struct walk_commit *first;
    struct vcs *v;
    struct walk *w;
    struct err e;
    git_oid tip;

    for (int i = 0; i < 4; i++)
        repo_commit(a, repo, "c");
    tip = id("HEAD");
    repo_git(a, repo, "clone", "--quiet", "--depth=2", arena_printf(a, "file://%s", repo), clone, NULL);
    v = repo_open(a, clone);
    cr_assert(walk_open(&w, v, NULL, 0, &e), "%s", e.message);
    first = walk_commit(w, &tip);
    cr_assert(walk_read(w, walk_commit(w, &tip), &e));
    cr_expect(!first->boundary && first->n_parents == 1);
    cr_assert(walk_read(w, first->parents[0], &e));
    cr_expect(first->parents[0]->boundary && first->parents[0]->n_parents == 0);
    walk_close(w);
    vcs_close(v);
}

Test(vcs_walk, a_tree_that_ends_early_is_refused)
{
    struct text good = { "100644 a\0aaaaaaaaaaaaaaaaaaaa40000 b\0bbbbbbbbbbbbbbbbbbbb", 29 + 28 };
    struct raw_entry entry;
    struct text rest = good;

    cr_expect(raw_entry(&entry, &rest) && text_is(entry.name, "a") && entry.mode == 0100644);
    cr_expect_eq(memcmp(entry.id->id, "aaaaaaaaaaaaaaaaaaaa", 20), 0);
    cr_expect(raw_entry(&entry, &rest) && text_is(entry.name, "b") && raw_is_tree(entry.mode));
    cr_expect(!raw_entry(&entry, &rest) && rest.len == 0);
    for (size_t len = 1; len < good.len; len++) {
        struct text cut = arena_text(a, good.at, len);

        rest = (struct text) { cut.at, len };
        while (raw_entry(&entry, &rest))
            continue;
        cr_expect(len == 29 ? rest.len == 0 : rest.len > 0, "%zu bytes", len);
    }
}

Test(vcs_walk, a_commit_is_parsed_whole_or_not_at_all)
{
    static const char tree[] = "tree 0123456789012345678901234567890123456789\n";
    static const char parent[] = "parent 9876543210987654321098765432109876543210\n";
    struct raw_commit c;
    git_oid first;

    cr_expect(raw_commit(&c, text_from(arena_printf(a, "%s%s%sauthor A <a@x> 1 +0000\ncommitter C <c@x> 42 +0100\n\nm",
                                                    tree, parent, parent))));
    cr_expect_eq(c.n_parents, 2);
    cr_expect_eq(c.time, 42);
    first = raw_parent(&c, 1);
    cr_expect_str_eq(hex(&first), "9876543210987654321098765432109876543210");
    cr_expect(raw_commit(&c, text_from(tree)) && c.n_parents == 0 && c.time == 0);
    cr_expect(!raw_commit(&c, TEXT("")));
    cr_expect(!raw_commit(&c, text_cut(text_from(tree), 0, sizeof tree - 2)));
    cr_expect(!raw_commit(&c, text_from(arena_printf(a, "%sparent 98765\n", tree))));
    cr_expect(!raw_commit(&c, text_from(arena_printf(a, "%.44sx\n", tree))));
}

static const struct {
    const char *line, *name, *email;
    uint64_t seconds;
} persons[] = {
    { "author Ada <ada@x> 17 +0000", "author Ada", "ada@x", 17 },
    { "A <a> b> 5 -0100", "A", "a> b", 5 },
    { "<a@x> 5 +0000", "", "a@x", 5 },
    { "Nobody", "Nobody", "", 0 },
    { "Broken <a@x", "Broken", "", 0 },
    { "Odd > before < it 3 +0000", "Odd > before", "", 0 },
    { "No date <a@x>", "No date", "a@x", 0 },
    { "Early <a@x> -5 +0000", "Early", "a@x", 0 },
    { "Far <a@x> 99999999999999999999999 +0000", "Far", "a@x", 0 },
    { "", "", "", 0 },
};

Test(vcs_walk, odd_signatures_are_read_as_far_as_they_go)
{
    for (size_t i = 0; i < sizeof persons / sizeof *persons; i++) {
        struct raw_person p = raw_person(text_from(persons[i].line));

        cr_expect(text_is(p.name, persons[i].name), "%s", persons[i].line);
        cr_expect(text_is(p.email, persons[i].email), "%s", persons[i].line);
        cr_expect_eq(p.seconds, persons[i].seconds, "%s", persons[i].line);
    }
}
