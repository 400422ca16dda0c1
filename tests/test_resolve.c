#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/resolve.h"
#include "tests/support/rows.h"

/* Files and rows as words: "1 2! 3~" are versions; on a file ! is edited, . only in its comments, ~ uncommitted, - has
 * no down script; on a row * is recorded in the history, = is a baseline, ? stopped midway. A row in parentheses is
 * only in the history. @x says that the script is, or was, x. */
struct world {
    struct arena *arena;
    struct migrations migrations;
    enum script_edit *edits;
    struct ledger_rows rows;
    struct history_entries entries;
    struct history_records records;
    const char **sha256;
    struct resolution versions;
};

static bool has(struct text word, char mark)
{
    return memchr(word.at, mark, word.len) != NULL;
}

static const char *digits(struct text word, struct arena *a)
{
    size_t from = word.at[0] == '(', to = from;

    while (to < word.len && text_is_digit(word.at[to]))
        to++;
    return arena_cstr(a, text_cut(word, from, to));
}

static const char *script(struct text word, struct arena *a)
{
    const char *at = memchr(word.at, '@', word.len);

    return at ? arena_printf(a, "%c", at[1]) : NULL;
}

static bool next_word(struct text *rest, struct text *word)
{
    size_t at;

    *rest = text_trim(*rest);
    if (!rest->len)
        return false;
    if (!text_find(*rest, " ", &at))
        at = rest->len;
    *word = text_cut(*rest, 0, at);
    *rest = text_cut(*rest, at, rest->len);
    return true;
}

static void add_file(struct world *w, struct text word)
{
    struct migration *m = arena_push(w->arena, &w->migrations);

    m->version = m->id = digits(word, w->arena);
    m->name = "m";
    m->up.path = arena_printf(w->arena, "%s_m.sql", m->version);
    m->down.path = has(word, '-') ? NULL : arena_printf(w->arena, "%s_m.down.sql", m->version);
    m->up.uncommitted = has(word, '~');
}

static int by_version(const void *a, const void *b)
{
    return strcmp(((const struct ledger_row *)a)->version, ((const struct ledger_row *)b)->version);
}

static void add_row(struct world *w, struct text word)
{
    const char *version = digits(word, w->arena);

    if (word.at[0] != '(')
        *(struct ledger_row *)arena_push(w->arena, &w->rows) =
            (struct ledger_row) { .version = version, .in_main = true };
    if (has(word, '*') || has(word, '='))
        *(struct history_entry *)arena_push(w->arena, &w->entries) =
            (struct history_entry) { .version = version,
                                     .direction = has(word, '=') ? "baseline" : "up",
                                     .outcome = "applied",
                                     .name = "old",
                                     .sha256 = script(word, w->arena) };
    if (has(word, '?'))
        *(struct history_entry *)arena_push(w->arena, &w->entries) =
            (struct history_entry) { .version = version, .direction = "up", .outcome = "started" };
}

static struct world world_make(const char *files, const char *rows)
{
    struct world w = { .arena = arena_open(), .migrations.order = ORDER_NUMBER };
    struct text rest = text_from(files), word;
    struct resolve_input in;

    while (next_word(&rest, &word))
        add_file(&w, word);
    migrations_sort(&w.migrations);
    w.edits = arena_make(w.arena, enum script_edit, w.migrations.len);
    w.sha256 = arena_make(w.arena, const char *, w.migrations.len);
    for (rest = text_from(files); next_word(&rest, &word);)
        for (size_t i = 0; i < w.migrations.len; i++)
            if (strcmp(w.migrations.at[i].version, digits(word, w.arena)) == 0) {
                w.sha256[i] = script(word, w.arena);
                w.edits[i] = has(word, '!') ? SCRIPT_EDITED : has(word, '.') ? SCRIPT_COSMETIC : SCRIPT_UNCHANGED;
            }
    for (rest = text_from(rows); next_word(&rest, &word);)
        add_row(&w, word);
    if (w.rows.len)
        qsort(w.rows.at, w.rows.len, sizeof *w.rows.at, by_version);
    w.records = history_records_make(&w.entries, w.arena);
    in = (struct resolve_input) { &w.migrations, w.edits, &w.rows, &w.records, w.sha256 };
    resolve(&w.versions, &in, w.arena);
    return w;
}

static const char *states_text(const struct world *w)
{
    static const char letters[] = "uDm"; /* up, Down, missing */
    struct buf out = buf_open(w->arena, 4096);

    for (size_t i = 0; i < w->versions.len; i++) {
        const struct version_entry *v = &w->versions.at[i];

        buf_printf(&out, "%s%c%s", out.len ? " " : "", letters[v->state], v->version);
        for (unsigned bit = 0; version_flag_word(bit); bit++)
            if (v->flags & (1u << bit))
                buf_printf(&out, ":%s%s%s", version_flag_word(bit), 1u << bit == FLAG_RENAMED ? "=" : "",
                           1u << bit == FLAG_RENAMED ? v->renamed->version : "");
    }
    return buf_cstr(&out);
}

static const struct {
    const char *files, *rows, *want;
} states[] = {
    { "", "", "" },
    { "1 2 3", "", "D1 D2 D3" },
    { "3 1 2", "1", "u1 D2 D3" },
    { "1 2 3", "1 3", "u1 D2:out_of_order u3" },
    { "1 2", "1 3", "u1 D2:out_of_order m3:irreversible" },
    { "1 3", "1 2* 3", "u1 m2 u3" },
    { "1! 2", "1* 2", "u1:edited u2" },
    { "1! 2!", "1", "u1:edited D2" },
    { "1. 2", "1* 2", "u1:edited:cosmetic u2" },
    { "1- 2-", "1", "u1:irreversible D2" },
    { "1~ 2~", "1", "u1:uncommitted D2:uncommitted" },
    { "1 2", "1 (2)?", "u1 D2:partial" },
    { "1 2", "1? 2", "u1:partial u2" },
    { "1 2", "1= 2", "u1:baseline u2" },
    { "9 10 100", "10", "D9:out_of_order u10 D100" },
    { "1", "99999999999999999999999999999999999999*", "D1:out_of_order m99999999999999999999999999999999999999" },
    { "", "2* 1*", "m1 m2" },
    { "1 3", "1 (2)?", "u1 D2:partial D3" },
    { "1 3@a", "1 2*@a", "u1 m2 D3:renamed=2" },
    { "1@a 3", "2=@a 3", "D1:out_of_order:renamed=2 m2:baseline u3" },
    { "1@a", "2*@a", "D1:renamed=2 m2" }, /* later than nothing but itself */
    { "1 3@b", "1 2*@a", "u1 m2 D3" },
    { "3@a", "2@a", "m2:irreversible D3" }, /* nothing recorded */
    { "3@a 4@a", "2*@a", "m2 D3 D4" },      /* two files could be it */
    { "3@a", "1*@a 2*@a", "m1 m2 D3" },     /* it could be either */
    { "2@a 3@a", "2*@a", "u2 D3" },         /* a copy: its file is here */
    { "3@a 4@a", "2*@a 4*@a", "m2 D3:out_of_order:renamed=2 u4" },
    { "3@a", "2*@a?", "m2:partial D3" },
    { "3@a 5@b", "2*@a 4*@b", "m2 D3:out_of_order:renamed=2 m4 D5:renamed=4" },
};

RowsTest(resolve, states, sizeof states / sizeof *states)
{
    struct world w = world_make(states[*row].files, states[*row].rows);

    cr_expect_str_eq(states_text(&w), states[*row].want, "files \"%s\", rows \"%s\": %s", states[*row].files,
                     states[*row].rows, states_text(&w));
    cr_expect_eq(w.versions.applied + w.versions.pending + w.versions.missing, w.versions.len);
    arena_close(w.arena);
}

static const struct {
    bool up;
    const char *files, *rows;
    struct resolve_options options;
    const char *want;
} plans[] = {
    { true, "1 2 3", "", { 0 }, "+1 +2 +3" },
    { true, "1 2 3", "1 3", { 0 }, "+2" },
    { true, "1 2 3", "1 2 3", { 0 }, "" },
    { true, "1 2 3", "", { .steps = 2 }, "+1 +2 later 3" },
    { true, "1 2 3", "", { .to = "2" }, "+1 +2 later 3" },
    { true, "1 2 3", "2", { .to = "2" }, "+1 later 3" },
    { true, "1 2 3", "", { .to = "002" }, "+1 +2 later 3" },
    { true, "1 2 3", "", { .to = "4" }, "unknown-version" },
    { true, "1 2 3", "4*", { .to = "4" }, "+1 +2 +3" },
    { true, "1 2 3", "1 (2)?", { 0 }, "partial" },
    { true, "1 3", "1 (2)?", { 0 }, "partial" },
    { false, "1 2 3", "1 2 3", { 0 }, "-3" },
    { false, "1 2 3", "1 2 3", { .steps = 2 }, "-3 -2" },
    { false, "1 2 3", "1 2 3", { .steps = 9 }, "-3 -2 -1" },
    { false, "1 2 3", "1 3", { .steps = 2 }, "-3 -1" },
    { false, "1 2 3", "1 2 3", { .to = "1" }, "-3 -2" },
    { false, "1 2 3", "1 2 3", { .to = "3" }, "" },
    { false, "1 2 3", "1 2 3", { .version = "2" }, "-2" },
    { false, "1 2 3", "1", { .version = "2" }, "unknown-version" },
    { false, "1 2 3", "1", { .version = "7" }, "unknown-version" },
    { false, "1 3", "1 2* 3", { .steps = 2 }, "-3 -2" },
    { false, "1 2", "1 2?", { 0 }, "partial" },
    { false, "1 2", "", { 0 }, "" },
};

RowsTest(resolve, plans, sizeof plans / sizeof *plans)
{
    struct world w = world_make(plans[*row].files, plans[*row].rows);
    struct buf out = buf_open(w.arena, 4096);
    struct plan plan;
    struct err e = { 0 };

    if (!(plans[*row].up ? resolve_up : resolve_down)(&plan, &w.versions, &plans[*row].options, w.arena, &e)) {
        cr_expect_str_eq(err_word(e.kind), plans[*row].want, "plan %zu: %s", *row, e.message);
        cr_expect(*e.hint, "plan %zu has no hint", *row);
        arena_close(w.arena);
        return;
    }
    for (size_t i = 0; i < plan.len; i++)
        buf_printf(&out, "%s%c%s", out.len ? " " : "", plan.at[i].direction == DIRECTION_UP ? '+' : '-',
                   plan.at[i].entry->version);
    for (size_t i = 0; i < plan.nremaining; i++)
        buf_printf(&out, " %s%s", i ? "" : "later ", plan.remaining[i]);
    cr_expect_str_eq(buf_cstr(&out), plans[*row].want, "plan %zu: %s", *row, buf_cstr(&out));
    arena_close(w.arena);
}
