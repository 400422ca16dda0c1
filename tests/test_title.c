#include <criterion/criterion.h>

#include "cmd/title.h"
#include "core/base/text.h"

Test(title, passwords_leave_argv_and_stay_in_the_copy)
{
    char program[] = "merganser", verb[] = "up", url[] = "postgres://me:hunter2@host/db",
         option[] = "--database=postgres://me:x@h/d", conninfo[] = "host=h password=hunter2",
         plain[] = "--to=20240101000000";
    char *argv[] = { program, verb, url, option, conninfo, plain, NULL };
    struct arena *a = arena_open();
    char *const *copy = title_take(6, argv, a);

    cr_expect_str_eq(copy[2], "postgres://me:hunter2@host/db");
    cr_expect_str_eq(copy[3], "--database=postgres://me:x@h/d");
    cr_expect_str_eq(copy[4], "host=h password=hunter2");
    cr_expect_null(copy[6]);
    cr_expect_str_eq(argv[2], "postgres://me:***@host/db");
    cr_expect(!strstr(argv[3], ":x@"), "%s", argv[3]);
    cr_expect(!strstr(argv[4], "hunter2"), "%s", argv[4]);
    cr_expect_str_eq(argv[5], "--to=20240101000000");
    cr_expect_str_eq(argv[0], "merganser");
    arena_close(a);
}
