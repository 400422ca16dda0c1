/* merganser.yml: every case of testdata/config is NAME.yml and NAME.want, its values or its error. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "core/base/text.h"
#include "core/config.h"
#include "tests/support/golden.h"
#include "tests/support/rows.h"
#include "tests/support/scratch.h"

static void show_value(struct buf *out, const char *name, struct config_value v)
{
    if (v.value)
        buf_printf(out, "%s: %s (%d:%d%+d)\n", name, v.value, v.at.line, v.at.column, v.lead);
}

static void show_list(struct buf *out, const char *name, struct config_list list)
{
    if (list.at && !list.len)
        buf_printf(out, "%s: none\n", name);
    for (size_t i = 0; i < list.len; i++)
        show_value(out, arena_printf(out->arena, "%s[%zu]", name, i), list.at[i]);
}

static void show_policy(struct buf *out, const char *name, enum policy p, struct pos at)
{
    static const char *const words[] = { "unset", "allow", "warn", "refuse" };

    if (p != POLICY_UNSET)
        buf_printf(out, "%s: %s (%d:%d)\n", name, words[p], at.line, at.column);
}

static void show_number(struct buf *out, const char *name, int64_t n, struct pos at)
{
    if (n >= 0)
        buf_printf(out, "%s: %lld (%d:%d)\n", name, (long long)n, at.line, at.column);
}

static void show_block(struct buf *out, const struct config_block *b)
{
    const struct config_policy *p = &b->policy;
    const struct config_timeouts *t = &b->timeouts;

    show_list(out, "migrations", b->migrations);
    show_value(out, "layout", b->layout);
    show_value(out, "database", b->database);
    show_value(out, "direct", b->direct);
    show_value(out, "ledger.schema", b->ledger.schema);
    show_value(out, "ledger.table", b->ledger.table);
    show_value(out, "history.schema", b->history.schema);
    show_value(out, "history.table", b->history.table);
    show_list(out, "session", b->session);
    show_value(out, "lock", b->lock);
    show_policy(out, "out_of_order", p->out_of_order, p->out_of_order_at);
    show_policy(out, "edited", p->edited, p->edited_at);
    show_policy(out, "uncommitted", p->uncommitted, p->uncommitted_at);
    show_policy(out, "sync", p->sync, p->sync_at);
    show_number(out, "confirm", p->confirm, p->confirm_at);
    show_number(out, "lock timeout", t->lock, t->lock_at);
    show_number(out, "statement timeout", t->statement, t->statement_at);
    show_number(out, "index timeout", t->index, t->index_at);
    show_number(out, "wait", t->wait, NOWHERE);
    show_number(out, "retries", t->retries, t->retries_at);
}

static const char *dump(const struct config *c, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    show_block(&out, &c->top);
    for (size_t i = 0; i < c->nenvironments; i++) {
        const struct config_environment *now = &c->environments[i];

        buf_printf(&out, "[%s] (%d:%d)\n", now->name, now->at.line, now->at.column);
        show_block(&out, &now->block);
    }
    for (size_t i = 0; i < c->nrules; i++) {
        show_value(&out, "rule", c->rules[i].name);
        show_value(&out, "severity", c->rules[i].severity);
    }
    show_list(&out, "check.ignore", c->check_ignore);
    show_list(&out, "drift.ignore", c->drift_ignore);
    return buf_cstr(&out);
}

static const char *error_shown(const struct err *e, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "%s:%d:%d: %s: %s\n", e->at.path ? e->at.path : "-", e->at.line, e->at.column, err_word(e->kind),
               e->message);
    if (e->excerpt[0])
        buf_printf(&out, "  | %s\n  | %*s\n", e->excerpt, e->caret, "^");
    buf_printf(&out, "hint: %s\n", e->hint);
    return buf_cstr(&out);
}

static const char *parsed(struct text yaml, struct arena *a)
{
    struct config c;
    struct err e = { 0 };

    return config_parse(&c, "merganser.yml", yaml, a, &e) ? dump(&c, a) : error_shown(&e, a);
}

static int is_case(const struct dirent *entry)
{
    return text_ends(text_from(entry->d_name), ".yml");
}

static size_t cases(struct dirent ***out)
{
    int n = scandir(TESTDATA "/config", out, is_case, alphasort);

    cr_assert(n > 0, "no cases in " TESTDATA "/config");
    return (size_t)n;
}

static void cases_free(struct dirent **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

ParameterizedTestParameters(config, golden)
{
    struct dirent **list;
    size_t n = cases(&list);

    cases_free(list, n);
    return rows_numbered(n);
}

ParameterizedTest(size_t *i, config, golden)
{
    struct arena *a = arena_open();
    struct dirent **list;
    size_t n = cases(&list);
    const char *file = list[*i]->d_name;
    const char *want = arena_printf(a, TESTDATA "/config/%.*s.want", (int)strlen(file) - 4, file);
    struct text yaml = scratch_read(a, arena_printf(a, TESTDATA "/config/%s", file));
    const char *got = parsed(yaml, a);

    golden_compare(want, text_from(got));
    cases_free(list, n);
    arena_close(a);
}

/* What no text file should hold. */
static const struct {
    const char *yaml;
    size_t len;
    const char *want;
} bytes[] = {
#define BYTES(yaml) yaml, sizeof(yaml) - 1
    { BYTES("\xef\xbb\xbflayout: rails\r\nlock: lease\r\n"), "layout: rails (1:9+0)\nlock: lease (2:7+0)\n" },
    { BYTES("\xef\xbb\xbf"), "" },
    { BYTES("\xef\xbb\xbfx: y"),
      "merganser.yml:1:1: config: there is no key \"x\"\n  | x: y\n  | ^\nhint: the keys here are migrations, layout, "
      "database, ledger, history, session, lock, policy, timeouts, environments, check, drift\n" },
    { BYTES("layout: rails"), "layout: rails (1:9+0)\n" },
    { BYTES("a\xff: x"),
      "merganser.yml:1:2: config: the file is not UTF-8: byte 0xff\n  | a?: x\n  |  ^\nhint: save it as UTF-8\n" },
    { BYTES("x: \xed\xa0\x80"),
      "merganser.yml:1:4: config: the file is not UTF-8: byte 0xed\n  | x: ???\n  |    ^\nhint: save it as UTF-8\n" },
    { BYTES("\xff\xfel\0a\0"),
      "merganser.yml:1:1: config: the file is not UTF-8: byte 0xff\n  | ??l?a?\n  | ^\nhint: save it as UTF-8\n" },
    { BYTES("layout: a\0b"),
      "merganser.yml:1:10: config: a control character (U+0000) can't stand in YAML\n  | layout: a?b\n"
      "  |          ^\nhint: take it out, or write it as an escape in double quotes\n" },
    { BYTES("layout: \"a\\0b\""), "merganser.yml:1:9: config: the value holds a NUL character\n  | layout: \"a\\0b\"\n"
                                  "  |         ^\nhint: take the \\0 out\n" },
    { BYTES("policy:\n\tedited: warn"),
      "merganser.yml:2:1: config: this is no valid YAML: found character that cannot start any token\n"
      "  |  edited: warn\n  | ^\nhint: YAML is indented with blanks: replace the tab\n" },
    { BYTES("session: \"a\\tb ${X}\""), "session[0]: a\tb ${X} (1:10-1)\n" },
    { BYTES("session: \"a\n  b\""), "session[0]: a b (1:10-1)\n" },
    { BYTES("session: |\n  a\n"), "session[0]: a\n (1:10-1)\n" },
};

ParameterizedTestParameters(config, bytes)
{
    return rows_numbered(sizeof bytes / sizeof *bytes);
}

ParameterizedTest(size_t *i, config, bytes)
{
    struct arena *a = arena_open();

    cr_expect_str_eq(parsed((struct text) { bytes[*i].yaml, bytes[*i].len }, a), bytes[*i].want);
    arena_close(a);
}

Test(config, nothing_given)
{
    struct arena *a = arena_open();

    cr_expect_str_eq(parsed((struct text) { NULL, 0 }, a), "");
    arena_close(a);
}

Test(config, depth_is_bounded)
{
    static const char *const bombs[] = { "[", "{a: ", "- ", "a: [" };
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        struct buf yaml = buf_open(a, SIZE_MAX / 2);

        while (yaml.len + strlen(bombs[i]) < CONFIG_MAX)
            buf_string(&yaml, bombs[i]);
        cr_expect(text_starts(text_from(parsed(buf_content(&yaml), a)), "merganser.yml:1:"), "%s", bombs[i]);
    }
    arena_close(a);
}

Test(config, size_is_bounded)
{
    struct arena *a = arena_open();
    char *yaml = arena_alloc(a, CONFIG_MAX + 1);

    memset(yaml, '\n', CONFIG_MAX + 1);
    cr_expect_str_eq(parsed((struct text) { yaml, CONFIG_MAX }, a), "");
    cr_expect_str_eq(parsed((struct text) { yaml, CONFIG_MAX + 1 }, a),
                     "merganser.yml:0:0: config: the file has 1048577 bytes; 1048576 is the most\n"
                     "hint: is this really a merganser.yml? --config names another file\n");
    arena_close(a);
}

/* Many keys cost what many keys cost, not their square. */
Test(config, many_rules, .timeout = 120)
{
    struct arena *a = arena_open();
    struct buf yaml = buf_open(a, CONFIG_MAX);
    struct config c;
    struct err e = { 0 };
    size_t n = 0;

    for (buf_string(&yaml, "check:\n  rules:\n"); yaml.len + 40 < CONFIG_MAX; n++)
        buf_printf(&yaml, "    r%zu: off\n", n);
    cr_assert(config_parse(&c, "x", buf_content(&yaml), a, &e), "%s", e.message);
    cr_expect_eq(c.nrules, n);
    cr_expect_eq(c.rules[n - 1].name.at.line, (int)n + 2);
    arena_close(a);
}

/* Every prefix of a whole file, and every file with one byte changed, is read or refused with a place. */
Test(config, broken_anywhere, .timeout = 60)
{
    struct arena *a = arena_open();
    struct text whole = scratch_read(a, TESTDATA "/config/contract.yml");
    static const char odd[] = "\0\t\n\"'&*!%@[]{}:,-?#|>\\\x80\xff";
    struct config c;

    cr_assert(whole.at);
    for (size_t i = 0; i <= whole.len; i++) {
        struct arena *each = arena_open();
        char *copy = arena_alloc(each, whole.len);
        struct err e = { 0 };

        memcpy(copy, whole.at, whole.len);
        if (!config_parse(&c, "x", (struct text) { copy, i }, each, &e))
            cr_expect(e.kind == ERR_CONFIG && e.at.line > 0 && e.hint[0], "prefix %zu: %s", i, e.message);
        if (i < whole.len) {
            copy[i] = odd[i % sizeof odd];
            if (!config_parse(&c, "x", (struct text) { copy, whole.len }, each, &e))
                cr_expect(e.kind == ERR_CONFIG && e.at.line > 0 && e.hint[0], "byte %zu: %s", i, e.message);
        }
        arena_close(each);
    }
    arena_close(a);
}

static const char layered[] = "migrations: a\n"
                              "layout: rails\n"
                              "database: {url: top, direct: top-direct}\n"
                              "ledger: {schema: s, table: t}\n"
                              "session: [one]\n"
                              "policy: {edited: warn, confirm: false}\n"
                              "timeouts: {lock: 5s, wait: 1s}\n"
                              "environments:\n"
                              "  production:\n"
                              "    database: prod\n"
                              "    ledger: {table: u}\n"
                              "    session: []\n"
                              "    policy: {edited: refuse, sync: refuse, confirm: true}\n"
                              "    timeouts: {wait: 2s, retries: 3}\n"
                              "  staging: {layout: diesel}\n";

static const char *block_for(const char *yaml, const char *name, struct arena *a)
{
    struct buf out = buf_open(a, 8192);
    struct config c = { 0 };
    struct config_block b;
    struct err e = { 0 };

    if (yaml)
        cr_assert(config_parse(&c, "merganser.yml", text_from(yaml), a, &e), "%s", e.message);
    if (!config_for(&b, &c, name, a, &e))
        return error_shown(&e, a);
    show_block(&out, &b);
    return buf_cstr(&out);
}

Test(config, an_environment_stands_over_the_top)
{
    struct arena *a = arena_open();

    cr_expect_str_eq(block_for(layered, "production", a),
                     "migrations[0]: a (1:13+0)\nlayout: rails (2:9+0)\ndatabase: prod (10:15+0)\n"
                     "ledger.schema: s (4:18+0)\nledger.table: u (11:21+0)\nsession: none\n"
                     "edited: refuse (13:22)\nsync: refuse (13:36)\nconfirm: 1 (13:53)\nlock timeout: 5000 (7:18)\n"
                     "wait: 2000 (0:0)\nretries: 3 (14:35)\n");
    cr_expect_str_eq(block_for(layered, NULL, a),
                     "migrations[0]: a (1:13+0)\nlayout: rails (2:9+0)\ndatabase: top (3:17+0)\n"
                     "direct: top-direct (3:30+0)\nledger.schema: s (4:18+0)\nledger.table: t (4:28+0)\n"
                     "session[0]: one (5:11+0)\nedited: warn (6:18)\nconfirm: 0 (6:33)\nlock timeout: 5000 (7:18)\n"
                     "wait: 1000 (0:0)\n");
    arena_close(a);
}

Test(config, an_environment_that_is_none)
{
    struct arena *a = arena_open();

    cr_expect_str_eq(
        block_for(layered, "prodution", a),
        "merganser.yml:0:0: config: there is no environment \"prodution\"\nhint: did you mean --env production?\n");
    cr_expect_str_eq(block_for(layered, "x\n", a),
                     "merganser.yml:0:0: config: there is no environment \"x\\n\"\nhint: it has production, staging\n");
    cr_expect_str_eq(block_for("", "x", a), "merganser.yml:0:0: config: there is no environment \"x\"\n"
                                            "hint: add `environments: {x: {database: ...}}` to it\n");
    cr_expect_str_eq(block_for(NULL, "x", a),
                     "-:0:0: config: there is no merganser.yml that could hold an environment \"x\"\n"
                     "hint: `merganser init` writes one; --config FILE names one that stands elsewhere\n");
    cr_expect_str_eq(block_for(layered, "staging", a),
                     "merganser.yml:15:3: config: the environment \"staging\" names no database of its own\n"
                     "hint: write `database: ${DATABASE_URL}` below it, with the variable that holds its URL\n");
    arena_close(a);
}

static const struct {
    const char *text;
    int64_t ms; /* -1: it is no duration */
} durations[] = {
    { "0", 0 },
    { "1500", 1500 },
    { "250ms", 250 },
    { "5s", 5000 },
    { "007s", 7000 },
    { "2min", 120000 },
    { "1h", 3600000 },
    { "2147483647", 2147483647 },
    { "2147483648", -1 },
    { "2147483s", 2147483000 },
    { "2147484s", -1 },
    { "596h", 596 * 3600000LL },
    { "597h", -1 },
    { "99999999999999999999h", -1 },
    { "5124095576030432h", -1 },
    { "", -1 },
    { "s", -1 },
    { "-1", -1 },
    { "+1", -1 },
    { "1.5s", -1 },
    { "5 s", -1 },
    { " 5s", -1 },
    { "5s ", -1 },
    { "5S", -1 },
    { "5m", -1 },
    { "5d", -1 },
};

Test(config, durations)
{
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        int64_t ms = -1;

        cr_expect_eq(config_duration(&ms, text_from(durations[i].text)), durations[i].ms >= 0, "\"%s\"",
                     durations[i].text);
        cr_expect_eq(ms, durations[i].ms, "\"%s\"", durations[i].text);
    }
}
