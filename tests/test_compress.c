/* Texts made small and back, and what is no such text. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/compress.h"
#include "tests/support/rows.h"

enum { MAX = 1024 * 1024 };

static struct text repeated(const char *piece, size_t times, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < times; i++)
        buf_printf(&out, "%s%zu\n", piece, i % 7);
    return buf_content(&out);
}

static void comes_back(struct text in, size_t max, struct arena *a)
{
    struct text small = compress_text(in, a), out;

    for (size_t i = 0; i < small.len; i++)
        cr_assert(text_is_word(small.at[i]) || strchr("+/=", small.at[i]), "byte %zu is %d", i, small.at[i]);
    cr_assert(compress_expand(&out, small, max, a), "%zu bytes", in.len);
    cr_assert(text_equal(in, out), "%zu bytes", in.len);
}

Test(compress, gives_back_what_it_was_given)
{
    struct arena *a = arena_open();
    char bytes[256];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)i;
    for (size_t len = 0; len <= sizeof bytes; len++)
        comes_back((struct text) { bytes, len }, MAX, a);
    comes_back(repeated("column public.users.email text not null", 10000, a), MAX, a);
    arena_close(a);
}

Test(compress, takes_ten_megabytes)
{
    struct arena *a = arena_open();
    struct text large = repeated("column public.users.email character varying(255) DEFAULT ''::text", 160000, a);

    cr_assert_geq(large.len, 10 * 1000 * 1000);
    comes_back(large, 2 * large.len, a);
    cr_expect_leq(compress_text(large, a).len, large.len / 20);
    arena_close(a);
}

Test(compress, stops_at_the_bound)
{
    struct arena *a = arena_open();
    struct text large = repeated("x", 1000, a), small = compress_text(large, a), out;

    cr_expect(compress_expand(&out, small, large.len, a));
    cr_expect_not(compress_expand(&out, small, large.len - 1, a));
    cr_expect_null(out.at);
    arena_close(a);
}

/* A thousandth of its size, and made to be sent by somebody who wants the memory. */
Test(compress, a_bomb_does_not_explode)
{
    struct arena *a = arena_open();
    size_t size = 40 * 1000 * 1000;
    char *zeros = calloc(size, 1);
    struct text small = compress_text((struct text) { zeros, size }, a), out;

    free(zeros);
    cr_assert_leq(small.len, 400 * 1000);
    cr_expect_not(compress_expand(&out, small, MAX, a));
    arena_close(a);
}

static const char *const bad[] = {
    "",                             /* nothing */
    "eJw=",                         /* a head alone */
    "eJwrTi0uzszPAwAI+wK=",         /* cut off */
    "eJ",                           /* no whole group */
    "eJwr",                         /* no end */
    "e\nJwr",                       /* a line end */
    "====",                         /* no letters */
    "=eJw",                         /* a pad at the beginning */
    "AAAA",                         /* another format */
    "H4sIAAAAAAAAAwMAAAAAAAAAAAA=", /* gzip */
};

RowsTest(compress, refuses, sizeof bad / sizeof *bad)
{
    struct arena *a = arena_open();
    struct text out;

    cr_expect_not(compress_expand(&out, text_from(bad[*row]), MAX, a), "%s", bad[*row]);
    arena_close(a);
}

/* Whatever is cut off or changed of it, it is never another text. */
Test(compress, damage_is_seen)
{
    struct arena *a = arena_open();
    struct text in = repeated("index public.users_email", 20, a), small = compress_text(in, a), out;
    char *changed = arena_cstr(a, small);

    for (size_t len = 0; len < small.len; len++)
        cr_expect_not(compress_expand(&out, (struct text) { small.at, len }, MAX, a), "cut off at %zu", len);
    /* The last group's spare bits are nobody's. */
    for (size_t i = 0; i < small.len - 4; i++) {
        changed[i] = small.at[i] == 'A' ? 'B' : 'A';
        if (compress_expand(&out, (struct text) { changed, small.len }, MAX, a))
            cr_expect(text_equal(in, out), "changed at %zu", i);
        changed[i] = small.at[i];
    }
    arena_close(a);
}
