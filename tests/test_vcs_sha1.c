#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/repo.h"
#include "tests/support/rows.h"

static const size_t lengths[] = { 0, 1, 3, 53, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 65535, 300001 };

ParameterizedTestParameters(vcs_sha1, names_a_blob_as_git_does)
{
    return rows_numbered(sizeof lengths / sizeof *lengths);
}

ParameterizedTest(size_t *row, vcs_sha1, names_a_blob_as_git_does)
{
    struct arena *a = arena_open();
    const char *folder = scratch_folder(a);
    char *bytes = arena_alloc(a, lengths[*row] + 1);
    struct text content = { bytes, lengths[*row] };

    for (size_t i = 0; i < lengths[*row]; i++)
        bytes[i] = (char)(i * 31 + i / 256);
    scratch_write(folder, "f", content);
    cr_expect_str_eq(object_id_hex(a, vcs_hash_blob(content)),
                     repo_git(a, folder, "hash-object", "--no-filters", "f", NULL));
    arena_close(a);
}
