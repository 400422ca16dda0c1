/* Files as scripts: large ones in pieces, from wherever they lie, always the bytes that git has. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(vcs_script, .init = setup, .fini = teardown);

/* About 3 MB of numbered lines, which zlib makes small and no two of which are the same. */
#define LARGE  "seq -f 'insert into t values (%.0f);' 1 100000 > db/1.sql;"
#define COMMIT "git add . && git commit -qm one;"

/* Where the bytes of db/1.sql lie, and how they have to come out. */
static const struct {
    const char *name, *shell;
    enum vcs_kind kind;
    bool in_pieces;
} places[] = {
    { "untracked", LARGE, VCS_WORKTREE, true },
    { "staged, loose", LARGE "git add .", VCS_INDEX, true },
    { "committed, loose", LARGE COMMIT, VCS_COMMIT, true },
    { "committed, the work tree's own file", LARGE COMMIT, VCS_WORKTREE, true },
    { "packed", LARGE COMMIT "git gc -q", VCS_COMMIT, true },
    { "packed, index of version 1", LARGE COMMIT "git -c pack.indexVersion=1 repack -qad", VCS_COMMIT, true },
    { "packed among many", LARGE "for i in $(seq 300); do echo $i > $i; done;" COMMIT "git repack -qad", VCS_COMMIT,
      true },
    { "packed without compression", LARGE COMMIT "git -c pack.compression=0 repack -qadF", VCS_COMMIT, true },
    { "packed as a delta",
      LARGE COMMIT
      "seq 1000 >> db/1.sql; git commit -qam two; git repack -qadF; git checkout -q HEAD~1;"
      "git verify-pack -v .git/objects/pack/*.idx | grep -q \"^$(git rev-parse HEAD:db/1.sql) blob .* 1 \"",
      VCS_COMMIT, false },
    { "in an alternate",
      LARGE COMMIT "git gc -q; mv .git/objects ../objects-of-another; mkdir -p .git/objects/info .git/objects/pack;"
                   "echo ../../../objects-of-another > .git/objects/info/alternates",
      VCS_COMMIT, true },
    { "LF while core.autocrlf is on", LARGE "git config core.autocrlf true", VCS_WORKTREE, true },
    { "CR LF while core.autocrlf is on", LARGE "sed -i 's/$/\\r/' db/1.sql; git config core.autocrlf true",
      VCS_WORKTREE, false },
    { "CR LF in a text file, committed",
      LARGE "echo '*.sql text eol=crlf' > .gitattributes; sed -i 's/$/\\r/' db/1.sql;" COMMIT, VCS_WORKTREE, true },
    { "CR LF in what is no text", LARGE "echo '*.sql -text' > .gitattributes; sed -i 's/$/\\r/' db/1.sql", VCS_WORKTREE,
      true },
    { "ident", LARGE "echo '*.sql ident' > .gitattributes; echo '-- $Id: x$' >> db/1.sql", VCS_WORKTREE, false },
    { "sparse: not on the disk", LARGE COMMIT "git update-index --skip-worktree db/1.sql; rm db/1.sql", VCS_WORKTREE,
      true },
    { "small", "echo 'select 1;' > db/1.sql;" COMMIT, VCS_WORKTREE, false },
};

ParameterizedTestParameters(vcs_script, gives_the_bytes_that_git_has)
{
    return rows_numbered(sizeof places / sizeof *places);
}

/* The file as a listing has it. */
static struct vcs_file listed(struct vcs *v, const struct vcs_source *s)
{
    struct vcs_files files = { 0 };
    struct err e;
    bool found;

    cr_assert(vcs_list(&files, &found, v, s, "db", a, &e), "%s", e.message);
    cr_assert_eq(files.len, 1);
    return files.at[0];
}

/* Reads all of it in the order of its bytes; false: the error is in *e. */
static bool read_through(struct buf *out, const struct script *s, struct err *e)
{
    struct text piece;

    *out = buf_open(a, SIZE_MAX / 2);
    do {
        if (!s->read(s, out->len, &piece, e))
            return false;
        buf_text(out, piece);
    } while (piece.len);
    return true;
}

ParameterizedTest(size_t *row, vcs_script, gives_the_bytes_that_git_has)
{
    const char *repo = repo_make(a);
    struct vcs_source source;
    struct vcs_file file;
    struct script script;
    struct text piece;
    struct buf all, again;
    struct vcs *v;
    struct err e;

    repo_shell(a, repo, arena_printf(a, "mkdir db; %s", places[*row].shell));
    v = repo_open(a, repo);
    source = repo_source(a, v, places[*row].kind, places[*row].kind == VCS_COMMIT ? "HEAD" : NULL);
    file = listed(v, &source);
    cr_assert(vcs_script(&script, v, &source, &file, SIZE_MAX, a, &e), "%s", e.message);
    cr_assert(read_through(&all, &script, &e), "%s", e.message);
    cr_expect_eq(all.len, script.size);
    cr_expect_str_eq(script.path, "db/1.sql");
    cr_expect_neq(script_is_in_memory(&script), places[*row].in_pieces);
    scratch_write(repo, ".git/read", buf_content(&all));
    cr_expect_str_eq(repo_git(a, repo, "hash-object", "--no-filters", ".git/read", NULL), object_id_hex(a, file.blob));
    /* Once more from the begin, and from the middle backwards. */
    cr_assert(read_through(&again, &script, &e));
    cr_expect(text_equal(buf_content(&again), buf_content(&all)));
    for (size_t offset = all.len; offset > 0; offset = offset * 2 / 3) {
        cr_assert(script.read(&script, offset, &piece, &e));
        cr_expect(text_equal(piece, text_cut(buf_content(&all), offset, offset + piece.len)));
        cr_expect_eq(piece.len == 0, offset == all.len);
    }
    vcs_close(v);
}

/* What is wrong with the bytes, done behind the listing; "" before `then` is the first reading. */
static const struct {
    const char *name, *first, *then, *error;
    enum vcs_kind kind;
    bool read_before;
} wrongs[] = {
    { "edited before it is read", LARGE COMMIT, "sed -i 's/1/2/' db/1.sql",
      "'db/1.sql' changed while it was being read", VCS_WORKTREE, false },
    { "edited between two readings", LARGE COMMIT, "sed -i 's/1/2/' db/1.sql",
      "'db/1.sql' changed while it was being read", VCS_WORKTREE, true },
    { "written with the same size and time", LARGE "touch -d @1000 db/1.sql;",
      "sed -i 's/values (7)/values (8)/' db/1.sql; touch -d @1000 db/1.sql",
      "'db/1.sql' changed while it was being read", VCS_WORKTREE, false },
    { "cut short", LARGE, "truncate -s 2000000 db/1.sql", "'db/1.sql' changed while it was being read", VCS_WORKTREE,
      false },
    { "gone between two readings", LARGE, "rm db/1.sql", "'db/1.sql' changed while it was being read", VCS_WORKTREE,
      true },
    { "a pack cut short", LARGE COMMIT "git gc -q; chmod u+w .git/objects/pack/*",
      "truncate -s 100000 .git/objects/pack/*.pack", "('db/1.sql') is damaged", VCS_COMMIT, false },
    { "a byte of a pack", LARGE COMMIT "git gc -q; chmod u+w .git/objects/pack/*",
      "printf '\\377' | dd of=$(echo .git/objects/pack/*.pack) bs=1 seek=100000 conv=notrunc status=none",
      "('db/1.sql') is damaged", VCS_COMMIT, false },
    { "another object's bytes under the name", LARGE COMMIT,
      "sed 's/9/8/' db/1.sql > 2; o=$(git hash-object -w 2); n=$(git rev-parse HEAD:db/1.sql); cd .git/objects;"
      "cp -f $(echo $o | sed 's,..,&/,') $(echo $n | sed 's,..,&/,')",
      "('db/1.sql') is damaged", VCS_COMMIT, false },
};

ParameterizedTestParameters(vcs_script, never_gives_other_bytes)
{
    return rows_numbered(sizeof wrongs / sizeof *wrongs);
}

ParameterizedTest(size_t *row, vcs_script, never_gives_other_bytes)
{
    const char *repo = repo_make(a);
    struct vcs_source source;
    struct vcs_file file;
    struct script script;
    struct buf all;
    struct vcs *v;
    struct err e = { 0 };
    bool ok;

    repo_shell(a, repo, arena_printf(a, "mkdir db; %s", wrongs[*row].first));
    v = repo_open(a, repo);
    source = repo_source(a, v, wrongs[*row].kind, wrongs[*row].kind == VCS_COMMIT ? "HEAD" : NULL);
    file = listed(v, &source);
    if (wrongs[*row].read_before)
        cr_assert(vcs_script(&script, v, &source, &file, SIZE_MAX, a, &e) && read_through(&all, &script, &e));
    repo_shell(a, repo, wrongs[*row].then);
    ok = wrongs[*row].read_before || vcs_script(&script, v, &source, &file, SIZE_MAX, a, &e);
    ok = ok && read_through(&all, &script, &e);
    cr_expect_not(ok, "%s", wrongs[*row].name);
    cr_expect(strstr(e.message, wrongs[*row].error), "%s: %s", wrongs[*row].name, e.message);
    cr_expect_neq(*e.hint, '\0');
    vcs_close(v);
}

Test(vcs_script, what_is_read_whole_has_a_bound)
{
    const char *repo = repo_make(a);
    struct vcs_source source;
    struct vcs_file file;
    struct script script;
    struct vcs *v;
    struct err e;

    repo_shell(a, repo, "mkdir db;" LARGE "sed -i 's/$/\\r/' db/1.sql; git config core.autocrlf true");
    v = repo_open(a, repo);
    source = repo_source(a, v, VCS_WORKTREE, NULL);
    file = listed(v, &source);
    cr_expect_not(vcs_script(&script, v, &source, &file, 1000000, a, &e));
    cr_expect(strstr(e.message, "at most 1000000 are read"), "%s", e.message);
    vcs_close(v);
}

Test(vcs_script, a_plain_folder_needs_no_git)
{
    const char *folder = repo_isolate(a), *whole = arena_printf(a, "%s/db", folder);
    struct vcs_source source = { .kind = VCS_WORKTREE };
    struct vcs_file file;
    struct script script;
    struct buf all, other;
    struct vcs *v;
    struct err e;
    const char *const argv[] = { "sh", "-c", "mkdir -p db; " LARGE "sed 's/$/\\r/' db/1.sql > crlf.sql", NULL };

    cr_assert_eq(process_run(&(struct process) { .argv = argv, .directory = folder }, a).exit_code, 0, "%s", whole);
    v = repo_open(a, folder);
    file = listed(v, &source);
    cr_assert(vcs_script(&script, v, &source, &file, SIZE_MAX, a, &e) && read_through(&all, &script, &e));
    cr_expect_not(script_is_in_memory(&script));
    file.path = TEXT("crlf.sql");
    cr_assert(vcs_script(&script, v, &source, &file, SIZE_MAX, a, &e) && read_through(&other, &script, &e));
    cr_expect(text_equal(buf_content(&all), buf_content(&other)));
    vcs_close(v);
}

/* What vcs_find says of a path: "found", "nothing", or the error. */
static const struct {
    const char *path, *worktree, *commit;
} finds[] = {
    { "db/1.sql", "found", "found" },
    { "./db//1.sql", "found", "found" },
    { "db/new.sql", "found", "nothing" },
    { "db/gone.sql", "nothing", "nothing" },
    { "db", "nothing", "nothing" },
    { "db/1.sql/x", "nothing", "nothing" },
    { "db/link.sql", "'db/link.sql' is a symbolic link", "'db/link.sql' is a symbolic link" },
    { "way/1.sql", "'way' is a symbolic link", "'way' is a symbolic link" },
    { "sub/1.sql", "'sub' is a submodule, a repository of its own", "'sub' is a submodule, a repository of its own" },
    { "db/secret.sql", "'db/secret.sql' is ignored by git: nobody else would have it", "nothing" },
    { "../1.sql", "'../1.sql' is not below the root of the repository", NULL },
    { "db/.git/config", "'db/.git/config' is not below the root of the repository", NULL },
    { "/etc/passwd", "'/etc/passwd' is an absolute path", NULL },
};

static const char *find_words(struct vcs *v, const struct vcs_source *source, const char *path)
{
    struct vcs_file file;
    struct err e;
    bool found;

    if (!vcs_find(&file, &found, v, source, path, a, &e))
        return arena_string(a, e.message);
    return found ? "found" : "nothing";
}

Test(vcs_script, finds_a_file_only_inside_the_source)
{
    const char *repo = repo_make(a);
    struct vcs_source worktree, commit;
    struct vcs *v;

    repo_shell(a, repo,
               "mkdir db; echo 1 > db/1.sql; ln -s 1.sql db/link.sql; ln -s db way; echo secret.sql > .gitignore;"
               "git init -q sub; git -C sub commit -q --allow-empty -m x; echo 1 > sub/1.sql; git add . 2>/dev/null;"
               "git commit -qm one; echo 2 > db/new.sql; echo 3 > db/secret.sql");
    v = repo_open(a, repo);
    worktree = repo_source(a, v, VCS_WORKTREE, NULL);
    commit = repo_source(a, v, VCS_COMMIT, "HEAD");
    for (size_t i = 0; i < sizeof finds / sizeof *finds; i++) {
        cr_expect_str_eq(find_words(v, &worktree, finds[i].path), finds[i].worktree);
        if (finds[i].commit)
            cr_expect_str_eq(find_words(v, &commit, finds[i].path), finds[i].commit);
    }
    vcs_close(v);
}
