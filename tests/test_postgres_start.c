/* Connecting in two parts, with other work between them. */
#include <criterion/criterion.h>

#include "tests/support/postgres_unit.h"

static struct unit_db *b;

static void setup(void)
{
    b = unit_bare();
}

static void teardown(void)
{
    unit_close(b);
}

TestSuite(postgres_start, .init = setup, .fini = teardown, .timeout = 60);

static struct db_options options(const char *url)
{
    return (struct db_options) {
        .url = url, .base = "/", .application = "merganser", .lock_timeout_ms = -1, .statement_timeout_ms = -1
    };
}

/* As a long listing does: more often than there is something to do. */
static void advance_often(struct db *db)
{
    for (int i = 0; i < 5000; i++)
        db_advance(db);
}

Test(postgres_start, is_connected_when_the_files_are_read)
{
    struct db_options o = options(b->conninfo);

    cr_assert(db_start(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_assert(b->db);
    advance_often(b->db);
    db_advance(b->db);
    cr_assert(db_finish(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_expect_str_eq(b->db->info.dialect, "postgres");
    cr_expect(b->db->info.exists && !b->db->info.pooled);
}

Test(postgres_start, needs_no_advance)
{
    struct db_options o = options(b->conninfo);

    cr_assert(db_start(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_assert(db_finish(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_expect(b->db->info.exists);
}

Test(postgres_start, may_end_before_it_is_finished)
{
    struct db_options o = options(b->conninfo);

    cr_assert(db_start(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    db_close(b->db);
    cr_assert(db_start(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    advance_often(b->db);
    db_close(b->db);
    b->db = NULL;
}

static const struct {
    const char *name, *url;
    bool starts;
    enum err_kind kind;
} failing[] = {
    { "nobody listens", "host=127.0.0.1 port=1 user=postgres", true, ERR_CONNECTION },
    { "no such socket", "host=/nowhere user=postgres", true, ERR_CONNECTION },
    { "no such host", "host=nohost.invalid user=postgres", true, ERR_CONNECTION },
    { "unknown scheme", "oracle://x", false, ERR_USAGE },
};

Test(postgres_start, tells_at_the_end_what_failed)
{
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
        struct db_options o = options(failing[i].url);
        bool started = db_start(&b->db, &o, b->arena, &b->err);

        cr_expect_eq(started, failing[i].starts, "%s", failing[i].name);
        if (started) {
            db_advance(b->db);
            cr_expect(!db_finish(&b->db, &o, b->arena, &b->err), "%s", failing[i].name);
        }
        cr_expect_eq(b->err.kind, failing[i].kind, "%s: %s", failing[i].name, b->err.message);
        cr_expect(!b->db, "%s", failing[i].name);
    }
}

Test(postgres_start, opens_at_the_end_what_knows_no_two_parts)
{
    struct db_options o = options("sqlite:/none.sqlite3");

    o.read_only = true;
    cr_assert(db_start(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_expect(!b->db);
    db_advance(b->db);
    cr_assert(db_finish(&b->db, &o, b->arena, &b->err), "%s", b->err.message);
    cr_expect_str_eq(b->db->info.dialect, "sqlite");
    cr_expect(!b->db->info.exists);
}
