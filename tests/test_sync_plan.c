/* What sync decides, without a database: it may roll back only what is this repository's. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/sync.h"
#include "tests/support/rows.h"

#define HERE "1111111111111111111111111111111111111111"

/* Versions as words: u applied, D pending, m missing, then a digit that is the version, then marks: r retired,
 * e elsewhere, k unknown; o applied by this repository, f by another one, n by nobody knows which; = a baseline,
 * ! edited, . only in its comments, - no down script, ? stopped midway, >3 renamed from 3. */
static void add(struct resolution *r, struct text word, struct arena *a)
{
    static const struct {
        char mark;
        unsigned flag;
    } marks[] = {
        { 'r', FLAG_RETIRED },      { 'e', FLAG_ELSEWHERE }, { 'k', FLAG_UNKNOWN },
        { '=', FLAG_BASELINE },     { '!', FLAG_EDITED },    { '.', FLAG_COSMETIC },
        { '-', FLAG_IRREVERSIBLE }, { '?', FLAG_PARTIAL },   { '>', FLAG_RENAMED },
    };
    struct version_entry *v = &r->at[r->len++];
    struct history_entry *applied = arena_make(a, struct history_entry, 1);
    struct history_record *record = arena_make(a, struct history_record, 1);

    v->version = v->id = arena_printf(a, "%c", word.at[1]);
    v->state = word.at[0] == 'u' ? STATE_APPLIED : word.at[0] == 'D' ? STATE_PENDING : STATE_MISSING;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (memchr(word.at, marks[i].mark, word.len))
            v->flags |= marks[i].flag;
    if (memchr(word.at, 'o', word.len))
        applied->repository = HERE;
    if (memchr(word.at, 'f', word.len))
        applied->repository = "2222222222222222222222222222222222222222";
    if (memchr(word.at, 'n', word.len) || applied->repository)
        record->applied = applied;
    applied->outcome = "started";
    record->open = v->flags & FLAG_PARTIAL ? applied : NULL;
    v->record = record;
}

static void join(struct resolution *r, struct text word)
{
    const char *was = memchr(word.at, '>', word.len);
    struct version_entry *now = NULL, *before = NULL;

    for (size_t i = 0; was && i < r->len; i++) {
        now = r->at[i].version[0] == word.at[1] ? &r->at[i] : now;
        before = r->at[i].version[0] == was[1] ? &r->at[i] : before;
    }
    if (!was)
        return;
    now->renamed = before;
    before->renamed = now;
}

static struct resolution world(const char *words, struct arena *a)
{
    struct resolution r = { .at = arena_make(a, struct version_entry, 16) };
    struct text word;

    for (const char *p = words; *p; p += word.len + (p[word.len] == ' ')) {
        word = (struct text) { p, strcspn(p, " ") };
        add(&r, word, a);
    }
    for (const char *p = words; *p; p += word.len + (p[word.len] == ' ')) {
        word = (struct text) { p, strcspn(p, " ") };
        join(&r, word);
    }
    return r;
}

static const struct {
    const char *versions, *options; /* R retired, F foreign, S skip, E redo edited, a digit: at most so many */
    const char *want;               /* the steps and what is left, or the error's word */
} rows[] = {
    { "u1 u2", "", "" },
    { "u1 D2 D3", "", "+2 +3" },
    { "u1 m2eo m3eo D4", "", "-3 -2 +4" },
    { "m2eo D1 D4>3 m3eo", "", "4<3 -2 +1" },
    /* Not ours to drop. */
    { "m2ef", "", "left2" },
    { "m2en", "", "left2" },
    { "m2e", "", "left2" },
    { "m2k", "", "left2" },
    { "m2ko", "", "left2" },
    { "m2eo=", "", "left2" },
    { "m2ro", "", "left2" },
    { "m2ef m3eo", "", "-3 left2" },
    /* Each option widens its own part. */
    { "m2ro m3eo", "R", "-3 -2" },
    { "m2ro m3k", "R", "-2 left3" },
    { "m2rf", "R", "left2" },
    { "m2rf", "F", "left2" },
    { "m2rf", "RF", "-2" },
    { "m1ef m2en m3k m4e m5eo=", "F", "-5 -4 -3 -2 -1" },
    { "m2ko", "R", "left2" },
    /* Another's row is not made ours because the scripts are alike. */
    { "m1ef D2>1 D3", "", "+3 left2" },
    { "m1ef D2>1", "F", "2<1" },
    { "m1kn D2>1", "", "2<1" },
    /* As a whole, or not at all. */
    { "m2eo- m3eo D4", "", "no-down-script" },
    { "m2eo- m3eo D4", "S", "-3 +4 left2" },
    { "m2k- D4", "", "+4 left2" }, /* it is not rolled back anyway */
    { "m1eo m2eo m3eo m4eo m5eo", "", "-5 -4 -3 -2 -1" },
    { "m1eo m2eo m3eo m4eo m5eo m6eo", "", "sync-refused" },
    { "m1eo m2eo m3eo m4eo m5eo m6eo", "6", "-6 -5 -4 -3 -2 -1" },
    { "m1eo m2eo", "1", "sync-refused" },
    { "u1!o u2!o", "1E", "sync-refused" },
    { "m2eo u1? D3", "", "partial" },
    { "m2eo? D3", "F", "partial" },
    /* Edited ones stay, unless they are to be done again. */
    { "u1!o u2 D3", "", "+3 left1" },
    { "u1!o u2 D3", "E", "-1 +1 +3" },
    { "u1!.o", "E", "" },
    { "u1!-", "E", "no-down-script" },
    { "u1!- u2!o", "ES", "-2 +2 left1" },
    { "u1!o m2eo", "E", "-2 -1 +1" },
    { "u1!f u2!n", "E", "-2 +2 left1" },
    { "u1!f", "EF", "-1 +1" },
    { "u1!o=", "E", "left1" },
    { "u1!o=", "EF", "-1 +1" },
};

static struct sync_options options_of(const char *letters)
{
    struct sync_options o = { 0 };

    for (; *letters; letters++) {
        o.include_retired |= *letters == 'R';
        o.include_foreign |= *letters == 'F';
        o.skip_irreversible |= *letters == 'S';
        o.redo_edited |= *letters == 'E';
        if (text_is_digit(*letters))
            o.max_rollback = (uint64_t)(*letters - '0');
    }
    return o;
}

static const char *plan_text(const struct plan *p, struct arena *a)
{
    struct buf out = buf_open(a, 4096);

    for (size_t i = 0; i < p->len; i++) {
        const struct step *s = &p->at[i];
        const char *blank = out.len ? " " : "";

        if (s->relink)
            buf_printf(&out, "%s%s<%s", blank, s->entry->version, s->entry->renamed->version);
        else
            buf_printf(&out, "%s%c%s", blank, step_goes_up(s) ? '+' : '-', s->entry->version);
    }
    for (size_t i = 0; i < p->left.len; i++) {
        buf_printf(&out, "%sleft%s", out.len ? " " : "", p->left.at[i].entry->version);
        cr_expect(*p->left.at[i].why, "no reason given");
    }
    return buf_cstr(&out);
}

RowsTest(sync_plan, decides, sizeof rows / sizeof *rows)
{
    struct arena *a = arena_open();
    struct resolution r = world(rows[*row].versions, a);
    struct sync_options o = options_of(rows[*row].options);
    struct plan plan;
    struct err e = { 0 };
    bool ok = sync_resolve(&plan, &r, &o, HERE, "12 refs", a, &e);

    cr_expect_str_eq(ok ? plan_text(&plan, a) : err_word(e.kind), rows[*row].want, "row %zu: %s", *row,
                     rows[*row].versions);
    if (!ok) {
        cr_expect_eq(err_exit_code(e.kind), 4);
        cr_expect_str_eq(e.state, "nothing was run");
        cr_expect(*e.hint);
    }
    arena_close(a);
}

/* A repository whose own name is not known owns nothing. */
Test(sync_plan, without_a_name_nothing_is_ours)
{
    struct arena *a = arena_open();
    struct resolution r = world("m2eo m3en", a);
    struct sync_options o = { 0 };
    struct plan plan;
    struct err e = { 0 };

    cr_assert(sync_resolve(&plan, &r, &o, NULL, NULL, a, &e));
    cr_expect_str_eq(plan_text(&plan, a), "left3 left2");
    arena_close(a);
}
