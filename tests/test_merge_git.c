/* The merge drivers as git calls them: merges, rebases, cherry-picks, the stash, lines that cross. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/branches.h"

static const char merged[] = "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox 3:302:0002_goat";

static void expect_entries(struct stage *s, const char *want)
{
    cr_assert_str_eq(branches_entries(s, "drizzle"), want);
}

static void expect_clean(struct stage *s)
{
    struct process_result r = stage_expect(s, 0, "git status --short");

    cr_assert_eq(r.out.len, 0, "%.*s", (int)r.out.len, r.out.at);
}

static bool says(struct text t, const char *words)
{
    size_t at;

    return text_find(t, words, &at);
}

Test(merge_git, feature_into_main)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);
    struct process_result r = stage_expect(&s, 0, "git merge -q -m Merge feature");

    expect_entries(&s, merged);
    expect_clean(&s);
    cr_expect(says(r.err, "0001_fox is entry 2 now, not 1, its `when` is 301 now, not 200"), "%.*s", (int)r.err.len,
              r.err.at);
    cr_expect(says(r.err, "2 entries have a later `when` now"), "%.*s", (int)r.err.len, r.err.at);
    cr_expect(says(r.err, "0001_mole and 0001_fox both made meta/0001_snapshot.json"), "%.*s", (int)r.err.len,
              r.err.at);
    stage_close(&s);
    arena_close(a);
}

/* What production has must not get other numbers, whichever side is checked out. */
Test(merge_git, main_into_feature)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git switch -q feature && git merge -q -m Merge main");
    expect_entries(&s, merged);
    stage_expect(&s, 0, "git switch -q main && git merge -q feature");
    expect_entries(&s, merged);
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, later_entries_keep_their_time)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, true, false);
    struct process_result r;

    stage_expect(&s, 0, "git switch -q feature");
    r = stage_expect(&s, 0, "git merge -q -m Merge main");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:400:0001_fox 3:410:0002_goat");
    cr_expect(!says(r.err, "warning"), "%.*s", (int)r.err.len, r.err.at);
    stage_close(&s);
    arena_close(a);
}

/* A clone pulls what others pushed: what it only has itself comes behind. */
Test(merge_git, pull)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git clone -q --bare . ../origin.git && git remote add origin ../origin.git");
    stage_expect(&s, 0, "git reset -q --hard HEAD~1");
    branches_write(&s, "drizzle", "100:0000_ant 150:0001_newt");
    stage_expect(&s, 0, "git add . && git commit -qm Newt && git fetch -q && git branch -q -u origin/main");
    stage_expect(&s, 0, "git pull -q --no-rebase --no-edit");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_newt");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, pull_of_a_branch_that_others_push_to)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git clone -q --bare . ../origin.git && git remote add origin ../origin.git && git fetch -q");
    stage_expect(&s, 0, "git switch -q feature && git branch -q -u origin/feature && git reset -q --hard HEAD~1");
    branches_write(&s, "drizzle", "100:0000_ant 200:0001_fox 205:0002_newt");
    stage_expect(&s, 0, "git add . && git commit -qm Newt && git pull -q --no-rebase --no-edit");
    expect_entries(&s, "0:100:0000_ant 1:200:0001_fox 2:210:0002_goat 3:211:0002_newt");
    stage_close(&s);
    arena_close(a);
}

/* Rebasing swaps ours and theirs, and takes one commit after the other. */
Test(merge_git, rebase)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git switch -q feature && git rebase -q main");
    expect_entries(&s, merged);
    stage_expect(&s, 0, "git checkout -q HEAD~1");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, cherry_pick)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git cherry-pick feature~1 >/dev/null");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox");
    /* The rest of the branch comes later; what was picked is there once. */
    stage_expect(&s, 0, "git merge -q -m Merge feature");
    expect_entries(&s, merged);
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, revert_takes_one_entry_out)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git merge -q -m Merge feature && git revert --no-edit HEAD^1 >/dev/null");
    expect_entries(&s, "0:100:0000_ant 2:301:0001_fox 3:302:0002_goat");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, stash)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git switch -q -c other HEAD~1");
    branches_write(&s, "drizzle", "100:0000_ant 150:0001_newt");
    stage_expect(&s, 0, "git add . && git stash -q && git switch -q main && git stash pop -q");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_newt");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, squash)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git merge -q --squash feature && git commit -qm Squashed");
    expect_entries(&s, merged);
    /* The branch goes on from where it was, and is merged again. */
    stage_expect(&s, 0, "git switch -q feature");
    branches_write(&s, "drizzle", "100:0000_ant 200:0001_fox 210:0002_goat 220:0003_hen");
    stage_expect(&s, 0, "git add . && git commit -qm Hen && git switch -q main && git merge -q -m Merge feature");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox 3:302:0002_goat 4:303:0003_hen");
    stage_close(&s);
    arena_close(a);
}

/* Both branches merge each other's older commit, then each other: git makes a common ancestor out of two by calling
 * the driver for it. */
Test(merge_git, lines_that_cross)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git branch old && git merge -q -m One feature");
    stage_expect(&s, 0, "git switch -q feature && git merge -q -m Two old");
    branches_write(&s, "drizzle", "100:0000_ant 300:0001_mole 301:0001_fox 302:0002_goat 500:0004_hen");
    stage_expect(&s, 0, "git add . && git commit -qm Hen && git switch -q main");
    branches_write(&s, "drizzle", "100:0000_ant 300:0001_mole 301:0001_fox 302:0002_goat 450:0004_kite");
    stage_expect(&s, 0, "git add . && git commit -qm Kite && git merge -q -m Crossed feature");
    expect_entries(&s, "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox 3:302:0002_goat 4:450:0004_kite 5:500:0004_hen");
    expect_clean(&s);
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, without_a_path_ours_comes_first)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git config merge.merganser-journal.driver 'merganser merge-driver journal %O %A %B'");
    stage_expect(&s, 0, "git switch -q feature && git merge -q -m Merge main");
    expect_entries(&s, "0:100:0000_ant 1:200:0001_fox 2:210:0002_goat 3:300:0001_mole");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, in_a_worktree_and_from_afar)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "git worktree add -q ../linked feature && cd ../linked && git merge -q -m Merge main");
    stage_expect(&s, 0, "cp -r ../linked/drizzle/meta drizzle/");
    expect_entries(&s, merged);
    stage_expect(
        &s, 0,
        "git reset -q --hard && cd / && git --git-dir=\"$OLDPWD/.git\" --work-tree=\"$OLDPWD\" merge -q -m M feature");
    expect_entries(&s, merged);
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, paths_that_a_shell_would_take_apart)
{
    static const char folder[] = "- it's $HOME \"x\"/drizzle";
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    branches_write(&s, folder, "100:0000_ant");
    stage_expect(&s, 0, "git add . && git commit -qm Here && git switch -q -c there");
    branches_write(&s, folder, "100:0000_ant 200:0001_fox");
    stage_expect(&s, 0, "git add . && git commit -qm There && git switch -q main");
    branches_write(&s, folder, "100:0000_ant 300:0001_mole");
    stage_expect(&s, 0, "git add . && git commit -qm Main && git switch -q there && git merge -q -m Merge main");
    cr_expect_str_eq(branches_entries(&s, folder), "0:100:0000_ant 1:300:0001_mole 2:301:0001_fox");
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, a_real_conflict_stays_one)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);
    struct process_result r;
    struct text journal;

    stage_expect(&s, 0, "sed -i '7 s/7/8/' drizzle/meta/_journal.json && git commit -qam Ours");
    stage_expect(&s, 0, "git switch -q feature && sed -i '7 s/7/9/' drizzle/meta/_journal.json");
    stage_expect(&s, 0, "git commit -qam Theirs && git switch -q main");
    stage_expect(&s, 0, "echo '**/_journal.json conflict-marker-size=12' >> .git/info/attributes");
    r = stage_expect(&s, 1, "git merge -q -m Merge feature");
    cr_expect(says(r.err, "the entry 0000_ant was changed on both sides"), "%.*s", (int)r.err.len, r.err.at);
    journal = scratch_read(a, arena_printf(a, "%s/drizzle/meta/_journal.json", s.repository));
    cr_expect(says(journal, "<<<<<<<<<<<< ours\n      \"version\": \"8\"") && says(journal, ">>>>>>>>>>>> theirs\n"),
              "%.*s", (int)journal.len, journal.at);
    r = stage_expect(&s, 0, "git status --short drizzle/meta");
    cr_expect(text_starts(r.out, "UU "), "%.*s", (int)r.out.len, r.out.at);
    /* merganser itself then says where it is, and runs nothing. */
    r = stage_expect(&s, 2, "merganser up --database $DB");
    stage_close(&s);
    arena_close(a);
}

/* Lines that git would merge without a word, though the entries contradict each other. */
Test(merge_git, a_conflict_that_no_line_shows_has_markers)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);
    struct text journal;

    branches_write(&s, "drizzle", "100:0000_ant 300:0001_mole 310:0002_newt 320:0003_owl");
    stage_expect(&s, 0, "git add . && git commit -qm More && git switch -q -c edits");
    stage_expect(&s, 0, "sed -i '/\"when\": 100/,/breakpoints/s/true/false/' drizzle/meta/_journal.json");
    stage_expect(&s, 0, "git commit -qam Edit && git switch -q main");
    stage_expect(&s, 0, "sed -i 's/\"idx\": 3/\"idx\": 2/' drizzle/meta/_journal.json && git commit -qam Twice");
    stage_expect(&s, 1, "git merge -q -m Merge edits");
    journal = scratch_read(a, arena_printf(a, "%s/drizzle/meta/_journal.json", s.repository));
    cr_expect(says(journal, "<<<<<<< ours\n") && says(journal, ">>>>>>> theirs\n"), "%.*s", (int)journal.len,
              journal.at);
    stage_close(&s);
    arena_close(a);
}

/* git itself leaves ours where it can't merge lines, and no file is emptied. */
Test(merge_git, what_is_binary_leaves_ours)
{
    struct arena *a = arena_open();
    struct stage s = branches_open(a, false, false);

    stage_expect(&s, 0, "cp drizzle/meta/_journal.json ../mine && git switch -q feature");
    stage_expect(&s, 0, "printf 'a\\0b\\n' > drizzle/meta/_journal.json && git commit -qam Binary");
    stage_expect(&s, 0, "git switch -q main");
    stage_expect(&s, 1, "git merge -q -m Merge feature");
    stage_expect(&s, 0, "cmp ../mine drizzle/meta/_journal.json");
    stage_expect(&s, 0, "git ls-files -u drizzle/meta/_journal.json | grep .");
    stage_close(&s);
    arena_close(a);
}

/* ---- structure.sql ---- */

#define DUMP(more, versions)                                                                                           \
    "== file db/structure.sql\nCREATE TABLE a (id integer);\n\n" more "SET search_path TO public;\n\n"                 \
    "INSERT INTO \"schema_migrations\" (version) VALUES\n" versions ";\n\n"

static struct process_result merge_dumps(struct stage *s, struct arena *a, const char *story, int code)
{
    *s = stage_open(a, text_from(story), false);
    branches_install(s);
    return stage_expect(s, code, "git merge -q -m Merge feature");
}

Test(merge_git, two_dumps)
{
    static const char story[] =
        "== commit One\n" DUMP("", "('2'),\n('1')") "== branch feature\n== commit Feature\n" DUMP(
            "CREATE TABLE f (id integer);\n\n",
            "('4'),\n('2'),\n('1')") "== git switch -q main\n== commit Main\n" DUMP("",
                                                                                    "('5'),\n('3'),\n('2'),\n('1')");
    struct arena *a = arena_open();
    struct stage s;
    struct process_result r = merge_dumps(&s, a, story, 0);
    struct text dump = scratch_read(a, arena_printf(a, "%s/db/structure.sql", s.repository));

    cr_expect(says(dump, "CREATE TABLE f (id integer);\n") &&
                  says(dump, "VALUES\n('5'),\n('4'),\n('3'),\n('2'),\n('1');\n"),
              "%.*s", (int)dump.len, dump.at);
    cr_expect_eq(r.err.len, 0, "%.*s", (int)r.err.len, r.err.at);
    expect_clean(&s);
    stage_close(&s);
    arena_close(a);
}

Test(merge_git, two_dumps_with_a_conflict)
{
    static const char story[] = "== commit One\n" DUMP("", "('1')") "== branch feature\n== commit Feature\n" DUMP(
        "CREATE TABLE f (id integer);\n\n",
        "('2'),\n('1')") "== git switch -q main\n== commit Main\n" DUMP("CREATE TABLE m (id integer);\n\n",
                                                                        "('3'),\n('1')");
    struct arena *a = arena_open();
    struct stage s;
    struct process_result r = merge_dumps(&s, a, story, 1);
    struct text dump = scratch_read(a, arena_printf(a, "%s/db/structure.sql", s.repository));

    cr_expect(says(dump, "<<<<<<< ours\nCREATE TABLE m") && says(dump, "VALUES\n('3'),\n('2'),\n('1');\n"), "%.*s",
              (int)dump.len, dump.at);
    cr_expect(says(r.err, "the list of versions is merged"), "%.*s", (int)r.err.len, r.err.at);
    stage_close(&s);
    arena_close(a);
}
