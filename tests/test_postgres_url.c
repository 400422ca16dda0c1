/* Addresses of databases: what is taken off, what is kept, and that no password gets out. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/postgres/url.h"
#include "tests/support/rows.h"

static const struct {
    const char *url, *conninfo, *password, *search_path;
    bool pooled;
    const char *note; /* names taken off */
} good[] = {
    { "postgres://u@h/d", "postgresql://u@h/d", NULL, NULL, false, NULL },
    { "postgis://u:secret@h:1/d", "postgresql://u:secret@h:1/d", "secret", NULL, false, NULL },
    { "postgresql:///d?host=/tmp", "postgresql:///d?host=/tmp", NULL, NULL, false, NULL },
    { "postgres://u:a%40b@h/d", "postgresql://u:a%40b@h/d", "a@b", NULL, false, NULL },
    { "postgres://u:p@ss/w:rd@h/d", "postgresql://u:p%40ss%2Fw%3Ard@h/d", "p@ss/w:rd", NULL, false, NULL },
    { "postgres://[::1]:5432/d", "postgresql://[::1]:5432/d", NULL, NULL, false, NULL },
    { "postgres://u@h/d?pool=5&timeout=5000&sslmode=require&prepared_statements=false",
      "postgresql://u@h/d?sslmode=require", NULL, NULL, false, "pool, timeout, prepared_statements" },
    { "postgres://u@h/d?schema=my%22schema&connection_limit=1", "postgresql://u@h/d", NULL, "\"my\"\"schema\"", false,
      "connection_limit" },
    { "postgres://u@h/d?search_path=a,b", "postgresql://u@h/d", NULL, "a,b", false, NULL },
    { "postgres://u@h/d?pgbouncer=true&connect_timeout=3", "postgresql://u@h/d?connect_timeout=3", NULL, NULL, true,
      NULL },
    { "postgres://u@h/d?password=x1y2", "postgresql://u@h/d?password=x1y2", "x1y2", NULL, false, NULL },
    { "host=/tmp dbname=d", "host=/tmp dbname=d", NULL, NULL, false, NULL },
    { "host=a,b,c port=5432,,65535", "host=a,b,c port=5432,,65535", NULL, NULL, false, NULL },
    { "host=h password='it''s' dbname = d", NULL, NULL, NULL, false, NULL },
    { "password='a\\'b c' host=h", "password='a\\'b c' host=h", "a'b c", NULL, false, NULL },
};

RowsTest(postgres_url, reads, sizeof good / sizeof *good)
{
    struct arena *a = arena_open();
    struct notices notices = { .arena = a };
    struct pg_target t;
    struct err e = { 0 };
    bool ok = url_read(&t, good[*row].url, &notices, a, &e);

    if (!good[*row].conninfo) {
        cr_expect_not(ok, "%s", good[*row].url);
        arena_close(a);
        return;
    }
    cr_assert(ok, "%s: %s", good[*row].url, e.message);
    cr_expect_str_eq(t.conninfo, good[*row].conninfo, "%s", t.conninfo);
    cr_expect_str_eq(t.password ? t.password : "-", good[*row].password ? good[*row].password : "-");
    cr_expect_str_eq(t.search_path ? t.search_path : "-", good[*row].search_path ? good[*row].search_path : "-");
    cr_expect_eq(t.pooled, good[*row].pooled);
    cr_expect_eq(notices.len, good[*row].note ? 1 : 0);
    if (notices.len && good[*row].note)
        cr_expect(strstr(notices.at[0].message, good[*row].note), "%s", notices.at[0].message);
    arena_close(a);
}

static const struct {
    const char *url, *says; /* says NULL: anything */
} bad[] = {
    { "postgres://u:hunter2@h/d?sslmodus=x", "sslmodus" },
    { "postgres://u:hunter2%zz@h/d", "the password" },
    { "postgres://u:hunter2@h/d?sslmode=%zz", "a parameter" },
    { "postgres://u:hunter2@[h/d", NULL },
    { "postgres://u:hunter2@h:abc/d", "not a number from 1 to 65535" },
    { "postgres://u:hunter2@h:65536/d", "not a number from 1 to 65535" },
    { "postgres://u:hunter2", "not a number from 1 to 65535" },
    { "host=a,b port=5432,0 password=hunter2", "not a number from 1 to 65535" },
    { "host=h passwd=hunter2", "passwd" },
    { "host=h password=pass hunter2", "character" },
    { "host=h password='hunter2", "character" },
    { "host=h password=x =hunter2", "character" },
};

RowsTest(postgres_url, refuses, sizeof bad / sizeof *bad)
{
    struct arena *a = arena_open();
    struct pg_target t;
    struct err e = { 0 };

    cr_assert_not(url_read(&t, bad[*row].url, NULL, a, &e), "%s", bad[*row].url);
    cr_expect_eq(e.kind, ERR_USAGE);
    cr_expect(*e.hint, "%s", bad[*row].url);
    cr_expect(!strstr(e.message, "hunter2") && !strstr(e.hint, "hunter2") && !strstr(e.detail, "hunter2"), "%s",
              e.message);
    if (bad[*row].says)
        cr_expect(strstr(e.message, bad[*row].says), "%s: %s", bad[*row].url, e.message);
    arena_close(a);
}
