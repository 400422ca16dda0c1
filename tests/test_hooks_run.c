/* What hooks say when git itself runs them. Each row: a repository with one migration applied, in which `before` is
 * done first; then what `line` writes to standard error, the hooks' words and git's. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/rows.h"
#include "tests/support/stage.h"

#define STORY                                                                                                          \
    "== commit Users\n"                                                                                                \
    "== file merganser.yml\n"                                                                                          \
    "database: ${DB}\n"                                                                                                \
    "== file notes\n"                                                                                                  \
    "one\n"                                                                                                            \
    "== file db/migrate/20240101000000_users.sql\n"                                                                    \
    "CREATE TABLE users (id integer);\n"                                                                               \
    "== file db/migrate/20240101000000_users.down.sql\n"                                                               \
    "DROP TABLE users;\n"                                                                                              \
    "== git clone -q . ../clone\n"

/* add VERSION NAME: a migration as a commit of its own. note TEXT: a commit that has nothing to do with migrations. */
#define WORDS                                                                                                          \
    "set -e\n"                                                                                                         \
    "add() { printf 'CREATE TABLE %s (id integer);\\n' \"$2\" > \"db/migrate/$1_$2.sql\"\n"                            \
    "        git add db && git commit -q -m \"$2\"; }\n"                                                               \
    "note() { echo \"$1\" > notes && git add notes && git commit -q -m \"$1\"; }\n"

#define POSTS_ADDED   "  added    20240102000000_posts\n"
#define POSTS_PENDING "merganser: DB has 1 pending (20240102000000_posts)\n  `merganser up` applies what is pending\n"

static const struct {
    const char *name, *before, *line, *want;
} cases[] = {
    { "a pull that moves forward", "add 20240102000000 posts", "cd ../clone && git pull -q",
      "merganser: this merge changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a pull without migrations", "note two", "cd ../clone && git pull -q", "" },
    { "a pull of nothing", "", "cd ../clone && git pull -q", "" },
    { "a pull --rebase that moves forward", "add 20240102000000 posts", "cd ../clone && git pull -q --rebase",
      "merganser: this merge changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a pull --rebase with a commit of one's own",
      "add 20240102000000 posts; cd ../clone; echo x > x; git add x; git commit -q -m x",
      "cd ../clone && git pull -q --rebase",
      "merganser: this rewrite changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a merge with two parents", "git checkout -q -b side; add 20240102000000 posts; git checkout -q main; note two",
      "git merge -q --no-edit side", "merganser: this merge changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a squash merge has moved nothing",
      "git checkout -q -b side; add 20240102000000 posts; git checkout -q main; note two",
      "git merge -q --squash side >/dev/null 2>../said; grep merganser ../said >&2 || true", "" },
    { "a checkout", "git checkout -q -b side; add 20240102000000 posts; git checkout -q main", "git checkout -q side",
      "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a switch back, the database being ahead",
      "git checkout -q -b side; add 20240102000000 posts; merganser up --quiet", "git switch -q main",
      "merganser: this checkout changed 1 migration\n  deleted  20240102000000_posts\n"
      "merganser: DB has 1 missing (20240102000000_posts)\n  `merganser sync` makes it match; `merganser status` shows "
      "every version\n" },
    { "a checkout that the database fits",
      "git checkout -q -b side; add 20240102000000 posts; merganser up --quiet; git checkout -q main",
      "git checkout -q side",
      "merganser: this checkout changed 1 migration\n" POSTS_ADDED "merganser: DB is up to date\n" },
    { "a new branch", "", "git checkout -q -b side", "" },
    { "files checked out", "add 20240102000000 posts", "git checkout -q HEAD~1 -- db", "" },
    { "a look at an old commit", "add 20240102000000 posts", "git checkout -q HEAD~1", "" },
    { "a rebase",
      "git checkout -q -b side; note two; git checkout -q main; echo x > x; git add x; git commit -qm x; "
      "add 20240102000000 posts; git checkout -q side",
      "git rebase -q main", "merganser: this rewrite changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a rebase with nothing to replay",
      "git checkout -q -b side; git checkout -q main; add 20240102000000 posts; git checkout -q side",
      "git rebase -q main", "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a rebase that stops",
      "git checkout -q -b side; note two; git checkout -q main; add 20240102000000 posts; note three; "
      "git checkout -q side",
      "git rebase -q main >/dev/null 2>../said || grep merganser ../said >&2 || true", "" },
    { "a rebase that stopped and goes on, though ORIG_HEAD was moved meanwhile",
      "git checkout -q -b side; note two; echo x > x; git add x; git commit -q -m x; git checkout -q main; "
      "add 20240102000000 posts; note three; git checkout -q side; git rebase -q main >/dev/null 2>&1 || true; "
      "git reset -q --hard",
      "git rebase --skip >/dev/null 2>../said; sed -n '/merganser/,$p' ../said | grep -v Successfully >&2",
      "merganser: this rewrite changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "a bisect", "add 20240102000000 posts; add 20240103000000 tags; note two",
      "{ git bisect start HEAD HEAD~3 && git bisect good && git bisect reset; } >/dev/null 2>../said; "
      "grep merganser ../said >&2 || true",
      "" },
    { "a commit amended", "add 20240102000000 posts",
      "echo '-- more' >> db/migrate/20240102000000_posts.sql; git commit -q -a --amend --no-edit",
      "merganser: this rewrite changed 1 migration\n  edited   20240102000000_posts\n" POSTS_PENDING },
    { "a message amended", "add 20240102000000 posts", "git commit -q --amend -m other", "" },
    { "a new work tree that the database fits", "", "git worktree add -q ../tree -b side", "" },
    { "a new work tree that it does not fit", "add 20240102000000 posts", "git worktree add -q ../tree -b side",
      POSTS_PENDING },
    { "a checkout in a linked work tree",
      "git branch old; add 20240102000000 posts; git worktree add -q ../tree old 2>/dev/null",
      "cd ../tree && git checkout -q -b new main",
      "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "an edited migration",
      "git checkout -q -b side; echo '-- x' >> db/migrate/20240101000000_users.sql; "
      "echo 'CREATE TABLE x (id integer);' >> db/migrate/20240101000000_users.sql; git commit -q -a -m x; "
      "git checkout -q main",
      "git checkout -q side",
      "merganser: this checkout changed 1 migration\n  edited   20240101000000_users\n"
      "merganser: DB has 1 edited (20240101000000_users)\n  `merganser status` shows every version\n" },
    { "a renamed and a late one, of several",
      "add 20240105000000 posts; add 20240106000000 tags; merganser up --quiet; git checkout -q -b side; "
      "git mv db/migrate/20240106000000_tags.sql db/migrate/20240107000000_tags.sql; git commit -q -m mv; "
      "add 20240103000000 late; git checkout -q main",
      "git checkout -q side",
      "merganser: this checkout changed 2 migrations\n  added    20240103000000_late\n"
      "  renamed  20240107000000_tags  (was db/migrate/20240106000000_tags.sql)\n"
      "merganser: DB has 2 pending (20240103000000_late, 20240107000000_tags), 1 missing (20240106000000_tags)\n"
      "  `merganser sync` makes it match; `merganser status` shows every version\n" },
    { "both scripts of one, and the down script alone of another",
      "add 20240102000000 posts; merganser up --quiet; git checkout -q -b side; "
      "echo 'DROP TABLE posts;' > db/migrate/20240102000000_posts.down.sql; git add db; git commit -q -m down; "
      "echo 'DROP TABLE tags;' > db/migrate/20240103000000_tags.down.sql; add 20240103000000 tags; "
      "git checkout -q main",
      "git checkout -q side",
      "merganser: this checkout changed 2 migrations\n  added    20240102000000_posts  (its down script)\n"
      "  added    20240103000000_tags\n"
      "merganser: DB has 1 pending (20240103000000_tags)\n  `merganser up` applies what is pending\n" },
    { "many at once",
      "git checkout -q -b side; for i in 0 1 2 3 4 5 6 7 8 9; do add 2024020${i}000000 t$i; done; git checkout -q "
      "main; "
      "git tag --no-sign many side; git reset -q --hard main",
      "git checkout -q side 2>../said; sed 's/[0-9a-f]\\{12\\}\\.\\.[0-9a-f]\\{12\\}/A..B/' ../said >&2",
      "merganser: this checkout changed 10 migrations\n  added    20240200000000_t0\n  added    20240201000000_t1\n"
      "  added    20240202000000_t2\n  added    20240203000000_t3\n  added    20240204000000_t4\n"
      "  added    20240205000000_t5\n  added    20240206000000_t6\n  added    20240207000000_t7\n"
      "  and 2 more: `merganser changed A..B`\n"
      "merganser: DB has 10 pending (20240200000000_t0, 20240201000000_t1, 20240202000000_t2, ...)\n"
      "  `merganser up` applies what is pending\n" },
    { "two of one version, after a merge",
      "git checkout -q -b side; add 20240102000000 posts; git checkout -q main; add 20240102000000 tags",
      "git merge -q --no-edit side",
      "merganser post-merge: db/migrate/20240102000000_tags.sql: two migrations have version 20240102000000: this one "
      "and db/migrate/20240102000000_posts.sql; give the one that no database has run yet a later version, with "
      "`git mv`\n" },
    { "a database that is not named",
      "git rm -q merganser.yml; git commit -q -m x; merganser hook install --quiet; git checkout -q -b side; "
      "add 20240102000000 posts; git checkout -q main",
      "git checkout -q side",
      "merganser: this checkout changed 1 migration\n" POSTS_ADDED
      "merganser post-checkout: no database is named; give --database URL, set MERGANSER_DATABASE or DATABASE_URL, or "
      "write `database:` into merganser.yml (`merganser init` makes one)\n" },
    { "a configuration that can't be read",
      "git checkout -q -b side; add 20240102000000 posts; echo 'databse: x' > merganser.yml; git add .; "
      "git commit -q -m x; git checkout -q main",
      "git checkout -q side",
      "merganser post-checkout: merganser.yml:1: there is no key \"databse\"; did you mean \"database\"?\n" },
    { "held", "merganser hook hold --quiet; git checkout -q -b side; add 20240102000000 posts; git checkout -q main",
      "git checkout -q side", "" },
    { "held once",
      "merganser hook hold --quiet --for 1h; git config merganser.hook.held-until 2024-01-01T00:00:00Z; "
      "git checkout -q -b side; add 20240102000000 posts; git checkout -q main 2>/dev/null",
      "git checkout -q side", "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "held and continued",
      "merganser hook hold --quiet; merganser hook continue --quiet; git checkout -q -b side; "
      "add 20240102000000 posts; git checkout -q main",
      "git checkout -q side", "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "switched off by a variable", "git checkout -q -b side; add 20240102000000 posts; git checkout -q main",
      "MERGANSER_HOOKS=0 git checkout -q side", "" },
    { "switched off at install",
      "merganser hook install --quiet --post-checkout off; git checkout -q -b side; add 20240102000000 posts; "
      "git checkout -q main",
      "git checkout -q side", "" },
    { "a hook's line in a clone where nobody installed anything",
      "merganser hook uninstall --quiet; git checkout -q -b side; add 20240102000000 posts",
      "merganser hook run post-checkout \"$(git rev-parse main)\" \"$(git rev-parse side)\" 1", "" },
    { "a tracked file that the clone's configuration includes arms nothing",
      "merganser hook uninstall --quiet; printf '[merganser \"hook\"]\\n\\tpost-checkout = apply\\n' > shared; "
      "git config include.path ../shared; git checkout -q -b side; add 20240102000000 posts",
      "merganser hook run post-checkout \"$(git rev-parse main)\" \"$(git rev-parse side)\" 1; "
      "git config merganser.hook.post-checkout >/dev/null",
      "" },
    { "merganser.yml below the root",
      "merganser hook uninstall --quiet; mkdir app; git mv merganser.yml app; git commit -q -m app; "
      "(cd app && merganser hook install --quiet); git checkout -q -b side; add 20240102000000 posts; "
      "git checkout -q main",
      "git checkout -q side", "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
    { "variables for other runs do not count",
      "git checkout -q -b side; add 20240102000000 posts; git checkout -q main",
      "MERGANSER_REF=main~9 MERGANSER_ENV=production MERGANSER_FORMAT=json git checkout -q side",
      "merganser: this checkout changed 1 migration\n" POSTS_ADDED POSTS_PENDING },
};

static void prepare(struct stage *s, const char *before)
{
    stage_expect(
        s, 0,
        "merganser up --quiet && merganser hook install --quiet && cd ../clone && merganser hook install --quiet");
    stage_expect(s, 0, arena_printf(s->arena, "%s%s", WORDS, before));
}

/* What was said, the database's URL as DB. */
static const char *said(struct stage *s, struct process_result r)
{
    struct buf out = buf_open(s->arena, SIZE_MAX / 2);
    struct text rest = r.err;
    size_t at;

    while (text_find(rest, s->sqlite, &at)) {
        buf_text(&out, text_cut(rest, 0, at));
        buf_string(&out, "DB");
        rest = text_cut(rest, at + strlen(s->sqlite), rest.len);
    }
    buf_text(&out, rest);
    return buf_cstr(&out);
}

ParameterizedTestParameters(hooks_run, says)
{
    return rows_numbered(sizeof cases / sizeof *cases);
}

ParameterizedTest(size_t *row, hooks_run, says)
{
    struct arena *a = arena_open();
    struct stage s = stage_open(a, TEXT(STORY), false);
    const char *got;

    prepare(&s, cases[*row].before);
    got = said(&s, stage_expect(&s, 0, cases[*row].line));
    cr_expect_str_eq(got, cases[*row].want, "%s: it says\n%s", cases[*row].name, got);
    stage_close(&s);
    arena_close(a);
}
