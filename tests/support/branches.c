#include "tests/support/branches.h"

#include <criterion/criterion.h>
#include <inttypes.h>

#include "core/base/text.h"
#include "core/layouts/journal.h"

/* Takes the next word off. */
static bool next(struct text *rest, struct text *word)
{
    size_t end = 0;

    while (end < rest->len && rest->at[end] != ' ')
        end++;
    *word = text_cut(*rest, 0, end);
    *rest = text_cut(*rest, end + 1 < rest->len ? end + 1 : rest->len, rest->len);
    return end > 0;
}

static void split(struct arena *a, struct text word, const char **when, const char **tag)
{
    size_t colon;

    cr_assert(text_find(word, ":", &colon));
    *when = arena_cstr(a, text_cut(word, 0, colon));
    *tag = arena_cstr(a, text_cut(word, colon + 1, word.len));
}

static struct text journal(struct arena *a, const char *entries)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    struct text rest = text_from(entries), word;
    size_t idx = 0;

    buf_string(&b, "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": [");
    while (next(&rest, &word)) {
        const char *when, *tag;

        split(a, word, &when, &tag);
        buf_printf(&b,
                   "%s\n    {\n      \"idx\": %zu,\n      \"version\": \"7\",\n      \"when\": %s,\n"
                   "      \"tag\": \"%s\",\n      \"breakpoints\": true\n    }",
                   idx ? "," : "", idx, when, tag);
        idx++;
    }
    buf_string(&b, "\n  ]\n}");
    return buf_content(&b);
}

const char *branches_journal(struct arena *a, const char *folder, const char *entries)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    struct text rest = text_from(entries), word;

    buf_printf(&b, "== file %s/meta/_journal.json\n%s\n", folder, arena_cstr(a, journal(a, entries)));
    while (next(&rest, &word)) {
        const char *when, *tag;

        split(a, word, &when, &tag);
        buf_printf(&b, "== file %s/%s.sql\nCREATE TABLE \"%s\" (\"id\" integer);\n", folder, tag, tag);
        buf_printf(&b, "== file %s/%s.down.sql\nDROP TABLE \"%s\";\n", folder, tag, tag);
    }
    return buf_cstr(&b);
}

void branches_write(struct stage *s, const char *folder, const char *entries)
{
    struct text rest = text_from(entries), word;

    scratch_write(s->repository, arena_printf(s->arena, "%s/meta/_journal.json", folder), journal(s->arena, entries));
    while (next(&rest, &word)) {
        const char *when, *tag;

        split(s->arena, word, &when, &tag);
        scratch_write(s->repository, arena_printf(s->arena, "%s/%s.sql", folder, tag),
                      text_from(arena_printf(s->arena, "CREATE TABLE \"%s\" (\"id\" integer);\n", tag)));
    }
}

void branches_install(struct stage *s)
{
    stage_expect(s, 0,
                 "git config merge.merganser-journal.driver"
                 " 'merganser merge-driver journal --marker-size=%L -- %O %A %B %P'");
    stage_expect(s, 0,
                 "git config merge.merganser-structure.driver"
                 " 'merganser merge-driver structure --marker-size=%L -- %O %A %B %P'");
    scratch_write(s->repository, ".git/info/attributes",
                  TEXT("**/meta/_journal.json merge=merganser-journal\n"
                       "db/structure.sql merge=merganser-structure\n"));
}

const char *branches_entries(struct stage *s, const char *folder)
{
    struct text bytes =
        scratch_read(s->arena, arena_printf(s->arena, "%s/%s/meta/_journal.json", s->repository, folder));
    struct buf b = buf_open(s->arena, SIZE_MAX / 2);
    struct err e = { 0 };
    struct journal j;

    cr_assert(journal_parse(&j, "_journal.json", bytes, s->arena, &e), "%s", e.message);
    for (size_t i = 0; i < j.len; i++)
        buf_printf(&b, "%s%" PRIu64 ":%" PRIu64 ":%s", i ? " " : "", j.at[i].idx, j.at[i].when, j.at[i].tag);
    return buf_cstr(&b);
}

struct stage branches_open(struct arena *a, bool later, bool postgres)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);
    const char *fox = later ? "400:0001_fox" : "200:0001_fox", *goat = later ? "410:0002_goat" : "210:0002_goat";
    struct stage s;

    buf_printf(&b, "== commit Ant\n%s", branches_journal(a, "drizzle", "100:0000_ant"));
    buf_printf(&b, "== branch feature\n== commit Fox\n%s",
               branches_journal(a, "drizzle", arena_printf(a, "100:0000_ant %s", fox)));
    buf_printf(&b, "== commit Goat\n%s",
               branches_journal(a, "drizzle", arena_printf(a, "100:0000_ant %s %s", fox, goat)));
    buf_printf(&b, "== git switch -q main\n== commit Mole\n%s",
               branches_journal(a, "drizzle", "100:0000_ant 300:0001_mole"));
    s = stage_open(a, buf_content(&b), postgres);
    branches_install(&s);
    return s;
}
