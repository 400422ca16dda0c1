#include "core/json.h"

#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/rows.h"

static const struct {
    const char *bytes;
    size_t len; /* 0: up to the NUL */
    int line, column;
    const char *says;
} broken[] = {
    { "", 0, 1, 1, "'[' or '{' expected" },
    { "{\n  \"a\": 1,\n}", 0, 3, 1, "string or '}' expected" },
    { "{\n  \"\xc3\xa4\xc3\xa4\": tru }", 0, 2, 11, "invalid token" },
    { "\xef\xbb\xbf{\"a\" 1}", 0, 1, 6, "':' expected" },
    { "{\"a\":1,\"a\":2}", 0, 1, 10, "duplicate object key" },
    { "{} {}", 0, 1, 4, "end of file expected" },
    { "[\"\xff\"]", 0, 1, 2, "unable to decode byte 0xff" },
    { "[\"\x1b[31m\"]", 0, 1, 2, "control character 0x1b" },
    { "[1e999]", 0, 1, 6, "real number overflow" },
    { "[99999999999999999999]", 0, 1, 21, "too big integer" },
    { "{\"a\0b\":1}", 9, 1, 3, "control character 0x0" },
};

RowsTest(json, broken, sizeof broken / sizeof *broken)
{
    size_t len = broken[*row].len ? broken[*row].len : strlen(broken[*row].bytes);
    struct json *j = NULL;
    struct err e = { 0 };

    cr_assert_not(json_parse(&j, "a.json", (struct text) { broken[*row].bytes, len }, ERR_JOURNAL, &e));
    cr_expect_null(j);
    cr_expect_eq(e.kind, ERR_JOURNAL);
    cr_expect_str_eq(e.at.path, "a.json");
    cr_expect_eq(e.at.line, broken[*row].line, "row %zu: line %d", *row, e.at.line);
    cr_expect_eq(e.at.column, broken[*row].column, "row %zu: column %d", *row, e.at.column);
    cr_expect(strstr(e.message, broken[*row].says), "row %zu: %s", *row, e.message);
}

Test(json, refuses_a_depth_without_end)
{
    struct arena *a = arena_open();
    struct buf deep = buf_open(a, SIZE_MAX / 2);
    struct json *j = NULL;
    struct err e = { 0 };

    for (int i = 0; i < 1000000; i++)
        buf_char(&deep, '[');
    cr_expect_not(json_parse(&j, "a.json", buf_content(&deep), ERR_JOURNAL, &e));
    arena_close(a);
}

Test(json, reads_what_is_there_and_nothing_of_a_wrong_type)
{
    struct json *j = NULL;
    struct err e = { 0 };
    uint64_t n = 7;

    cr_assert(json_parse(
        &j, "a.json", TEXT("\xef\xbb\xbf{\"list\":[1,-1,1.5,9223372036854775807],\"s\":\"x\",\"f\":false,\"z\":null}"),
        ERR_CONFIG, &e));
    cr_expect(json_is_object(j));
    cr_expect_not(json_is_array(j));
    cr_expect(json_is_array(json_get(j, "list")));
    cr_expect_eq(json_length(json_get(j, "list")), 4);
    cr_expect(json_as_u64(json_at(json_get(j, "list"), 0), &n) && n == 1);
    cr_expect_not(json_as_u64(json_at(json_get(j, "list"), 1), &n));
    cr_expect_not(json_as_u64(json_at(json_get(j, "list"), 2), &n));
    cr_expect(json_as_u64(json_at(json_get(j, "list"), 3), &n) && n == INT64_MAX);
    cr_expect_null(json_at(json_get(j, "list"), 4));
    cr_expect_str_eq(json_as_string(json_get(j, "s")), "x");
    cr_expect_null(json_as_string(json_get(j, "list")));
    cr_expect_null(json_get(j, "absent"));
    cr_expect_null(json_get(json_get(j, "s"), "x"));
    cr_expect_eq(json_length(json_get(j, "s")), 0);
    cr_expect_eq(json_length(NULL), 0);
    cr_expect_not(json_is_object(NULL));
    cr_expect_null(json_as_string(NULL));
    cr_expect_not(json_as_u64(NULL, &n));
    json_free(j);
    json_free(NULL);
}

static struct json *sample(void)
{
    struct json *o = json_new_object(), *list = json_new_array();

    json_set_string(o, "z", "first \xf0\x9f\x90\xa6 / \"q\"");
    json_set_string(o, "a", "bad \xff\xc3 byte");
    json_set_string(o, "none", NULL);
    json_set_text(o, "text", text_cut(TEXT("abcdef"), 1, 3));
    json_set_text(o, "no_text", (struct text) { NULL, 0 });
    json_set_text(o, "empty", TEXT(""));
    json_set_integer(o, "n", INT64_MIN);
    json_set_bool(o, "yes", true);
    json_set_null(o, "null");
    json_add_string(list, "x\n\x1b");
    json_add_string(list, NULL);
    json_add(list, json_new_object());
    json_set(o, "list", list);
    json_set(o, "nothing", json_new_array());
    return o;
}

Test(json, writes_members_in_their_order)
{
    struct arena *a = arena_open();
    struct json *o = sample();

    cr_expect_str_eq(json_bytes(o, 0, a).at,
                     "{\"z\":\"first \xf0\x9f\x90\xa6 / \\\"q\\\"\",\"a\":\"bad \xef\xbf\xbd\xef\xbf\xbd byte\","
                     "\"none\":null,\"text\":\"bc\",\"no_text\":null,\"empty\":\"\",\"n\":-9223372036854775808,"
                     "\"yes\":true,\"null\":null,\"list\":[\"x\\n\\u001B\",null,{}],\"nothing\":[]}");
    json_free(o);
    arena_close(a);
}

Test(json, prints_indented_with_a_line_end)
{
    struct json *o = json_new_object(), *list = json_new_array();
    char *printed = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&printed, &len);

    json_add_string(list, "x");
    json_set(o, "list", list);
    json_print(o, to);
    fclose(to);
    cr_expect_str_eq(printed, "{\n  \"list\": [\n    \"x\"\n  ]\n}\n");
    free(printed);
    json_free(o);
}
