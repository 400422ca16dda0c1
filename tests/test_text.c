/* Bytes and characters. */
#include <criterion/criterion.h>

#include "core/base/text.h"

static const struct text nothing = { NULL, 0 };

Test(text, nothing_is_a_text)
{
    struct arena *a = arena_open();
    struct text rest = nothing, line;
    size_t at;
    uint64_t n;

    cr_expect(text_equal(nothing, TEXT("")) && text_is(nothing, "") && text_is_nocase(nothing, ""));
    cr_expect(text_starts(nothing, "") && text_ends(nothing, "") && !text_starts(nothing, "a") &&
              !text_ends(nothing, "a"));
    cr_expect(text_compare(nothing, TEXT("")) == 0 && text_compare(nothing, TEXT("a")) < 0);
    cr_expect(text_cut(nothing, 0, 5).len == 0 && text_trim(nothing).len == 0 && !text_find(nothing, "a", &at));
    cr_expect(!text_line(&rest, &line) && !text_to_u64(nothing, &n) && text_is_utf8(nothing));
    cr_expect(text_char_len(nothing) == 0 && text_visible_len(nothing) == 0 && byte_from_char(nothing, 5) == 0);
    cr_expect_eq(pos_from_byte("f", nothing, 5, 1).column, 1);
    cr_expect_eq(text_normalised(a, nothing).len, 0);
    cr_expect(!*text_shown(a, nothing) && !*text_as_utf8(a, nothing) && !*text_without_secrets(a, nothing, "x"));
    cr_expect(text_from(NULL).len == 0);
    arena_close(a);
}

Test(text, compares_bytes)
{
    cr_expect(text_equal(TEXT("a\0b"), TEXT("a\0b")) && !text_equal(TEXT("a\0b"), TEXT("a\0c")));
    cr_expect(text_is(TEXT("ab"), "ab") && !text_is(TEXT("ab"), "a") && !text_is(TEXT("a"), "ab"));
    cr_expect(text_is_nocase(TEXT("aB-\xc3\x84"), "Ab-\xc3\x84") && !text_is_nocase(TEXT("\xc3\xa4"), "\xc3\x84"));
    cr_expect(text_starts(TEXT("abc"), "ab") && !text_starts(TEXT("a"), "ab"));
    cr_expect(text_ends(TEXT("abc"), "bc") && !text_ends(TEXT("c"), "bc") && !text_ends(TEXT("abc"), "ab"));
    cr_expect(text_compare(TEXT("a"), TEXT("ab")) < 0 && text_compare(TEXT("b"), TEXT("ab")) > 0);
    cr_expect(text_compare(TEXT("\xff"), TEXT("a")) > 0, "bytes are unsigned");
}

Test(text, cuts_within_bounds)
{
    struct text t = TEXT("abcdef");

    cr_expect(text_is(text_cut(t, 1, 3), "bc") && text_is(text_cut(t, 4, 99), "ef"));
    cr_expect_eq(text_cut(t, 3, 2).len, 0);
    cr_expect_eq(text_cut(t, 99, 100).len, 0);
    cr_expect_eq(text_cut(t, SIZE_MAX, SIZE_MAX).len, 0);
    cr_expect(text_is(text_trim(TEXT(" \t\r\n a b \v\f")), "a b") && text_trim(TEXT("  ")).len == 0);
}

Test(text, finds_bytes)
{
    size_t at = 9;

    cr_expect(text_find(TEXT("a\0bcbc"), "bc", &at) && at == 2);
    cr_expect(!text_find(TEXT("abc"), "abcd", &at) && at == 2);
}

Test(text, letters_are_ascii)
{
    for (int i = 0; i < 256; i++) {
        char c = (char)i;
        bool digit = i >= '0' && i <= '9', small = i >= 'a' && i <= 'z', big = i >= 'A' && i <= 'Z';

        cr_expect_eq(text_is_digit(c), digit);
        cr_expect_eq(text_is_letter(c), small || big);
        cr_expect_eq(text_is_word(c), digit || small || big || i == '_');
        cr_expect_eq(text_is_space(c), i == ' ' || (i >= 9 && i <= 13));
        cr_expect_eq(text_lower(c), big ? c + 32 : c);
        cr_expect_eq(text_upper(c), small ? c - 32 : c);
    }
}

static const struct {
    const char *text;
    const char *lines; /* between bars */
} split[] = {
    { "", "" },
    { "a", "|a" },
    { "a\n", "|a" },
    { "\n", "|" },
    { "\n\n", "||" },
    { "a\nb", "|a|b" },
    { "a\r\nb\r\n", "|a|b" },
    { "\r\n", "|" },
    { "a\r\r\n", "|a\r" },
    { "a\rb\n", "|a\rb" },
    { "a\r", "|a" },
};

Test(text, lines)
{
    for (size_t i = 0; i < sizeof split / sizeof *split; i++) {
        struct arena *a = arena_open();
        struct buf got = buf_open(a, 100);
        struct text rest = text_from(split[i].text), line;

        while (text_line(&rest, &line)) {
            buf_char(&got, '|');
            buf_text(&got, line);
        }
        cr_expect_str_eq(buf_cstr(&got), split[i].lines, "row %zu", i);
        arena_close(a);
    }
}

Test(text, numbers)
{
    static const char *const none[] = {
        "", " 1", "1 ", "+1", "-1", "1.0", "0x1", "a", "18446744073709551616", "99999999999999999999", "1\n"
    };
    uint64_t n = 7;

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect(!text_to_u64(text_from(none[i]), &n) && n == 7, "%s", none[i]);
    cr_expect(!text_to_u64(TEXT("1\0"), &n));
    cr_expect(text_to_u64(TEXT("0"), &n) && n == 0);
    cr_expect(text_to_u64(TEXT("000000000000000000000000012"), &n) && n == 12);
    cr_expect(text_to_u64(TEXT("18446744073709551615"), &n) && n == UINT64_MAX);
}

static const char *const names[] = { "status", "up", "down", "baseline", "new", NULL };

static const struct {
    const char *typed, *want;
} near[] = {
    { "statsu", "status" },   { "STATUS", "status" }, { "stauts", "status" }, { "Statsu", "status" },
    { "pu", "up" },           { "u", "up" },          { "donw", "down" },     { "base", "baseline" },
    { "stat", "status" },     { "nwe", "new" },       { "", NULL },           { "x", NULL },
    { "zz", NULL },           { "xyz", NULL },        { "frobnicate", NULL }, { "upup", "up" },
    { "\xff\xfe\xfd", NULL },
};

Test(text, nearest)
{
    static const char *const none[] = { NULL }, *const letters[] = { "a", "b", NULL };
    char longest[500];

    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        const char *got = text_nearest(near[i].typed, names);

        cr_expect(near[i].want ? got && strcmp(got, near[i].want) == 0 : !got, "%s: %s", near[i].typed,
                  got ? got : "none");
    }
    cr_expect(!text_nearest("x", none) && !text_nearest("x", letters) && !text_nearest("", letters));
    for (size_t len = 30; len < sizeof longest; len++) {
        memset(longest, 's', len);
        longest[len] = '\0';
        cr_expect(!text_nearest(longest, names), "%zu letters", len);
    }
}

/* Every code point: encoded, it is one character; cut, it is none. */
Test(text, characters, .timeout = 30)
{
    for (unsigned code = 0; code <= 0x110000; code++) {
        char c[4];
        size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);

        for (size_t i = len; i-- > 1;)
            c[i] = (char)(0x80 | ((code >> (6 * (len - 1 - i))) & 0x3f));
        c[0] = (char)(len == 1 ? code : (0xf00 >> len & 0xf0) | code >> (6 * (len - 1)));
        cr_assert_eq(text_char_len((struct text) { c, len }), valid ? len : 0, "U+%04X", code);
        for (size_t cut = 1; cut < len; cut++)
            cr_assert_eq(text_char_len((struct text) { c, cut }), 0, "U+%04X", code);
    }
}

Test(text, bytes_that_are_no_character)
{
    static const char *const bad[] = { "\x80",
                                       "\xbf",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x80\x80",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xf0\x80\x80\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xff",
                                       "\xfe",
                                       "\xc3(",
                                       "\xe2\x82(" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect_eq(text_char_len(text_from(bad[i])), 0, "row %zu", i);
        cr_expect(!text_is_utf8(text_from(bad[i])), "row %zu", i);
    }
    cr_expect(text_is_utf8(TEXT("a\0\xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88")) && !text_is_utf8(TEXT("abc\xe2\x82")));
}

Test(text, bytes_of_characters)
{
    struct text t = TEXT("a\xc3\xa4\xff\xf0\x90\x8d\x88z");
    static const size_t at[] = { 0, 1, 3, 4, 8, 9, 9, 9 };

    for (size_t i = 0; i < sizeof at / sizeof *at; i++)
        cr_expect_eq(byte_from_char(t, i), at[i], "character %zu", i);
    cr_expect(text_chars(t) == 5 && text_chars(nothing) == 0);
}

static const struct {
    const char *source;
    size_t byte;
    int line, column;
} places[] = {
    { "abc", 0, 7, 1 },
    { "abc", 2, 7, 3 },
    { "abc", 3, 7, 4 },
    { "abc", 9, 7, 4 },
    { "\n", 0, 7, 1 },
    { "\n", 1, 8, 1 },
    { "a\r\nb", 1, 7, 2 },
    { "a\r\nb", 2, 7, 3 },
    { "a\r\nb", 3, 8, 1 },
    { "a\rb", 2, 7, 3 },
    { "\xc3\xa4"
      "b",
      2, 7, 2 },
    { "\xc3\xa4"
      "b",
      1, 7, 1 },
    { "\xf0\x90\x8d\x88"
      "b",
      4, 7, 2 },
    { "\xff\xff"
      "b",
      2, 7, 3 },
    { "\xef\xbb\xbf"
      "ab",
      4, 7, 2 },
    { "\xef\xbb\xbf"
      "ab",
      0, 7, 1 },
    { "a\xef\xbb\xbf"
      "b",
      4, 7, 3 },
};

Test(text, places)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct pos p = pos_from_byte("f", text_from(places[i].source), places[i].byte, 7);

        cr_expect(p.line == places[i].line && p.column == places[i].column, "row %zu: %d:%d", i, p.line, p.column);
        cr_expect_str_eq(p.path, "f");
    }
}

static const struct {
    const char *raw, *want;
} normal[] = {
    { "", "" },
    { "a\nb\n", "a\nb\n" },
    { "a\r\nb\r\n", "a\nb\n" },
    { "a\r\nb\n", "a\nb\n" },
    { "\xef\xbb\xbf"
      "a",
      "a" },
    { "\xef\xbb\xbf\r\n", "\n" },
    { "\xef\xbb\xbf\xef\xbb\xbf"
      "a",
      "\xef\xbb\xbf"
      "a" },
    { "a\rb\r", "a\rb\r" },
    { "a\r\r\nb", "a\r\nb" },
    { "\r\n\r\n", "\n\n" },
    { "\r\n", "\n" },
};

Test(text, normalised)
{
    struct arena *a = arena_open();
    struct text same = TEXT("a\n");

    for (size_t i = 0; i < sizeof normal / sizeof *normal; i++)
        cr_expect(text_is(text_normalised(a, text_from(normal[i].raw)), normal[i].want), "row %zu", i);
    cr_expect_eq(text_normalised(a, same).at, same.at, "nothing to change is not copied");
    arena_close(a);
}

static const struct {
    const char *raw, *shown, *utf8;
} unsafe[] = {
    { "plain \xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88", "plain \xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88",
      "plain \xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88" },
    { "a\nb\tc\r", "a\\nb\\tc\\r", "a\nb\tc\r" },
    { "\x1b[31m", "\\e[31m", "\x1b[31m" },
    { "\x01\x7f", "\\x01\\x7f", "\x01\x7f" },
    { "\xff\xc3(", "\\xff\\xc3(", "\xef\xbf\xbd\xef\xbf\xbd(" },
    { "\xe2\x82", "\\xe2\\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\xc2\x9b"
      "1m",
      "\\u009b1m",
      "\xc2\x9b"
      "1m" },
    { "\xe2\x80\xae"
      "txt.exe",
      "\\u202etxt.exe",
      "\xe2\x80\xae"
      "txt.exe" },
    { "\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8f\xd8\x9c", "\\u2066\\u2028\\u200f\\u061c",
      "\xe2\x81\xa6\xe2\x80\xa8\xe2\x80\x8f\xd8\x9c" },
    { "\xc2\xa0\xef\xbb\xbf", "\xc2\xa0\xef\xbb\xbf", "\xc2\xa0\xef\xbb\xbf" },
};

Test(text, shown_and_as_utf8)
{
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
        cr_expect_str_eq(text_shown(a, text_from(unsafe[i].raw)), unsafe[i].shown, "row %zu", i);
        cr_expect_str_eq(text_as_utf8(a, text_from(unsafe[i].raw)), unsafe[i].utf8, "row %zu", i);
    }
    cr_expect_str_eq(text_shown(a, TEXT("a\0b")), "a\\x00b");
    cr_expect_str_eq(text_summary(a, TEXT(" \n\tUPDATE  a\r\n   SET b\n"), 80), "UPDATE a SET b");
    cr_expect_str_eq(text_summary(a, TEXT("größer  \033[31m"), 6), "größer…");
    cr_expect_str_eq(text_summary(a, TEXT("größer"), 6), "größer");
    cr_expect_str_eq(text_summary(a, TEXT("a\033b\xff"), 6), "a\\eb\\xff");
    cr_expect_str_eq(text_summary(a, TEXT(""), 0), "");
    cr_expect_str_eq(text_as_utf8(a, TEXT("a\0b")), "a\xef\xbf\xbd"
                                                    "b");
    arena_close(a);
}

Test(text, times)
{
    struct arena *a = arena_open();

    cr_expect_str_eq(text_time(a, 0), "1970-01-01T00:00:00Z");
    cr_expect_str_eq(text_time(a, 1710937800000), "2024-03-20T12:30:00Z");
    cr_expect_str_eq(text_time(a, 1710937800042), "2024-03-20T12:30:00.042Z");
    cr_expect_str_eq(text_time(a, 1709164800000), "2024-02-29T00:00:00Z");
    cr_expect_str_eq(text_time(a, -1), "1969-12-31T23:59:59.999Z");
    cr_expect_str_eq(text_time(a, -1000), "1969-12-31T23:59:59Z");
    cr_expect_str_eq(text_time(a, 253402300799999), "9999-12-31T23:59:59.999Z");
    cr_expect(strlen(text_time(a, INT64_MAX)) < 60 && strlen(text_time(a, INT64_MIN)) < 60);
    cr_expect(time_now_ms() > 1600000000000 && time_monotonic_ms() > 0);
    arena_close(a);
}

Test(text, durations)
{
    static const struct {
        int64_t ms;
        const char *want;
    } rows[] = { { 0, "0 ms" },       { 999, "999 ms" },       { 1000, "1.0 s" },        { 3499, "3.4 s" },
                 { 59999, "59.9 s" }, { 60000, "1 min 00 s" }, { 125000, "2 min 05 s" }, { 7200000, "120 min 00 s" } };
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(text_duration(a, rows[i].ms), rows[i].want);
    arena_close(a);
}

Test(text, object_ids)
{
    static const char *const bad[] = { "", "0123456789abcdef0123456789abcdef0123456",
                                       "0123456789abcdef0123456789abcdef012345678",
                                       "g123456789abcdef0123456789abcdef01234567",
                                       "0123456789abcdef0123456789abcdef0123456 " };
    struct arena *a = arena_open();
    struct object_id id = { 0 }, other;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect(!object_id_parse(&id, text_from(bad[i])) && !id.known, "%s", bad[i]);
    cr_expect(!object_id_hex(a, id) && !object_id_equal(id, id), "nobody knows it");
    cr_assert(object_id_parse(&id, TEXT("0123456789abcdef0123456789ABCDEF01234567")));
    cr_expect_str_eq(object_id_hex(a, id), "0123456789abcdef0123456789abcdef01234567");
    cr_assert(object_id_parse(&other, TEXT("0123456789abcdef0123456789abcdef01234568")));
    cr_expect(object_id_equal(id, id) && !object_id_equal(id, other));
    arena_close(a);
}
