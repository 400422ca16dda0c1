/* Random journals on both sides: whatever they are, nothing is lost, nothing is there twice, the numbers go upward. */
#include <criterion/criterion.h>
#include <inttypes.h>

#include "core/base/text.h"
#include "core/layouts/journal.h"
#include "core/merge_journal.h"

enum { ROUNDS = 3000, ENTRIES_MOST = 40 };

struct random_journal {
    struct journal_entry at[ENTRIES_MOST];
    size_t len;
};

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

static void append(struct random_journal *j, size_t n, const char *side, uint64_t *state, struct arena *a)
{
    for (size_t i = 0; i < n; i++) {
        const struct journal_entry *last = j->len ? &j->at[j->len - 1] : NULL;
        uint64_t idx = last ? last->idx + 1 : 0;

        j->at[j->len] = (struct journal_entry) { .idx = idx, .when = (last ? last->when : 0) + 1 + next(state) % 50 };
        j->at[j->len++].tag = arena_printf(a, "%04" PRIu64 "_%s%zu", idx, side, i);
    }
}

static void drop_some(struct random_journal *j, uint64_t *state)
{
    size_t kept = 0;

    for (size_t i = 0; i < j->len; i++)
        if (next(state) % 6)
            j->at[kept++] = j->at[i];
    j->len = kept;
}

static struct text written(const struct random_journal *j, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    buf_string(&b, "{\"version\":\"7\",\"dialect\":\"sqlite\",\"entries\":[");
    for (size_t i = 0; i < j->len; i++)
        buf_printf(&b, "%s{\"idx\":%" PRIu64 ",\"when\":%" PRIu64 ",\"tag\":\"%s\"}", i ? "," : "", j->at[i].idx,
                   j->at[i].when, j->at[i].tag);
    buf_string(&b, "]}");
    return buf_content(&b);
}

static const struct journal_entry *find(const struct journal_entry *at, size_t len, const char *tag)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(at[i].tag, tag) == 0)
            return &at[i];
    return NULL;
}

static bool belongs(const struct random_journal *base, const struct random_journal *one,
                    const struct random_journal *other, const char *tag)
{
    return find(one->at, one->len, tag) && (find(other->at, other->len, tag) || !find(base->at, base->len, tag));
}

static void expect_all(const struct journal *j, const struct random_journal *base, const struct random_journal *ours,
                       const struct random_journal *theirs, uint64_t seed)
{
    size_t want = 0;

    for (size_t i = 0; i < ours->len; i++)
        want += belongs(base, ours, theirs, ours->at[i].tag);
    for (size_t i = 0; i < theirs->len; i++)
        want += belongs(base, theirs, ours, theirs->at[i].tag) && !find(ours->at, ours->len, theirs->at[i].tag);
    cr_assert_eq(j->len, want, "seed %" PRIu64 ": %zu entries, not %zu", seed, j->len, want);
    for (size_t i = 0; i < j->len; i++)
        cr_assert(belongs(base, ours, theirs, j->at[i].tag) || belongs(base, theirs, ours, j->at[i].tag),
                  "seed %" PRIu64 ": %s", seed, j->at[i].tag);
}

static struct journal merge(const struct merge_journal_input *in, uint64_t seed, struct arena *a)
{
    struct err e = { 0 };
    struct merge_journal m;
    struct journal j;

    merge_journal(&m, in, a);
    cr_assert_null(m.conflict, "seed %" PRIu64 ": %s", seed, m.conflict);
    cr_assert(journal_parse(&j, "merged", m.merged, a, &e), "seed %" PRIu64 ": %s", seed, e.message);
    return j;
}

static void play(uint64_t seed, struct arena *a)
{
    uint64_t state = seed;
    struct random_journal base = { .len = 0 }, ours, theirs;
    struct text published;
    struct merge_journal_input in = { .path = "_journal.json", .published = &published };
    bool drops = next(&state) % 2;
    struct journal j, again;

    append(&base, next(&state) % 8, "base", &state, a);
    ours = theirs = base;
    if (drops) {
        drop_some(&ours, &state);
        drop_some(&theirs, &state);
    }
    append(&ours, next(&state) % 6, "ours", &state, a);
    append(&theirs, next(&state) % 6, "theirs", &state, a);
    in.ancestor = written(&base, a);
    in.ours = written(&ours, a);
    in.theirs = written(&theirs, a);
    published = next(&state) % 2 ? in.theirs : in.ours;
    in.npublished = next(&state) % 2;
    j = merge(&in, seed, a);
    expect_all(&j, &base, &ours, &theirs, seed);
    for (size_t i = 0; i < j.len; i++) {
        const struct random_journal *settled = published.at == in.ours.at ? &ours : &theirs;
        const struct journal_entry *was = find(settled->at, settled->len, j.at[i].tag);

        cr_assert(i == 0 || j.at[i].idx > j.at[i - 1].idx, "seed %" PRIu64 ": idx of %s", seed, j.at[i].tag);
        cr_assert(i == 0 || j.at[i].when > j.at[i - 1].when, "seed %" PRIu64 ": `when` of %s", seed, j.at[i].tag);
        cr_assert(drops || j.at[i].idx == i, "seed %" PRIu64 ": place of %s", seed, j.at[i].tag);
        cr_assert(!in.npublished || !was || was->when == j.at[i].when, "seed %" PRIu64 ": %s", seed, j.at[i].tag);
    }
    /* Merged into the other side too, by whoever has that checked out, nothing changes any more. */
    in.ancestor = in.theirs;
    in.ours = j.bytes;
    again = merge(&in, seed, a);
    cr_assert(text_equal(again.bytes, j.bytes), "seed %" PRIu64, seed);
}

Test(merge_random, loses_nothing)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct arena *a = arena_open();

        play(seed, a);
        arena_close(a);
    }
}

/* Whatever bytes come in: no crash, and a conflict rather than a journal that is none. */
Test(merge_random, broken_bytes)
{
    static const char whole[] = "{\"version\":\"7\",\"entries\":[{\"idx\":0,\"when\":1,\"tag\":\"a\"},"
                                "{\"idx\":1,\"when\":2,\"tag\":\"b\"}]}";
    static const char theirs[] = "{\"version\":\"7\",\"entries\":[{\"idx\":0,\"when\":1,\"tag\":\"a\"}]}";
    uint64_t state = 7;

    for (size_t round = 0; round < ROUNDS; round++) {
        struct arena *a = arena_open();
        char *bytes = arena_string(a, whole);
        struct merge_journal_input in = { .path = "j", .ancestor = TEXT("{}"), .theirs = text_from(theirs) };
        struct merge_journal m;
        struct err e = { 0 };
        struct journal j;

        bytes[next(&state) % (sizeof whole - 1)] = (char)next(&state);
        bytes[next(&state) % (sizeof whole - 1)] = "{}[]\",:0a\\"[next(&state) % 10];
        in.ours = (struct text) { bytes, next(&state) % sizeof whole };
        in.ancestor = next(&state) % 2 ? in.theirs : TEXT("");
        in.theirs = next(&state) % 2 ? in.theirs : text_from(whole);
        merge_journal(&m, &in, a);
        if (!m.conflict && !text_equal(in.ancestor, in.theirs) && !text_equal(in.ours, in.theirs))
            cr_assert(journal_parse(&j, "j", m.merged, a, &e), "%.*s", (int)m.merged.len, m.merged.at);
        arena_close(a);
    }
}
