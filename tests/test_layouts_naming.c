#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/layouts/naming.h"
#include "tests/support/rows.h"

static const struct {
    const char *typed, *clean; /* NULL: refused */
} names[] = {
    { "Add City to users", "add_city_to_users" },
    { "AddCityToUsers", "add_city_to_users" },
    { "add_city", "add_city" },
    { "  --add..city--  ", "add_city" },
    { "HTTPServer", "http_server" },
    { "addHTTP", "add_http" },
    { "Add2fa", "add2fa" },
    { "add2FA", "add2_fa" },
    { "A", "a" },
    { "don't", "don_t" },
    { "", NULL },
    { "   ", NULL },
    { "__", NULL },
    { "2fa", NULL },
    { "../evil", NULL },
    { "a\\b", NULL },
    { "a\nb", NULL },
    { "a\x1b[31m", NULL },
    { "gr\303\266\303\237e", NULL },
    { "a\xff", NULL },
    { "a\x7f", NULL },
};

RowsTest(naming, names, sizeof names / sizeof *names)
{
    struct arena *a = arena_open();
    const char *clean = NULL;
    struct err e = { 0 };

    cr_assert_eq(naming_clean(&clean, names[*row].typed, a, &e), names[*row].clean != NULL, "'%s'", names[*row].typed);
    if (names[*row].clean) {
        cr_expect_str_eq(clean, names[*row].clean);
    } else {
        cr_expect_eq(e.kind, ERR_USAGE);
        cr_expect_neq(e.hint[0], '\0');
        cr_expect(text_is_utf8(text_from(e.message)));
        cr_expect_null(strchr(e.message, '\x1b'));
    }
    arena_close(a);
}

Test(naming, refuses_what_is_too_long)
{
    struct arena *a = arena_open();
    char *typed = arena_alloc(a, 301);
    const char *clean;
    struct err e;

    memset(typed, 'a', 300);
    cr_expect_not(naming_clean(&clean, typed, a, &e));
    cr_expect_eq(e.kind, ERR_USAGE);
    typed[150] = '\0';
    cr_expect(naming_clean(&clean, typed, a, &e));
    arena_close(a);
}

Test(naming, counts_and_tells_the_time)
{
    struct arena *a = arena_open();
    const char *next;
    int64_t ms;

    cr_expect_str_eq(naming_camelised("add_city_2_users", a), "AddCity2Users");
    cr_expect_str_eq(naming_stamp(false, 1710937800999, a), "20240320123000");
    cr_expect_str_eq(naming_stamp(true, 1710937800999, a), "2024-03-20-123000");
    cr_expect(naming_stamp_read(&ms, "202403201230000000") && ms == 1710937800000);
    cr_expect_not(naming_stamp_read(&ms, "2024032012300"));
    cr_expect_not(naming_stamp_read(&ms, ""));
    cr_expect(naming_successor(&next, "0099", 4, a));
    cr_expect_str_eq(next, "0100");
    cr_expect_not(naming_successor(&next, "9223372036854775807", 1, a));
    cr_expect_not(naming_successor(&next, "99999999999999999999999", 1, a));
    cr_expect_not(naming_successor(&next, "1a", 1, a));
    arena_close(a);
}
