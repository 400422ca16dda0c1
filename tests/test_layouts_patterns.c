#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/layouts/patterns.h"

Test(patterns, name_the_pattern_and_the_offset_of_a_mistake)
{
    static const struct rule rules[] = { { 1, "fine", "" }, { 2, "(a|b", ".sql" } };
    struct patterns *p = NULL;
    struct err e;

    cr_assert_not(patterns_open(&p, rules, 2, &e));
    cr_expect_null(p);
    cr_expect_eq(e.kind, ERR_INTERNAL);
    cr_expect(strstr(e.message, "'(a|b'") && strstr(e.message, "offset 4"), "%s", e.message);
}

Test(patterns, give_up_at_their_limits)
{
    static const struct rule rules[] = { { 1, "(a+)+b", "" } };
    struct patterns *p;
    struct err e = { 0 };
    int kind;

    cr_assert(patterns_open(&p, rules, 1, &e));
    cr_expect_not(patterns_match(&kind, NULL, p, TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabc"), &e));
    cr_expect_eq(e.kind, ERR_INTERNAL);
    patterns_close(p);
    patterns_close(NULL);
}

Test(patterns, take_the_first_row_and_the_whole_subject)
{
    static const struct rule rules[] = { { 3, "(x)|(y)z", ".e" }, { 4, ".*", "" } };
    struct text groups[PATTERN_GROUPS];
    struct patterns *p;
    struct err e;
    int kind;

    cr_assert(patterns_open(&p, rules, 2, &e));
    cr_expect(patterns_match(&kind, groups, p, TEXT("yz.e"), &e) && kind == 3);
    cr_expect_eq(groups[0].len, 0);
    cr_expect(text_is(groups[1], "y"));
    cr_expect(patterns_match(&kind, groups, p, TEXT("yz.E"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, TEXT("x\n.e"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, TEXT("\xff\n\0"), &e) && kind == 4);
    cr_expect(patterns_match(&kind, groups, p, (struct text) { "", 0 }, &e) && kind == 4);
    patterns_close(p);
}
