#include "tests/support/golden.h"

#include <criterion/criterion.h>
#include <regex.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/scratch.h"

static const struct {
    const char *pattern, *shown;
    const char *keep; /* a match that begins so stays */
} rules[] = {
    { "20[0-9][0-9]-[0-1][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?(Z|[+-][0-9:]+)?", "<time>",
      "2024-" },
    { "[0-9]+ min [0-9]+ s\\>", "<duration>", NULL },
    { "[0-9]+(\\.[0-9]+)? m?s\\>", "<duration>", NULL },
    { "\"duration_ms\": *[0-9.]+", "\"duration_ms\": <n>", NULL },
    { "\"lock_wait_ms\": *[0-9.]+", "\"lock_wait_ms\": <n>", NULL },
    { "\"run_id\": *\"[^\"]*\"", "\"run_id\": \"<run>\"", NULL },
    { "\"client_host\": *\"[^\"]*\"", "\"client_host\": \"<host>\"", NULL },
    { "\"started_at\": *\"[^\"]*\"", "\"started_at\": \"<time>\"", NULL },
    { "\"finished_at\": *\"[^\"]*\"", "\"finished_at\": \"<time>\"", NULL },
    { "\"applied_at\": *\"[^\"]*\"", "\"applied_at\": \"<time>\"", NULL },
    { "pid [0-9]+", "pid <n>", NULL },
};

static struct text replaced(struct arena *a, struct text in, const char *is, const char *shown)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t at;

    while (*is && text_find(in, is, &at)) {
        buf_add(&b, in.at, at);
        buf_string(&b, shown);
        in = text_cut(in, at + strlen(is), in.len);
    }
    buf_text(&b, in);
    return buf_content(&b);
}

static size_t hex_run(struct text t)
{
    size_t n = 0;

    while (n < t.len && (text_is_digit(t.at[n]) || (t.at[n] >= 'a' && t.at[n] <= 'f')))
        n++;
    return n;
}

/* Every hexadecimal word of seven letters or more that a commit's id begins with. */
static struct text without_commits(struct arena *a, struct text in, const char *const *commits)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < in.len;) {
        size_t n = hex_run(text_cut(in, i, in.len)), k = 0;

        if (n >= 7)
            while (commits[k] && strncmp(commits[k], in.at + i, n) != 0)
                k++;
        if (n >= 7 && commits[k]) {
            buf_printf(&b, "<commit %zu>", k + 1);
        } else {
            n = n ? n : 1;
            buf_add(&b, in.at + i, n);
        }
        i += n;
    }
    return buf_content(&b);
}

static struct text without_matches(struct arena *a, struct text in, size_t rule)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    const char *rest = arena_cstr(a, in), *keep = rules[rule].keep;
    regex_t compiled;
    regmatch_t match[2];

    cr_assert_eq(regcomp(&compiled, rules[rule].pattern, REG_EXTENDED | REG_NEWLINE), 0);
    while (regexec(&compiled, rest, 2, match, 0) == 0) {
        const char *found = rest + match[0].rm_so;
        size_t len = (size_t)(match[0].rm_eo - match[0].rm_so);

        buf_add(&b, rest, (size_t)match[0].rm_so);
        if (keep && strncmp(found, keep, strlen(keep)) == 0)
            buf_add(&b, found, len);
        else
            buf_string(&b, rules[rule].shown);
        rest = found + len;
    }
    regfree(&compiled);
    buf_string(&b, rest);
    return buf_content(&b);
}

struct text golden_normalised(struct arena *a, struct text printed, const struct golden_name *names,
                              const char *const *commits)
{
    for (size_t i = 0; names[i].is; i++)
        printed = replaced(a, printed, names[i].is, names[i].shown);
    printed = without_commits(a, printed, commits);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        printed = without_matches(a, printed, i);
    return printed;
}

void golden_compare(const char *path, struct text got)
{
    struct arena *a = arena_open();
    struct text want = scratch_read(a, path);

    if (getenv("MERGANSER_UPDATE_GOLDEN")) {
        char *folder = arena_string(a, path), *slash = strrchr(folder, '/');

        *slash = '\0';
        if (got.len)
            scratch_write(folder, slash + 1, got);
        else
            unlink(path);
    } else if (!text_equal(want, got)) {
        const char *folder = scratch_folder(a);
        const char *const argv[] = { "diff",
                                     "-u",
                                     "--label",
                                     path,
                                     "--label",
                                     "what it is now",
                                     want.at ? path : "/dev/null",
                                     arena_printf(a, "%s/got", folder),
                                     NULL };
        struct process p = { .argv = argv };
        struct process_result diff;

        scratch_write(folder, "got", got);
        diff = process_run(&p, a);
        cr_expect_fail("%.*s", (int)diff.out.len, diff.out.at);
    }
    arena_close(a);
}
