/* Every folder of testdata/merge is a case: ancestor, ours and theirs, for a journal published1 and published2 too.
 * want holds what comes of it, behind what there is to say about it. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <inttypes.h>

#include "core/base/text.h"
#include "core/merge_driver.h"
#include "core/merge_journal.h"
#include "core/version_list.h"
#include "tests/support/golden.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

#define CASES TESTDATA "/merge"

enum { CASES_MAX = 200 };

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t case_names(const char **names, struct arena *a)
{
    DIR *d = opendir(CASES);
    size_t n = 0;

    cr_assert(d, "no folder " CASES);
    for (const struct dirent *entry; (entry = readdir(d));)
        if (entry->d_name[0] != '.' && n < CASES_MAX)
            names[n++] = arena_string(a, entry->d_name);
    closedir(d);
    qsort(names, n, sizeof *names, by_name);
    return n;
}

static struct text file(struct arena *a, const char *name, const char *which)
{
    return scratch_read(a, arena_printf(a, CASES "/%s/%s", name, which));
}

static void run_journal(struct buf *b, const char *name, struct arena *a)
{
    struct text published[2] = { file(a, name, "published1"), file(a, name, "published2") };
    struct merge_journal_input in = { .path = "_journal.json",
                                      .ancestor = file(a, name, "ancestor"),
                                      .ours = file(a, name, "ours"),
                                      .theirs = file(a, name, "theirs"),
                                      .published = published,
                                      .npublished = (size_t)(published[0].at != NULL) + (published[1].at != NULL) };
    struct merge_journal j;

    merge_journal(&j, &in, a);
    if (j.conflict) {
        buf_printf(b, "conflict: %s\n", j.conflict);
        return;
    }
    for (size_t i = 0; i < j.nmoved; i++)
        buf_printf(b, "%s behind %s: idx %" PRIu64 " -> %" PRIu64 ", when %" PRIu64 " -> %" PRIu64 "\n", j.moved[i].tag,
                   j.moved[i].behind ? j.moved[i].behind : "none", j.moved[i].old_idx, j.moved[i].idx,
                   j.moved[i].old_when, j.moved[i].when);
    for (size_t i = 0; i < j.ntwins; i++)
        buf_printf(b, "%s: %s and %s\n", j.twins[i].number, j.twins[i].first, j.twins[i].second);
    buf_text(b, j.merged);
}

static void run_structure(struct buf *b, const char *name, struct arena *a)
{
    const char *folder = scratch_folder(a);
    struct notices notices = { .arena = a };
    struct merge_driver_request r = { .kind = "structure", .path = "db/structure.sql", .marker_size = 9 };
    struct merge_driver_result result;
    struct err e = { 0 };

    r.ancestor = arena_printf(a, CASES "/%s/ancestor", name);
    r.ours = arena_printf(a, "%s/ours", folder);
    r.theirs = arena_printf(a, CASES "/%s/theirs", name);
    scratch_write(folder, "ours", file(a, name, "ours"));
    cr_assert(merge_driver_run(&result, &r, NULL, a, &notices, &e), "%s", e.message);
    for (size_t i = 0; i < notices.len; i++)
        buf_printf(b, "%s: %s\n", notices.at[i].at.path, notices.at[i].message);
    cr_expect_eq(result.conflicted, notices.len > 0);
    buf_text(b, scratch_read(a, r.ours));
}

ParameterizedTestParameters(merge, cases)
{
    const char *names[CASES_MAX];
    struct arena *a = arena_open();
    size_t n = case_names(names, a);

    arena_close(a);
    return rows_numbered(n);
}

ParameterizedTest(size_t *row, merge, cases)
{
    struct arena *a = arena_open();
    const char *names[CASES_MAX];
    size_t n = case_names(names, a);
    struct buf got = buf_open(a, SIZE_MAX / 2);

    cr_assert(*row < n);
    (text_starts(text_from(names[*row]), "journal_") ? run_journal : run_structure)(&got, names[*row], a);
    golden_compare(arena_printf(a, CASES "/%s/want", names[*row]), buf_content(&got));
    arena_close(a);
}

/* Each INSERT is read once, though the last one makes a list of none of them. */
Test(merge, ten_thousand_inserts_of_which_the_last_is_broken, .timeout = 30)
{
    struct arena *a = arena_open();
    struct buf file = buf_open(a, SIZE_MAX / 2);

    for (unsigned i = 0; i < 10000; i++)
        buf_printf(&file, "INSERT INTO schema_migrations (version) VALUES ('%u');\n", i);
    buf_string(&file, "INSERT INTO schema_migrations (version) VALUES ('x')\n");
    cr_expect_eq(version_list_find(buf_content(&file), a).len, 0);
    buf_string(&file, "-- no list\nINSERT INTO schema_migrations (version) VALUES ('y'), ('z');\n");
    cr_expect_eq(version_list_find(buf_content(&file), a).len, 2);
    arena_close(a);
}
