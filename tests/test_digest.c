/* Checksums of scripts that come in pieces are those of the whole, wherever it is cut. */
#include <criterion/criterion.h>

#include "core/base/script.h"
#include "core/base/text.h"
#include "core/digest.h"
#include "core/layouts/marks.h"

struct cut {
    struct text all;
    size_t at; /* no piece goes over this byte */
    size_t piece;
};

static bool read_cut(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    const struct cut *c = s->from;
    size_t end = offset < c->at ? c->at : c->all.len;

    (void)e;
    if (c->piece && offset + c->piece < end)
        end = offset + c->piece;
    *piece = text_cut(c->all, offset, end);
    return true;
}

static struct script script_of(const struct cut *c)
{
    return (struct script) { .path = "1_a.sql", .size = c->all.len, .read = read_cut, .from = c };
}

static const char *const scripts[] = {
    "",
    "\n",
    "\r",
    "\r\n",
    "\xef\xbb",
    "\xef\xbb\xbf",
    "\xef\xbb\xbf\r\n",
    "\xef\xbb\xbfselect 1;\r\nselect 2;\n",
    "select 1;\r\r\nselect\r2;\n\n\r\n\r",
    "a\r\n\r\n\rb\nc",
};

/* The text with every line end as CR LF. */
static struct text with_crlf(struct text lf, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < lf.len; i++) {
        if (lf.at[i] == '\n')
            buf_char(&out, '\r');
        buf_char(&out, lf.at[i]);
    }
    return out.len ? buf_content(&out) : TEXT("");
}

Test(digest, of_pieces_is_that_of_the_whole)
{
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct cut c = { .all = text_from(scripts[i]) };
        struct text lf = text_normalised(a, c.all);
        const char *want[] = { digest_sha256(c.all, a), digest_script(c.all, a), digest_sha256(with_crlf(lf, a), a) };

        for (c.at = 0; c.at <= c.all.len; c.at++)
            for (c.piece = 0; c.piece < 4; c.piece++)
                for (enum digest_form form = DIGEST_RAW; form <= DIGEST_CRLF; form++) {
                    struct script s = script_of(&c);
                    const char *got;
                    struct err e;

                    cr_assert(digest_of(&got, &s, form, a, &e));
                    cr_expect_str_eq(got, want[form], "script %zu form %d cut at %zu", i, (int)form, c.at);
                }
    }
    arena_close(a);
}

/* What the marks say of a script, in one piece or in many. */
static const char *marks_words(const struct cut *c, struct arena *a)
{
    struct notices notices = { .arena = a };
    struct layout_input in = { .folder = "", .arena = a, .notices = &notices };
    struct migration m = { .id = "1_a", .up = { .path = "1_a.sql" } };
    struct script s = script_of(c);
    struct err e = { 0 };
    struct buf out = buf_open(a, SIZE_MAX / 2);

    if (!marks_prepare(&m, &in, &s, &e))
        buf_printf(&out, "%s at %d:%d [%s]", e.message, e.at.line, e.at.column, e.excerpt);
    buf_printf(&out, "%s", m.no_transaction ? " no transaction" : "");
    for (size_t i = 0; i < notices.len; i++)
        buf_printf(&out, "; %s at %d:%d", notices.at[i].code, notices.at[i].at.line, notices.at[i].at.column);
    return buf_cstr(&out);
}

static const char *const marked[] = {
    "-- a\n/* b\n */ -- merganser: no-transaction\nselect 1;\r\n-- merganser: what\n-- +goose Down\r\nselect 2;",
    "\xef\xbb\xbf-- merganser: other\n\n--\n-- merganser: no-transaction",
    "select 1;\n-- migrate:up",
    "select '\n-- no mark\n-migrate:up\n -- migrate:up\n--\n- \n-- merganser: no-transaction\n';\n",
    "/* a /* b */ c\n",
    "",
};

Test(digest, marks_are_seen_wherever_a_script_is_cut)
{
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        struct cut c = { .all = text_from(marked[i]) };
        const char *whole = marks_words(&c, a);

        for (c.at = 0; c.at <= c.all.len; c.at++)
            for (c.piece = 0; c.piece < 4; c.piece++)
                cr_expect_str_eq(marks_words(&c, a), whole, "script %zu cut at %zu by %zu", i, c.at, c.piece);
    }
    arena_close(a);
}
