/* What must never be printed. */
#include <criterion/criterion.h>

#include "core/base/text.h"

static const struct {
    const char *url, *want;
} urls[] = {
    { "", "" },
    { "postgres://host/db", "postgres://host/db" },
    { "postgres://me@host:5432/db", "postgres://me@host:5432/db" },
    { "postgres://me:s3cret@host:5432/db", "postgres://me:***@host:5432/db" },
    { "postgres://:s3cret@host/db", "postgres://:***@host/db" },
    { "postgres://me:@host/db", "postgres://me:***@host/db" },
    { "POSTGRES://me:s3cret@host", "POSTGRES://me:***@host" },
    { "postgres://me:s3:cr:et@host/db", "postgres://me:***@host/db" },
    { "postgres://me:s3@cr@et@host/db", "postgres://me:***@host/db" },
    { "postgres://me:s3/cr/et@host/db", "postgres://me:***@host/db" },
    { "postgres://me:s3?cret@host/db", "postgres://me:***@host/db" },
    { "postgres://me:s3#cret@host/db", "postgres://me:***@host/db" },
    { "postgres://me:s3?cr=et@host/db?sslmode=require", "postgres://me:***@host/db?sslmode=require" },
    { "postgres://me@corp:s3?cret@host/db", "postgres://me@corp:***@host/db" },
    { "postgres://me:s3 cret@host/db", "postgres://me:***@host/db" },
    { "postgres://me%40corp:s3%40cret@host/db", "postgres://me%40corp:***@host/db" },
    { "postgres://me:s3cret@[::1]:5432/db", "postgres://me:***@[::1]:5432/db" },
    { "postgres://[::1]:5432/db", "postgres://[::1]:5432/db" },
    { "postgres://a:5432,b:5433/db?user=x@y", "postgres://a:5432,b:5433/db?user=x@y" },
    { "postgres://me:s3cret@a:5432,b:5433/db", "postgres://me:***@a:5432,b:5433/db" },
    { "postgres://me:s3cret", "postgres://me:***" },
    { "postgres://me:s3cret/db", "postgres://me:***/db" },
    { "postgres:///db?host=/run&user=me", "postgres:///db?host=/run&user=me" },
    { "postgres://h/db?password=s3cret", "postgres://h/db?password=***" },
    { "postgres://h/db?user=me&password=s3cret&sslmode=require",
      "postgres://h/db?user=me&password=***&sslmode=require" },
    { "postgres://h/db?PassWord=s3cret", "postgres://h/db?PassWord=***" },
    { "postgres://h/db?p%61ssword=s3cret", "postgres://h/db?p%61ssword=***" },
    { "postgres://h/db?a=b;password=s3cret", "postgres://h/db?a=b;password=***" },
    { "postgres://h/db?sslpassword=s3cret&access_token=s3cret&x-secret-y=s3cret&pwd=s3cret",
      "postgres://h/db?sslpassword=***&access_token=***&x-secret-y=***&pwd=***" },
    { "postgres://h/db?password=s3@cret", "postgres://h/db?password=***" },
    { "postgres://h/db?password", "postgres://h/db?password" },
    { "postgres://h/db?password=", "postgres://h/db?password=***" },
    { "jdbc:postgresql://h/db?user=me&password=s3cret", "jdbc:postgresql://h/db?user=me&password=***" },
    { "mysql2://root:s3cret@h:3306/db?pool=5", "mysql2://root:***@h:3306/db?pool=5" },
    /* Without the scheme's slashes, as people mistype it. */
    { "me:s3cret@host/db", "me:***@host/db" },
    { "me:s3:cr=et@host/db", "me:***@host/db" },
    { "postgres:me:s3cret@host/db", "postgres:me:***@host/db" },
    { "postgres:/me:s3cret@host/db", "postgres:/me:***@host/db" },
    { "me@host", "me@host" },
    { "layout: @rails", "layout: @rails" },
    { "database: me:s3cret@host # ask me@corp", "database: me:***@host # ask me@corp" },
    { "sqlite:db/x.sqlite3", "sqlite:db/x.sqlite3" },
    { "sqlite:/a:b/x@y.db", "sqlite:/a:b/x@y.db" },
    { "file:x.db?mode=ro&key=s3cret", "file:x.db?mode=ro&key=***" },
    { "db/x.sqlite3", "db/x.sqlite3" },
    { "${DATABASE_URL}", "${DATABASE_URL}" },
    /* conninfo */
    { "host=h user=me dbname=db", "host=h user=me dbname=db" },
    { "host=h password=s3cret dbname=db", "host=h password=*** dbname=db" },
    { "password=s3cret", "password=***" },
    { " password = s3cret host=h", " password = *** host=h" },
    { "PASSWORD=s3cret", "PASSWORD=***" },
    { "password='s3 cret' host=h", "password=*** host=h" },
    { "password='s3\\'cr et' host=h", "password=*** host=h" },
    { "password=s3\\ cret host=h", "password=*** host=h" },
    { "password='s3''cret' host=h", "password=*** host=h" },
    { "password=s3 cret host=h", "password=*** host=h" },
    { "password='s3cret host=h", "password=***" },
    { "password=s3cr\\", "password=***" },
    { "password=", "password=***" },
    { "password=a://b host=h", "password=*** host=h" },
    { "user=me password=x://me:s3@h host=h", "user=me password=*** host=h" },
    { "url=postgres://me:s3cret@h/db", "url=postgres://me:***@h/db" },
    { "sslpassword=s3cret passfile=/x", "sslpassword=*** passfile=***" },
    { "options='-c x=y' application_name=a@b:c", "options='-c x=y' application_name=a@b:c" },
};

Test(secret, urls)
{
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        cr_expect_str_eq(url_redact(a, urls[i].url), urls[i].want, "%s gives %s", urls[i].url,
                         url_redact(a, urls[i].url));
    cr_expect_str_eq(url_redact(a, NULL), "");
    arena_close(a);
}

/* Wherever a URL is cut, and whatever stands around it, the password is not shown. */
Test(secret, a_url_in_pieces)
{
    static const char *const whole[] = { "postgres://me:s3cret@host:5432/db?sslmode=require",
                                         "postgresql://me:s3cret@[::1]/db?user=a@b", "host=h password='s3cret' user=me",
                                         "postgres://h/db?sslmode=x&password=s3cret&user=me" };
    struct arena *a = arena_open();
    size_t at;

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        cr_assert(text_find(text_from(whole[i]), "s3cret", &at));
        for (size_t end = at + 6; end <= strlen(whole[i]); end++) {
            const char *cut = arena_cstr(a, (struct text) { whole[i], end });

            cr_expect(!strstr(url_redact(a, cut), "s3cret"), "%s", cut);
            cr_expect(!strstr(url_redact(a, arena_printf(a, "database: \"%s\"  # x", cut)), "s3cret"), "%s", cut);
            cr_expect(!strstr(url_redact(a, arena_printf(a, "{url: postgres://p/d, direct: \"%s\"}", cut)), "s3cret"),
                      "%s", cut);
        }
    }
    arena_close(a);
}

static const struct {
    const char *sql, *secret, *want;
} statements[] = {
    { "SELECT 1", NULL, "SELECT 1" },
    { "SELECT 1", "", "SELECT 1" },
    { "ALTER ROLE me PASSWORD 's3cret'", NULL, "ALTER ROLE me PASSWORD '***'" },
    { "alter role me encrypted password\n\t's3cret' LOGIN", NULL, "alter role me encrypted password\n\t'***' LOGIN" },
    { "PASSWORD's3cret'", NULL, "PASSWORD'***'" },
    { "PASSWORD 's3''cr''et';", NULL, "PASSWORD '***';" },
    { "PASSWORD E's3\\'cret';", NULL, "PASSWORD '***';" },
    { "PASSWORD e's3\\\\';", NULL, "PASSWORD '***';" },
    { "PASSWORD U&'s3cret';", NULL, "PASSWORD '***';" },
    { "PASSWORD $$s3'cret$$;", NULL, "PASSWORD '***';" },
    { "PASSWORD $a$s3$$cr$b$et$a$;", NULL, "PASSWORD '***';" },
    { "PASSWORD $a$s3cret", NULL, "PASSWORD '***'" },
    { "PASSWORD 's3cret", NULL, "PASSWORD '***'" },
    { "PASSWORD /* x */ -- y\n 's3cret'", NULL, "PASSWORD /* x */ -- y\n '***'" },
    { "PASSWORD 's3'\n  'cret' VALID", NULL, "PASSWORD '***' VALID" },
    { "PASSWORD NULL", NULL, "PASSWORD NULL" },
    { "PASSWORD $1", NULL, "PASSWORD $1" },
    { "PASSWORD", NULL, "PASSWORD" },
    { "password = 's3cret'", NULL, "password = '***'" },
    { "f(password => 's3cret', x => 'y')", NULL, "f(password => '***', x => 'y')" },
    { "SET x.password TO 's3cret'", NULL, "SET x.password TO '***'" },
    { "UPDATE u SET password = crypt(x)", NULL, "UPDATE u SET password = crypt(x)" },
    { "ALTER TABLE u ADD password text DEFAULT 'x'", NULL, "ALTER TABLE u ADD password text DEFAULT 'x'" },
    { "CREATE TABLE passwords (password_hash text DEFAULT 'x')", NULL,
      "CREATE TABLE passwords (password_hash text DEFAULT 'x')" },
    { "CREATE SUBSCRIPTION s CONNECTION 'host=h password=s3cret user=me' PUBLICATION p", NULL,
      "CREATE SUBSCRIPTION s CONNECTION 'host=h password=*** user=me' PUBLICATION p" },
    { "dblink('password=s3cret')", NULL, "dblink('password=***')" },
    { "dblink('postgres://me:s3cret@h/db')", NULL, "dblink('postgres://me:***@h/db')" },
    { "could not connect to \"postgres://me:s3cret@h/db\": x", NULL,
      "could not connect to \"postgres://me:***@h/db\": x" },
    { "see https://example.org/a:b and me@x", NULL, "see https://example.org/a:b and me@x" },
    { "a s3cret b s3cret", "s3cret", "a *** b ***" },
    { "s3cretary", "s3cret", "***ary" },
    { "s3cre", "s3cret", "s3cre" },
    { "PASSWORD 's3cret' s3cret", "s3cret", "PASSWORD '***' ***" },
};

Test(secret, statements)
{
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        const char *got = text_without_secrets(a, text_from(statements[i].sql), statements[i].secret);

        cr_expect_str_eq(got, statements[i].want, "%s gives %s", statements[i].sql, got);
    }
    arena_close(a);
}

/* Hostile text costs no more than its length. */
Test(secret, long_texts, .timeout = 20)
{
    static const char *const pieces[] = { "password ", "password='", "password $a$ ", "://a:b", "@:",
                                          "a=b ",      "'",          "password=/*" };
    struct arena *a = arena_open();

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf text = buf_open(a, SIZE_MAX / 2);

        while (text.len < 200000)
            buf_string(&text, pieces[i]);
        cr_expect(strlen(text_without_secrets(a, buf_content(&text), "x")) > 0, "%s", pieces[i]);
        cr_expect(strlen(url_redact(a, buf_cstr(&text))) > 0, "%s", pieces[i]);
    }
    arena_close(a);
}
