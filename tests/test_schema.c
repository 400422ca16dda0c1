/* The description of a schema as a text, compared, and patterns of what is left out. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/rows.h"
#include "tests/support/schema.h"

static void add(struct schema *s, struct arena *a, const char *kind, const char *name, const char *of,
                const char *definition)
{
    *arena_push(a, s) =
        (struct schema_object) { .kind = kind, .name = name, .of = of, .definition = definition, .schema = "s" };
    schema_sort(s);
}

static const char *const definitions[] = {
    "",
    "integer NOT NULL",
    "two\nlines",
    "\n",
    "\n\n",
    "ends\n",
    "ends twice\n\n",
    "  blanks first\n  and again",
    "\r\n\t\\n\\N \x01\x7f\xff\xfe é",
    "table\tx\t\\N\t\\N\t\\N",
    "merganser schema 1 postgres\n",
};

Test(schema, every_text_comes_back)
{
    struct arena *a = arena_open();
    struct schema s = { 0 }, back;
    struct err e = { 0 };

    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        add(&s, a, "table", arena_printf(a, "n%02zu", i), NULL, definitions[i]);
        if (*definitions[i])
            add(&s, a, "column", definitions[i], definitions[i], definitions[i]);
    }
    s.at[0].partition_of = "a\tb\\N\nc";
    s.at[0].schema = NULL;
    s.at[1].schema = "";
    cr_assert(schema_parse(&back, schema_text(&s, "postgres", a), a, &e), "%s", e.message);
    cr_assert_eq(back.len, s.len);
    for (size_t i = 0; i < s.len; i++) {
        const char *const one[] = { s.at[i].kind, s.at[i].schema,       s.at[i].name,
                                    s.at[i].of,   s.at[i].partition_of, s.at[i].definition };
        const char *const other[] = { back.at[i].kind, back.at[i].schema,       back.at[i].name,
                                      back.at[i].of,   back.at[i].partition_of, back.at[i].definition };

        for (size_t k = 0; k < sizeof one / sizeof *one; k++)
            cr_assert((!one[k] && !other[k]) || (one[k] && other[k] && strcmp(one[k], other[k]) == 0),
                      "object %zu, member %zu: %s, not %s", i, k, other[k], one[k]);
    }
    arena_close(a);
}

Test(schema, empty_one_has_a_text)
{
    struct arena *a = arena_open();
    struct schema s = { 0 }, back;
    struct err e = { 0 };

    cr_assert(text_is(schema_text(&s, "sqlite", a), "merganser schema 1 sqlite\n"));
    cr_assert(schema_parse(&back, schema_text(&s, "sqlite", a), a, &e));
    cr_assert_eq(back.len, 0);
    arena_close(a);
}

Test(schema, fingerprint_is_of_all_that_it_says)
{
    struct arena *a = arena_open();
    struct schema s = { 0 };
    const char *first;

    add(&s, a, "table", "public.users", "public.users", "");
    first = schema_fingerprint(&s, "postgres", a);
    cr_assert_eq(strlen(first), 64);
    cr_assert_str_eq(first, schema_fingerprint(&s, "postgres", a));
    cr_assert_str_neq(first, schema_fingerprint(&s, "sqlite", a));
    s.at[0].definition = "UNLOGGED";
    cr_assert_str_neq(first, schema_fingerprint(&s, "postgres", a));
    s.at[0].definition = "";
    s.at[0].partition_of = "public.people";
    cr_assert_str_neq(first, schema_fingerprint(&s, "postgres", a));
    arena_close(a);
}

static const struct {
    const char *text, *message;
} damaged[] = {
    { "", "the description of the schema is in a format that this release can't read" },
    { "merganser schema 2 postgres\n", "the description of the schema is in a format that this release can't read" },
    { "merganser schema 1 postgres", "the description of the schema is in a format that this release can't read" },
    { "merganser schema 1 postgres\ntable\ta\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\ntable\ta\t\\N\t\\N\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\ntable\ta\\x\t\\N\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\ntable\ta\\\t\\N\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\ntable\t\\N\t\\N\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\n\ta\t\\N\t\\N\t\\N\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\n  a definition of nothing\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\n\n", "the description of the schema is damaged" },
    { "merganser schema 1 postgres\ntable\ta\t\\N\t\\N\t\\N", "the description of the schema is cut off" },
    { "merganser schema 1 postgres\ntable\ta\t\\N\t\\N\t\\N\n  UNLO", "the description of the schema is cut off" },
};

RowsTest(schema, damage_is_seen, sizeof damaged / sizeof *damaged)
{
    struct arena *a = arena_open();
    struct schema s;
    struct err e = { 0 };

    cr_assert_not(schema_parse(&s, text_from(damaged[*row].text), a, &e));
    cr_assert_eq(e.kind, ERR_INTERNAL);
    cr_assert_str_eq(e.message, damaged[*row].message);
    arena_close(a);
}

/* ---- comparing ---- */

/* Objects as "kind|name|of|partition_of|definition", of and partition_of empty for none; a line each. */
static struct schema parsed(const char *lines, struct arena *a)
{
    struct text rest = text_from(lines), line;
    struct schema s = { 0 };

    while (text_line(&rest, &line)) {
        const char *fields[5] = { "", "", "", "", "" };
        char *at = arena_cstr(a, line);

        for (size_t i = 0; i < 5 && at; i++) {
            char *bar = i < 4 ? strchr(at, '|') : NULL;

            fields[i] = at;
            if (bar)
                *bar++ = '\0';
            at = bar;
        }
        *arena_push(a, &s) = (struct schema_object) {
            .kind = fields[0],
            .name = fields[1],
            .of = *fields[2] ? fields[2] : NULL,
            .partition_of = *fields[3] ? fields[3] : NULL,
            .definition = fields[4],
        };
    }
    schema_sort(&s);
    return s;
}

#define USERS                                                                                                          \
    "table|public.users|public.users||\n"                                                                              \
    "column|public.users.id|public.users||bigint\n"                                                                    \
    "column order|public.users|public.users||id, name\n"                                                               \
    "column|public.users.name|public.users||text\n"

static const struct {
    const char *what, *expected, *actual, *changes;
} compared[] = {
    { "the same", USERS, USERS, "" },
    { "a table", "", USERS, "added table public.users\n" },
    { "a table gone, with all on it",
      USERS "comment|table public.users|public.users||x\n"
            "index|public.i|public.users||i\nowner|table public.users|public.users||bob\n"
            "sequence|public.q|public.users||AS bigint OWNED BY public.users.id\n",
      "", "removed table public.users\n" },
    { "a column", USERS,
      "table|public.users|public.users||\ncolumn|public.users.id|public.users||bigint\n"
      "column|public.users.name|public.users||text\ncolumn|public.users.city|public.users||text\n"
      "column order|public.users|public.users||id, name, city\n",
      "added column public.users.city\n" },
    { "a column with all on it", USERS,
      USERS "column|public.users.n|public.users||integer\n"
            "sequence|public.users_n_seq|public.users||AS integer OWNED BY public.users.n\n"
            "comment|column public.users.n|public.users||number\n"
            "grant|column public.users.n to \"to bob\"|public.users||SELECT\n",
      "added column public.users.n\n" },
    { "a second column", "column|t.a|t||\ntable|t|t||\n",
      "column|t.a|t||\ncolumn|t.b|t||\ntable|t|t||\ncolumn order|t|t||a, b\n", "added column t.b\n" },
    { "a column in the middle, another one gone",
      "column|t.a|t||\ncolumn|t.b|t||\ncolumn|t.c|t||\ntable|t|t||\ncolumn order|t|t||a, b, c\n",
      "column|t.a|t||\ncolumn|t.d|t||\ncolumn|t.c|t||\ntable|t|t||\ncolumn order|t|t||a, d, c\n",
      "removed column t.b\nadded column t.d\n" },
    { "another order", "column order|t|t||a, b\n", "column order|t|t||b, a\n", "changed column order t\n" },
    { "another order of odd names", "column order|t|t||\"a, b\", a, b\n", "column order|t|t||a, b, \"a, b\"\n",
      "changed column order t\n" },
    { "a comment alone", USERS, USERS "comment|table public.users|public.users||x\n",
      "added comment table public.users\n" },
    { "a comment on a function that came with it", "",
      "function|f(text)|||\ncomment|function f(text)|||x\nrevoke|function f(text) from PUBLIC|||EXECUTE\n",
      "added function f(text)\n" },
    { "a comment on another function", "", "function|f(text)|||\ncomment|function f(text, text)|||x\n",
      "added comment function f(text, text)\nadded function f(text)\n" },
    { "what went does not hide what came", "index|i|t||\ntable|t|t||\n", "index|j|t||\nview|t|t||\n",
      "removed table t\nadded view t\n" },
    { "an index on a partitioned table", "table|p|p||\ntable|c|c|p|\n",
      "table|p|p||\ntable|c|c|p|\nindex|i|p||x\nindex|ci|c|p|x PARTITION OF i\nindex|cci|c|p|x PARTITION OF ci\n",
      "added index i\n" },
    { "an index on a partition", "table|p|p||\nindex|i|p||x\ntable|c|c|p|\n",
      "table|p|p||\nindex|i|p||x\ntable|c|c|p|\nindex|ci|c|p|x PARTITION OF i\n", "added index ci\n" },
    { "an attribute", "composite type|c|c||\n", "attribute|c.a|c||\ncomposite type|c|c||\n", "added attribute c.a\n" },
    { "a schema and a table in it", "", "schema|s|||\ntable|s.t|s.t||\n", "added schema s\nadded table s.t\n" },
    { "another definition", "view|v|v||a\n", "view|v|v||b\n", "changed view v\n" },
    { "two of one name", "x|n|||a\nx|n|||b\n", "x|n|||a\nx|n|||c\n", "changed x n\n" },
};

RowsTest(schema, compare, sizeof compared / sizeof *compared)
{
    struct arena *a = arena_open();
    struct schema expected = parsed(compared[*row].expected, a), actual = parsed(compared[*row].actual, a);

    cr_assert_str_eq(schema_differences(&expected, &actual, a), compared[*row].changes, "%s:\n%s", compared[*row].what,
                     schema_differences(&expected, &actual, a));
    arena_close(a);
}

Test(schema, change_has_both_sides)
{
    struct arena *a = arena_open();
    struct schema expected = parsed("a|gone|||\nb|other|||one\n", a), actual = parsed("b|other|||two\nc|new|||\n", a);
    struct schema_changes c;

    schema_compare(&c, &expected, &actual, a);
    cr_assert_eq(c.len, 3);
    cr_assert(c.at[0].expected == &expected.at[0] && !c.at[0].actual);
    cr_assert(c.at[1].expected == &expected.at[1] && c.at[1].actual == &actual.at[0]);
    cr_assert(!c.at[2].expected && c.at[2].actual == &actual.at[1]);
    arena_close(a);
}

/* ---- patterns ---- */

static const struct {
    const char *pattern, *left;
} ignored[] = {
    { "public.users",
      "comment|function "
      "public.f(text)|||\nfunction|public.f(text)|||\nindex|public.i|public.x||\ntable|public.x|public.x||\n" },
    { "public.u*",
      "comment|function "
      "public.f(text)|||\nfunction|public.f(text)|||\nindex|public.i|public.x||\ntable|public.x|public.x||\n" },
    { "table public.x",
      "column|public.users.id|public.users||\ncomment|function public.f(text)|||\nfunction|public.f(text)|||\n"
      "table|public.users|public.users||\n" },
    { "index *",
      "column|public.users.id|public.users||\ncomment|function public.f(text)|||\nfunction|public.f(text)|||\n"
      "table|public.users|public.users||\ntable|public.x|public.x||\n" },
    { "public.f(*", "column|public.users.id|public.users||\nindex|public.i|public.x||\n"
                    "table|public.users|public.users||\ntable|public.x|public.x||\n" },
    { "public.users.id", "comment|function public.f(text)|||\nfunction|public.f(text)|||\nindex|public.i|public.x||\n"
                         "table|public.users|public.users||\ntable|public.x|public.x||\n" },
    { "nothing",
      "column|public.users.id|public.users||\ncomment|function public.f(text)|||\nfunction|public.f(text)|||\n"
      "index|public.i|public.x||\ntable|public.users|public.users||\ntable|public.x|public.x||\n" },
    { "*", "" },
};

RowsTest(schema, ignore, sizeof ignored / sizeof *ignored)
{
    struct arena *a = arena_open();
    struct schema all = parsed(ignored[6].left, a), left = parsed(ignored[*row].left, a);
    const char *const patterns[] = { "comment never", ignored[*row].pattern, NULL };

    schema_ignore(&all, patterns, a);
    cr_assert_eq(all.len, left.len, "%s", ignored[*row].pattern);
    for (size_t i = 0; i < left.len; i++)
        cr_assert(strcmp(all.at[i].kind, left.at[i].kind) == 0 && strcmp(all.at[i].name, left.at[i].name) == 0);
    arena_close(a);
}

Test(schema, no_patterns_ignore_nothing)
{
    struct arena *a = arena_open();
    struct schema s = parsed(USERS, a);
    const char *const none[] = { NULL };

    schema_ignore(&s, NULL, a);
    schema_ignore(&s, none, a);
    cr_assert_eq(s.len, 4);
    arena_close(a);
}
