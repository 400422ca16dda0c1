/* Two texts line by line. */
#include "core/base/text.h"
#include "core/line_diff.h"
#include "tests/support/rows.h"

static const struct {
    const char *name, *before, *after, *want;
} cases[] = {
    { "nothing", "", "", "" },
    { "the same", "a\nb\n", "a\nb\n", " a b" },
    { "only came", "", "a\nb", "+a+b" },
    { "only went", "a\nb", "", "-a-b" },
    { "one line for another", "a", "b", "-a+b" },
    { "in the middle", "a\nb\nc", "a\nx\nc", " a-b+x c" },
    { "at the beginning", "b\nc", "a\nb\nc", "+a b c" },
    { "at the end", "a\nb", "a\nb\nc", " a b+c" },
    { "twice", "a\nb\nc\nd\ne", "a\nx\nc\ny\ne", " a-b+x c-d+y e" },
    { "moved", "a\nb\nc\nd", "b\nc\na\nd", "-a b c+a d" },
    { "a repeated line", "a\na", "a\na\na", " a a+a" },
    { "no last line end is no difference", "a\n", "a", " a" },
    { "nor is a CR", "a\r\nb", "a\nb", " a b" },
};

static const char *shown(const struct diff_lines *lines, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; i < lines->len; i++) {
        buf_char(&out, lines->at[i].mark);
        buf_text(&out, lines->at[i].line);
    }
    return buf_cstr(&out);
}

RowsTest(line_diff, says, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    struct diff_lines lines;

    line_diff(&lines, text_from(cases[*row].before), text_from(cases[*row].after), a);
    cr_expect_str_eq(shown(&lines, a), cases[*row].want, "%s", cases[*row].name);
    arena_close(a);
}

/* Of long texts only the common ends are told apart, and no line is lost. */
Test(line_diff, long_texts)
{
    enum { LINES = 3000 };
    struct arena *a = arena_open();
    struct buf before = buf_open(a, SIZE_MAX / 2), after = before;
    size_t counts[3] = { 0 };
    struct diff_lines lines;

    buf_string(&before, "first\n");
    buf_string(&after, "first\n");
    for (int i = 0; i < LINES; i++) {
        buf_printf(&before, "before %d\n", i);
        buf_printf(&after, "after %d\n", i);
    }
    buf_string(&before, "last\n");
    buf_string(&after, "last\n");
    line_diff(&lines, buf_content(&before), buf_content(&after), a);
    for (size_t i = 0; i < lines.len; i++)
        counts[lines.at[i].mark == ' ' ? 0 : lines.at[i].mark == '-' ? 1 : 2]++;
    cr_expect_eq(counts[0], 2);
    cr_expect_eq(counts[1], LINES);
    cr_expect_eq(counts[2], LINES);
    cr_expect_eq(lines.at[0].mark, ' ');
    cr_expect_eq(lines.at[lines.len - 1].mark, ' ');
    arena_close(a);
}
