/* ${VARIABLE} in a database's URL. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/config.h"
#include "tests/support/rows.h"

static const char *lookup(void *from, const char *name)
{
    static const char *const pairs[][2] = {
        { "URL", "postgres://me:s3cret@host/db?x=${NOT_AGAIN}" },
        { "USER", "me@corp" },
        { "PW", "p:a/s?s#w%o r@d'\\\xc3\xa4" },
        { "HOST", "db.example" },
        { "V6", "::1" },
        { "DB", "my db" },
        { "EMPTY", "" },
        { "_x1", "under" },
    };

    (void)from;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(pairs[i][0], name) == 0)
            return pairs[i][1];
    return NULL;
}

static const struct {
    const char *yaml; /* behind "database: " */
    const char *want; /* the text, or the error with its place */
} cases[] = {
    /* Errors first. */
    { "${MISSING}", "1:11: the variable MISSING is not set" },
    { "\"${MISSING}\"", "1:12: the variable MISSING is not set" },
    { "'postgres://u@h/${MISSING}'", "1:27: the variable MISSING is not set" },
    { "postgres://\xc3\xa4@h/${MISSING}", "1:26: the variable MISSING is not set" },
    { "\"a\\tb ${MISSING}\"", "1:11: the variable MISSING is not set" },
    { "${EMPTY}", "1:11: the variable EMPTY is empty" },
    { "postgres://u@${EMPTY}/db", "1:24: the variable EMPTY is empty" },
    { "postgres://u@h:${DB}/db", "1:26: ${DB} can't stand at this place of the URL" },
    { "postgres://u@[::1]:${DB}/db", "1:30: ${DB} can't stand at this place of the URL" },
    { "postgres://u@h/db?x=${DB}", "1:31: ${DB} can't stand at this place of the URL" },
    { "postgres://u@h?x=${DB}", "1:28: ${DB} can't stand at this place of the URL" },
    { "postgres://u@h/db#${DB}", "1:29: ${DB} can't stand at this place of the URL" },
    { "${DB}://u@h/db", "1:11: ${DB} can't stand at this place of the URL" },
    { "host=h port=${DB}", "1:23: ${DB} can't stand at this place of the URL" },
    { "host=h ${DB}=x", "1:18: ${DB} can't stand at this place of the URL" },
    { "password='a' ${DB}=x", "1:24: ${DB} can't stand at this place of the URL" },
    { "password=${PW} port=${DB}", "1:31: ${DB} can't stand at this place of the URL" },
    { "sqlite:a.db?mode=${DB}", "1:28: ${DB} can't stand at this place of the URL" },
    { "${}", "1:11: \"\" is no variable's name" },
    { "${A-B}", "1:11: \"A-B\" is no variable's name" },
    { "${1A}", "1:11: \"1A\" is no variable's name" },
    { "${A:-b}", "1:11: \"A:-b\" is no variable's name" },
    { "postgres://h/${DB", "1:24: \"${\" without a \"}\" behind it" },
    { "${", "1:11: \"${\" without a \"}\" behind it" },
    { "$URL", "1:11: a variable stands in braces" },

    { "${URL}", "postgres://me:s3cret@host/db?x=${NOT_AGAIN}" },
    { "'${URL}'", "postgres://me:s3cret@host/db?x=${NOT_AGAIN}" },
    { "postgres://${USER}:${PW}@${HOST}/${DB}",
      "postgres://me%40corp:p%3Aa%2Fs%3Fs%23w%25o%20r%40d%27%5C%C3%A4@db.example/my%20db" },
    { "postgres://u:${EMPTY}@h/db", "postgres://u:@h/db" },
    { "postgres://u@${HOST}:5432/app_${_x1}_test?sslmode=require",
      "postgres://u@db.example:5432/app_under_test?sslmode=require" },
    { "postgres://${HOST}", "postgres://db.example" },
    { "postgres://u@[${V6}]:1/db", "postgres://u@[%3A%3A1]:1/db" },
    { "host=${HOST} user = ${USER} password='${PW}' dbname=${DB}",
      "host=db.example user = me@corp password='p:a/s?s#w%o\\ r@d\\'\\\\\xc3\xa4' dbname=my\\ db" },
    { "host=h password=${EMPTY} port=1", "host=h password='' port=1" },
    { "host=h password='${EMPTY}' port=1", "host=h password='' port=1" },
    { "password='a b\\' host=${HOST}'", "password='a b\\' host=db.example'" },
    { "sqlite:${DB}/x.db", "sqlite:my db/x.db" },
    { "file:${DB}?mode=ro", "file:my db?mode=ro" },
    { "${DB}/x.db", "my db/x.db" },
    { "postgres://u:a$b$$c{d}@h/db", "postgres://u:a$b$$c{d}@h/db" },
    { "x$", "x$" },
    { "postgres://u@h/db", "postgres://u@h/db" },
};

RowsTest(config_expand, row, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    const char *yaml = arena_printf(a, "database: %s\n", cases[*row].yaml), *got;
    struct config c;
    struct err e = { 0 };

    cr_assert(config_parse(&c, "merganser.yml", text_from(yaml), a, &e), "%s: %s", yaml, e.message);
    if (!config_expand(&got, c.top.database, lookup, NULL, a, &e)) {
        cr_expect(e.kind == ERR_CONFIG && strcmp(e.at.path, "merganser.yml") == 0 && e.hint[0]);
        got = arena_printf(a, "%d:%d: %s", e.at.line, e.at.column, e.message);
    }
    cr_expect_str_eq(got, cases[*row].want, "%s", cases[*row].yaml);
    arena_close(a);
}
