/* Whose a missing version is, where it was last seen, and which down script comes back. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/recover.h"
#include "tests/support/search.h"
#include "tests/support/story.h"

static struct arena *a;

static void setup(void)
{
    a = arena_open();
}

static void teardown(void)
{
    arena_close(a);
}

TestSuite(recover, .init = setup, .fini = teardown);

static const char *tell(const char *story)
{
    const char *repo = scratch_folder(a);

    repo_isolate(a);
    story_tell(repo, text_from(story));
    return repo;
}

static void open_source(struct source *s, struct vcs *v, const char *folder)
{
    static struct notices notices;
    const char *folders[] = { folder, NULL };
    struct source_request r = { .folders = folders };
    struct err e;

    notices = (struct notices) { .arena = a };
    r.at = repo_source(a, v, VCS_WORKTREE, NULL);
    cr_assert(source_load(s, v, &r, a, &notices, &e), "%s", e.message);
}

/* What the history says of a version that was applied from a commit. */
static struct history_entry recorded(const char *repo, const char *rev, const char *path)
{
    const char *where = arena_printf(a, "%s:%s", rev, path);
    const char *up = arena_printf(a, "%s\n", repo_git(a, repo, "show", where, NULL));

    return (struct history_entry) {
        .commit = repo_git(a, repo, "rev-parse", arena_printf(a, "%s^{commit}", rev), NULL),
        .path = path,
        .blob = repo_git(a, repo, "rev-parse", where, NULL),
        .sha256 = digest_script(text_from(up), a),
    };
}

/* "KIND, last SUBJECT by REF; FROM SCRIPT", "unchecked" behind it where it is. */
static const char *words(const char *repo, const struct recovered *r)
{
    static const char *const kinds[] = { "unknown", "retired", "elsewhere" };
    static const char *const from[] = { "file", "history", "blob", "commit", "ref" };
    struct buf out = buf_open(a, 4096);
    struct text line = TEXT("no script"), rest = { "", 0 }, whole;
    struct err e;

    buf_string(&out, kinds[r->kind]);
    if (r->own)
        buf_string(&out, ", own");
    if (r->seen.id.known)
        buf_printf(&out, ", last %s by %s", r->seen.subject, r->ref ? r->ref : "no name");
    if (r->script.read) {
        cr_assert(script_whole(&rest, &r->script, a, &e), "%s", e.message);
        whole = rest;
        text_line(&rest, &line);
        cr_expect_str_eq(
            repo_git(a, repo, "show", arena_printf(a, "%s:%s", object_id_hex(a, r->commit), r->script_path), NULL),
            arena_cstr(a, text_trim(whole)));
    }
    buf_printf(&out, "; %s%s", r->script.read ? arena_printf(a, "%s ", from[r->from]) : "", arena_cstr(a, line));
    if (r->unchecked)
        buf_string(&out, ", unchecked");
    return buf_cstr(&out);
}

static const char *found_in(const char *repo, const char *folder, const char *version,
                            const struct history_entry *applied, const char **places)
{
    struct recover_wanted wanted = { version, applied, NULL };
    struct vcs *v = repo_open(a, repo);
    const char *got, *ignored;
    struct recovered r;
    struct source s;
    struct err e;

    open_source(&s, v, folder);
    cr_assert(recover(&r, places ? places : &ignored, &s, &wanted, 1, a, &e), "%s", e.message);
    got = words(repo, &r);
    vcs_close(v);
    return got;
}

static const char *found(const char *repo, const char *version, const struct history_entry *applied)
{
    return found_in(repo, "db/migrate", version, applied, NULL);
}

#define FIRST                                                                                                          \
    "== commit First\n"                                                                                                \
    "== file db/migrate/1_users.sql\n"                                                                                 \
    "create 1;\n"
#define SECOND                                                                                                         \
    "== commit Second\n"                                                                                               \
    "== file db/migrate/2_posts.sql\n"                                                                                 \
    "create 2;\n"                                                                                                      \
    "== file db/migrate/2_posts.down.sql\n"                                                                            \
    "drop 2;\n"

static const char deleted[] = FIRST SECOND "== commit Gone\n"
                                           "== delete db/migrate/2_posts.sql\n"
                                           "== delete db/migrate/2_posts.down.sql\n";

static const char beside[] = FIRST "== branch feature\n" SECOND "== git checkout --quiet main\n";

Test(recover, nobody_knows_what_never_was)
{
    const char *repo = tell(deleted), *places;

    cr_expect_str_eq(found_in(repo, "db/migrate", "9", NULL, &places), "unknown; no script");
    cr_expect_str_eq(places, "1 ref, 6 reflog entries and 3 commits");
}

Test(recover, what_this_line_deleted_is_retired)
{
    const char *repo = tell(deleted);
    struct history_entry applied = recorded(repo, "HEAD~1", "db/migrate/2_posts.sql");

    cr_expect_str_eq(found(repo, "2", NULL), "retired, last Second by main; ref drop 2;, unchecked");
    cr_expect_str_eq(found(repo, "2", &applied), "retired, last Second by main; commit drop 2;");
}

Test(recover, what_another_branch_has_is_elsewhere)
{
    const char *repo = tell(beside);
    struct history_entry applied = recorded(repo, "feature", "db/migrate/2_posts.sql");

    cr_expect_str_eq(found(repo, "2", NULL), "elsewhere, last Second by feature; ref drop 2;, unchecked");
    cr_expect_str_eq(found(repo, "2", &applied), "elsewhere, last Second by feature; commit drop 2;");
}

/* The branch was rebased: the recorded commit is gone, another has the same files. */
Test(recover, finds_the_script_where_the_recorded_commit_is_gone)
{
    const char *repo = tell(beside);
    struct history_entry applied = recorded(repo, "feature", "db/migrate/2_posts.sql");

    applied.commit = "1234567890123456789012345678901234567890";
    cr_expect_str_eq(found(repo, "2", &applied), "elsewhere, last Second by feature; ref drop 2;");
}

Test(recover, a_branch_that_is_gone_for_good_is_known_by_our_own_row)
{
    const char *repo = tell(beside), *places;
    struct history_entry applied = recorded(repo, "feature", "db/migrate/2_posts.sql");

    repo_git(a, repo, "branch", "--quiet", "-D", "feature", NULL);
    search_expire_reflogs(a, repo);
    search_collect_garbage(a, repo);
    cr_expect_str_eq(found(repo, "2", &applied), "unknown; no script");
    applied.repository = repo_git(a, repo, "rev-list", "--max-parents=0", "HEAD", NULL);
    cr_expect_str_eq(found_in(repo, "db/migrate", "2", &applied, &places), "elsewhere, own; no script");
    cr_expect_str_eq(places, "1 recorded commit, 1 ref and 1 commit");
    applied.repository = "1234567890123456789012345678901234567890";
    cr_expect_str_eq(found(repo, "2", &applied), "unknown; no script", "another repository's");
}

Test(recover, a_shallow_history_tells_nothing_but_what_it_has)
{
    const char *repo = tell(beside), *clone = arena_printf(a, "%s/clone", scratch_folder(a)), *places;

    repo_git(a, repo, "clone", "--quiet", "--depth=1", "--no-single-branch", arena_printf(a, "file://%s", repo), clone,
             NULL);
    cr_expect_str_eq(found_in(clone, "db/migrate", "2", NULL, &places),
                     "elsewhere, last Second by origin/feature; ref drop 2;, unchecked");
    repo = tell(deleted);
    clone = arena_printf(a, "%s/clone", scratch_folder(a));
    repo_git(a, repo, "clone", "--quiet", "--depth=1", arena_printf(a, "file://%s", repo), clone, NULL);
    cr_expect_str_eq(found_in(clone, "db/migrate", "2", NULL, &places), "unknown; no script");
    cr_expect_str_eq(places, "2 refs, 3 reflog entries and 1 commit (the history is shallow)");
}

/* ---- the down script has to belong to the up script ---- */

static const char edited[] = FIRST SECOND "== commit Edited\n"
                                          "== file db/migrate/2_posts.sql\n"
                                          "create two;\n"
                                          "== file db/migrate/2_posts.down.sql\n"
                                          "drop two;\n";

Test(recover, takes_the_script_of_what_was_applied_not_of_what_is_there)
{
    const char *repo = tell(edited);
    struct history_entry first = recorded(repo, "HEAD~1", "db/migrate/2_posts.sql");
    struct history_entry second = recorded(repo, "HEAD", "db/migrate/2_posts.sql");

    cr_expect_str_eq(found(repo, "2", &first), "retired, last Edited by main; commit drop 2;");
    cr_expect_str_eq(found(repo, "2", &second), "retired, last Edited by main; commit drop two;");
    first.commit = NULL;
    cr_expect_str_eq(found(repo, "2", &first), "retired, last Edited by main; ref drop 2;", "by the blob");
    first.blob = NULL;
    cr_expect_str_eq(found(repo, "2", &first), "retired, last Edited by main; no script");
    second.commit = second.blob = NULL;
    cr_expect_str_eq(found(repo, "2", &second), "retired, last Edited by main; ref drop two;", "by the sha256");
}

/* The commit that is recorded is the one HEAD was at; the file was changed and not committed. */
Test(recover, refuses_a_script_beside_another_up_script)
{
    const char *repo = tell(deleted);
    struct history_entry applied = recorded(repo, "HEAD~1", "db/migrate/2_posts.sql");

    applied.sha256 = digest_script(TEXT("create something else;\n"), a);
    applied.blob = object_id_hex(a, vcs_hash_blob(TEXT("create something else;\n")));
    cr_expect_str_eq(found(repo, "2", &applied), "retired, last Second by main; no script");
}

/* Rows of the history may be anyone's. */
Test(recover, a_recorded_path_that_no_commit_can_have_leads_nowhere)
{
    static const char *const paths[] = { "../elsewhere/2_posts.sql", "/etc/2_posts.sql", ".git/2_posts.sql", "", "/" };
    const char *repo = tell(deleted);
    struct history_entry applied = recorded(repo, "HEAD~1", "db/migrate/2_posts.sql");

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        applied.path = paths[i];
        cr_expect_str_eq(found(repo, "2", &applied), "retired, last Second by main; ref drop 2;", "%s", paths[i]);
    }
}

Test(recover, line_ends_do_not_make_another_script)
{
    const char *repo = tell(FIRST "== branch feature\n== commit Second\n"
                                  "== bytes db/migrate/2_posts.sql\ncreate 2;\\r\\n\n"
                                  "== file db/migrate/2_posts.down.sql\ndrop 2;\n== git checkout --quiet main\n");
    struct history_entry applied = { .sha256 = digest_script(TEXT("create 2;\n"), a) };

    applied.blob = object_id_hex(a, vcs_hash_blob(TEXT("create 2;\n")));
    cr_expect_str_eq(found(repo, "2", &applied), "elsewhere, last Second by feature; ref drop 2;");
}

Test(recover, an_up_script_without_a_down_script_has_none)
{
    const char *repo = tell(FIRST "== commit Gone\n== delete db/migrate/1_users.sql\n"
                                  "== file db/migrate/2_posts.sql\n\n");

    cr_expect_str_eq(found(repo, "1", NULL), "retired, last First by main; no script");
}

Test(recover, passes_over_an_lfs_pointer)
{
    const char *repo = tell(FIRST "== branch feature\n== commit Second\n== file db/migrate/2_posts.sql\ncreate 2;\n"
                                  "== file db/migrate/2_posts.down.sql\n"
                                  "version https://git-lfs.github.com/spec/v1\n== git checkout --quiet main\n");

    cr_expect_str_eq(found(repo, "2", NULL), "elsewhere, last Second by feature; no script");
}

Test(recover, says_that_a_partial_clone_left_something_out)
{
    const char *repo = tell(beside), *clone = arena_printf(a, "%s/clone", scratch_folder(a)), *places;
    struct history_entry applied = recorded(repo, "feature", "db/migrate/2_posts.sql");

    repo_git(a, repo, "config", "uploadpack.allowFilter", "true", NULL);
    repo_git(a, repo, "clone", "--quiet", "--filter=blob:none", arena_printf(a, "file://%s", repo), clone, NULL);
    cr_expect_str_eq(found_in(clone, "db/migrate", "2", &applied, &places),
                     "elsewhere, last Second by origin/feature; no script");
    cr_expect_str_eq(places, "1 recorded commit, 3 refs and 1 commit (some objects are not here, or damaged)");
}

/* ---- layouts and folders ---- */

Test(recover, a_rails_version_is_its_digits)
{
    const char *repo = tell(FIRST "== branch feature\n== commit Second\n"
                                  "== file db/migrate/core/0002_posts.up.sql\ncreate 2;\n"
                                  "== file db/migrate/core/0002_posts.down.sql\ndrop 2;\n"
                                  "== file db/migrate/20_other.sql\ncreate 20;\n"
                                  "== file db/migrate/3_ruby.rb\nclass Ruby\n"
                                  "== file db/migrate/3_ruby.sql\ncreate 3;\n"
                                  "== file db/migrate/3_ruby.down.sql\ndrop 3;\n"
                                  "== file db/migrate/4_only.rb\nclass Only\n"
                                  "== file db/migrate/5_down.down.sql\ndrop 5;\n"
                                  "== file db/migrate/data/6_aside.sql\ncreate 6;\n"
                                  "== git checkout --quiet main\n");

    cr_expect_str_eq(found(repo, "2", NULL), "elsewhere, last Second by feature; ref drop 2;, unchecked");
    cr_expect_str_eq(found(repo, "3", NULL), "elsewhere, last Second by feature; ref drop 3;, unchecked");
    cr_expect_str_eq(found(repo, "4", NULL), "elsewhere, last Second by feature; no script");
    cr_expect_str_eq(found(repo, "5", NULL), "unknown; no script");
    cr_expect_str_eq(found(repo, "6", NULL), "unknown; no script");
}

Test(recover, a_diesel_version_is_its_directory)
{
    const char *repo = tell("== commit First\n== file migrations/2024-01-01-000000_one/up.sql\ncreate 1;\n"
                            "== branch feature\n== commit Second\n"
                            "== file migrations/2024-01-02-000000_two/up.sql\ncreate 2;\n"
                            "== file migrations/2024-01-02-000000_two/down.sql\ndrop 2;\n"
                            "== file migrations/2024-01-03-000000_none/other.sql\n\n"
                            "== git checkout --quiet main\n");
    struct history_entry applied = recorded(repo, "feature", "migrations/2024-01-02-000000_two/up.sql");

    cr_expect_str_eq(found_in(repo, "migrations", "20240102000000", NULL, NULL),
                     "elsewhere, last Second by feature; ref drop 2;, unchecked");
    cr_expect_str_eq(found_in(repo, "migrations", "20240102000000", &applied, NULL),
                     "elsewhere, last Second by feature; commit drop 2;");
    cr_expect_str_eq(found_in(repo, "migrations", "2024010200000", NULL, NULL), "unknown; no script");
    cr_expect_str_eq(found_in(repo, "migrations", "20240103000000", NULL, NULL), "unknown; no script");
}

Test(recover, drizzles_own_hash_tells_whether_a_script_belongs)
{
    const char *repo = tell(beside), *places;
    struct vcs *v = repo_open(a, repo);
    struct recover_wanted wanted = { .version = "2" };
    struct recovered r;
    struct source s;
    struct err e;

    open_source(&s, v, "db/migrate");
    wanted.hash = digest_sha256(TEXT("create 2;\r\n"), a);
    cr_assert(recover(&r, &places, &s, &wanted, 1, a, &e), "%s", e.message);
    cr_expect_str_eq(words(repo, &r), "elsewhere, last Second by feature; ref drop 2;");
    wanted.hash = digest_sha256(TEXT("create two;\n"), a);
    cr_assert(recover(&r, &places, &s, &wanted, 1, a, &e), "%s", e.message);
    cr_expect_str_eq(words(repo, &r), "elsewhere, last Second by feature; no script");
    vcs_close(v);
}

/* The project moved its migrations since. */
Test(recover, looks_where_the_version_was_applied_from_too)
{
    const char *repo = tell("== branch feature\n== commit Second\n== file old/2_posts.sql\ncreate 2;\n"
                            "== file old/2_posts.down.sql\ndrop 2;\n"
                            "== git checkout --quiet --orphan fresh\n== git rm --quiet -rf .\n" FIRST);
    struct history_entry applied = recorded(repo, "feature", "old/2_posts.sql");

    cr_expect_str_eq(found(repo, "2", NULL), "unknown; no script");
    cr_expect_str_eq(found(repo, "2", &applied), "elsewhere, last Second by feature; commit drop 2;");
}

Test(recover, answers_for_many_at_once)
{
    const char *repo = tell(FIRST SECOND "== branch feature\n== commit Third\n== file db/migrate/3_tags.sql\n\n"
                                         "== git checkout --quiet main\n== commit Gone\n"
                                         "== delete db/migrate/2_posts.sql\n== delete db/migrate/2_posts.down.sql\n");
    struct recover_wanted wanted[] = { { .version = "3" }, { .version = "9" }, { .version = "2" } };
    struct vcs *v = repo_open(a, repo);
    struct recovered r[3];
    const char *places;
    struct source s;
    struct err e;

    open_source(&s, v, "db/migrate");
    cr_assert(recover(r, &places, &s, wanted, 3, a, &e), "%s", e.message);
    cr_expect_str_eq(words(repo, &r[0]), "elsewhere, last Third by feature; no script");
    cr_expect_str_eq(words(repo, &r[1]), "unknown; no script");
    cr_expect_str_eq(words(repo, &r[2]), "retired, last Second by main; ref drop 2;, unchecked");
    vcs_close(v);
}

Test(recover, outside_git_nobody_knows)
{
    const char *folder = tell("== plain\n== file db/migrate/1_users.sql\n\n"), *places;

    cr_expect_str_eq(found_in(folder, "db/migrate", "2", NULL, &places), "unknown; no script");
    cr_expect_str_eq(places, "nothing else: there is no git repository");
}
