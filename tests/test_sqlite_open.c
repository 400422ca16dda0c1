/* Which file is opened, how, and what a reader leaves behind. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dialects/sqlite/address.h"
#include "tests/support/rows.h"
#include "tests/support/sqlite.h"

/* path NULL: ERR_USAGE. */
static const struct {
    const char *url, *path, *uri;
    bool read_only;
    size_t notes;
} urls[] = {
    { "sqlite:", .path = NULL },
    { "sqlite:?mode=ro", .path = NULL },
    { "sqlite::memory:", .path = NULL },
    { "sqlite://:memory:", .path = NULL },
    { "sqlite:///:memory:", .path = NULL },
    { "file::memory:?cache=shared", .path = NULL },
    { "file:x.db?mode=memory", .path = NULL },
    { "sqlite:x.db?mode=wild", .path = NULL },
    { "file://example.org/x.db", .path = NULL },
    { "sqlite:x.db", "/base/x.db", "file:/base/x.db", false, 0 },
    { "sqlite3:db/x.sqlite3", "/base/db/x.sqlite3", "file:/base/db/x.sqlite3", false, 0 },
    { "sqlite://x.db", "/base/x.db", "file:/base/x.db", false, 0 },
    { "sqlite:///var/x.db", "/var/x.db", "file:/var/x.db", false, 0 },
    { "sqlite:////var/x.db", "//var/x.db", "file:/var/x.db", false, 0 },
    { "file:x.db", "/base/x.db", "file:/base/x.db", false, 0 },
    { "file:///var/x.db#top", "/var/x.db", "file:/var/x.db", false, 0 },
    { "file://localhost/var/x.db", "/var/x.db", "file:/var/x.db", false, 0 },
    { "file:x.db?mode=ro", "/base/x.db", "file:/base/x.db", true, 0 },
    { "sqlite:x.db?immutable=1", "/base/x.db", "file:/base/x.db", true, 0 },
    { "sqlite:x.db?immutable=0&vfs=unix-none", "/base/x.db", "file:/base/x.db?vfs=unix-none", false, 0 },
    { "sqlite:x.db?pool=5&timeout=5000&mode=rwc", "/base/x.db", "file:/base/x.db", false, 1 },
    { "sqlite:a%20b%3f%25%zz%00.db", "/base/a b?%%zz%00.db", "file:/base/a b%3f%25%25zz%2500.db", false, 0 },
    { "odd name?.db", "/base/odd name?.db", "file:/base/odd name%3f.db", false, 0 },
    { "/abs/x.db", "/abs/x.db", "file:/abs/x.db", false, 0 },
};

ParameterizedTestParameters(sqlite_open, urls)
{
    return rows_numbered(sizeof urls / sizeof *urls);
}

ParameterizedTest(size_t *row, sqlite_open, urls)
{
    struct arena *a = arena_open();
    struct notices notices = { .arena = a };
    struct sqlite_address at;
    struct err e;
    bool ok = sqlite_address_parse(&at, urls[*row].url, "/base", &notices, a, &e);

    cr_assert_eq(ok, urls[*row].path != NULL, "%s", urls[*row].url);
    if (ok) {
        cr_expect_str_eq(at.path, urls[*row].path);
        cr_expect_str_eq(sqlite_address_uri(&at, "", a), urls[*row].uri);
        cr_expect_eq(at.read_only, urls[*row].read_only);
        cr_expect_eq(notices.len, urls[*row].notes);
    } else {
        cr_expect_eq(e.kind, ERR_USAGE);
        cr_expect_neq(e.hint[0], '\0');
    }
    arena_close(a);
}

static const struct {
    const char *name, *content;
    bool claims;
} files[] = {
    { "absent.db", NULL, false },    { "empty.db", "", true },
    { "empty.sqlite", "", true },    { "empty.sqlite3", "", true },
    { "empty.txt", "", false },      { "text.db", "hello, this is no database", false },
    { "short.db", "SQLite", false }, { "any.name", "SQLite format 3", true },
};

ParameterizedTestParameters(sqlite_open, files)
{
    return rows_numbered(sizeof files / sizeof *files);
}

ParameterizedTest(size_t *row, sqlite_open, files)
{
    struct arena *a = arena_open();
    const char *folder = scratch_folder(a);
    const char *content = files[*row].content;

    /* The header's NUL is a part of it. */
    if (content)
        scratch_write(folder, files[*row].name,
                      (struct text) { content, strlen(content) + (text_ends(text_from(content), "format 3")) });
    cr_expect_eq(sqlite_address_claims(files[*row].name, folder), files[*row].claims, "%s", files[*row].name);
    cr_expect_not(sqlite_address_claims(".", folder));
    arena_close(a);
}

static void expect_refused(struct sqlite_place *p, enum err_kind kind, const char *words)
{
    struct db *db;

    cr_expect_not(db_open(&db, &p->options, p->a, &p->e));
    cr_expect_eq(p->e.kind, kind, "%s", p->e.message);
    cr_expect(strstr(p->e.message, words), "%s", p->e.message);
}

Test(sqlite_open, what_is_no_database_is_refused)
{
    struct sqlite_place p = sqlite_place_make();
    char garbage[600];

    memset(garbage, 'x', sizeof garbage);
    scratch_write(p.folder, "app.sqlite3", (struct text) { garbage, sizeof garbage });
    expect_refused(&p, ERR_DATABASE, "not a SQLite database");
    p.options.read_only = true;
    expect_refused(&p, ERR_DATABASE, "not a SQLite database");
    cr_expect_eq(scratch_read(p.a, p.path).len, sizeof garbage);
    sqlite_place_end(&p);
}

Test(sqlite_open, folders_and_pipes_are_refused)
{
    struct sqlite_place p = sqlite_place_make();

    p.options.url = arena_printf(p.a, "sqlite:%s", p.folder);
    expect_refused(&p, ERR_CONNECTION, "is a folder");
    cr_assert(mkfifo(p.path, 0600) == 0);
    p.options.url = p.url;
    expect_refused(&p, ERR_CONNECTION, "not a plain file");
    p.options.url = arena_printf(p.a, "sqlite:%s/no/such/x.db", p.folder);
    expect_refused(&p, ERR_CONNECTION, "folder");
    cr_expect(strstr(p.e.hint, "mkdir -p"), "%s", p.e.hint);
    p.options.url = arena_printf(p.a, "sqlite:%s/x.db?mode=rw", p.folder);
    expect_refused(&p, ERR_CONNECTION, "does not exist");
    p.options.url = arena_printf(p.a, "sqlite:%s/x.db?mode=ro", p.folder);
    expect_refused(&p, ERR_CONNECTION, "does not exist");
    sqlite_place_end(&p);
}

Test(sqlite_open, a_session_that_fails_says_which_statement)
{
    const char *session[] = { "PRAGMA cache_size = 10", "SET ROLE deployer", NULL };
    struct sqlite_place p = sqlite_place_make();

    p.options.session = session;
    expect_refused(&p, ERR_DATABASE, "the session's statement 2");
    session[1] = "BEGIN";
    expect_refused(&p, ERR_CONFIG, "transaction");
    sqlite_place_end(&p);
}

Test(sqlite_open, a_reader_does_not_make_the_file)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open_reading(&p);
    struct table_info table;
    struct unit_result result;
    struct unit unit = { 0 };

    cr_expect_not(db->info.exists);
    cr_expect_str_eq(sqlite_tables(&p, db), "");
    cr_assert(db_tables_find(db, &(struct table_name) { NULL, "schema_migrations" }, 1, &table, p.a, &p.e));
    cr_expect_not(table.exists);
    cr_expect_not(db_table_create(db, TABLE_SCHEMA_MIGRATIONS, table.name, &p.e));
    cr_expect_eq(p.e.kind, ERR_READ_ONLY);
    cr_expect_not(db_apply(db, &unit, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_READ_ONLY);
    cr_expect(db_reopen(db, &(struct reopen) { .said = "" }, &p.e));
    db_close(db);
    cr_expect_not(sqlite_file_exists(&p, ""));
    sqlite_place_end(&p);
}

Test(sqlite_open, it_says_what_it_is)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db;

    p.options.url = "sqlite3:app.sqlite3?pool=5&max_connections=3";
    p.options.base = p.folder;
    db = sqlite_place_open(&p, NULL);
    cr_expect_str_eq(db->info.dialect, "sqlite");
    cr_expect_str_eq(db->info.name, p.path);
    cr_expect_str_eq(db->info.shown, p.url);
    cr_expect_null(db->info.host);
    cr_expect_null(db->info.user);
    cr_expect(db->info.exists);
    cr_expect_not(db->info.read_only);
    cr_expect_not(db->info.pooled);
    cr_expect_neq(db->info.client[0], '\0');
    cr_assert_eq(p.notices.len, 1);
    cr_expect(strstr(p.notices.at[0].message, "pool, max_connections"), "%s", p.notices.at[0].message);
    db_close(db);
    sqlite_place_end(&p);
}

Test(sqlite_open, a_connection_can_be_made_again)
{
    struct sqlite_place p = sqlite_place_make();
    struct db *db = sqlite_place_open(&p, NULL);
    struct lock_request lock = { .ledger = "schema_migrations" };
    struct unit_result result;
    int64_t waited;

    cr_assert(db_lock(db, &lock, &waited, &p.e), "%s", p.e.message);
    cr_assert(sqlite_applies(&p, db, "CREATE TABLE a (x)", &result));
    cr_assert(db_reopen(db, &(struct reopen) { .said = "" }, &p.e), "%s", p.e.message);
    cr_expect_str_eq(sqlite_tables(&p, db), "a schema_migrations");
    cr_expect_not(db_unlock(db, &p.e));
    cr_assert(db_lock(db, &lock, &waited, &p.e), "%s", p.e.message);
    db_close(db);
    sqlite_place_end(&p);
}

/* A process without root's rights, in a folder that it can read. */
static void become_nobody(struct sqlite_place *p, mode_t folder, mode_t file)
{
    cr_assert(chmod(p->path, file) == 0);
    cr_assert(chmod(p->folder, folder) == 0);
    if (geteuid() == 0)
        cr_assert(seteuid(65534) == 0);
}

static void become_root_again(struct sqlite_place *p)
{
    if (getuid() == 0)
        cr_assert(seteuid(0) == 0);
    cr_assert(chmod(p->folder, 0755) == 0);
}

Test(sqlite_open, a_file_that_can_not_be_written_is_read)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit_result result;
    struct db *db = sqlite_place_open(&p, NULL);

    sqlite_set_up(&p, db, "CREATE TABLE a (x); INSERT INTO a VALUES (1);");
    db_close(db);
    become_nobody(&p, 0555, 0444);
    db = sqlite_place_open(&p, NULL);
    cr_expect(db->info.read_only);
    cr_expect_str_eq(sqlite_rows(&p, db, "a", "x"), "1");
    cr_expect_not(db_apply(db, &(struct unit) { 0 }, &result, &p.e));
    cr_expect_eq(p.e.kind, ERR_READ_ONLY, "%s", p.e.message);
    db_close(db);
    become_root_again(&p);
    sqlite_place_end(&p);
}

Test(sqlite_open, a_file_that_can_not_be_read_is_refused)
{
    struct sqlite_place p = sqlite_place_make();

    db_close(sqlite_place_open(&p, NULL));
    become_nobody(&p, 0755, 0);
    expect_refused(&p, ERR_CONNECTION, "Permission denied");
    become_root_again(&p);
    sqlite_place_end(&p);
}

Test(sqlite_open, a_folder_that_can_not_be_written_says_so)
{
    struct sqlite_place p = sqlite_place_make();
    struct unit_result result;
    struct db *db = sqlite_place_open(&p, NULL);

    sqlite_set_up(&p, db, "CREATE TABLE schema_migrations (version)");
    db_close(db);
    become_nobody(&p, 0555, 0666);
    db = sqlite_place_open(&p, NULL);
    cr_expect_not(db_apply(db, &(struct unit) { .script = sqlite_request(p.a, "CREATE TABLE a (x)") }, &result, &p.e));
    cr_expect_eq(result.outcome, UNIT_ROLLED_BACK);
    cr_expect(strstr(p.e.hint, "writable"), "%s: %s", p.e.message, p.e.hint);
    db_close(db);
    become_root_again(&p);
    sqlite_place_end(&p);
}

/* ---- what a reader leaves behind ---- */

static const char *const log_on[] = { "PRAGMA journal_mode = WAL", NULL };

/* A file with one row, made with a write-ahead log. */
static void logged_file(struct sqlite_place *p)
{
    struct db *db = sqlite_place_open(p, log_on);

    sqlite_set_up(p, db, "CREATE TABLE a (x); INSERT INTO a VALUES (1);");
    db_close(db);
    p->options.session = NULL;
}

static void expect_reads(struct sqlite_place *p, const char *rows)
{
    struct text before = scratch_read(p->a, p->path), after;
    struct db *db = sqlite_place_open_reading(p);

    cr_expect_str_eq(sqlite_rows(p, db, "a", "x"), rows);
    db_close(db);
    after = scratch_read(p->a, p->path);
    cr_expect(text_equal(before, after), "the file was changed");
}

Test(sqlite_open, a_reader_of_a_log_leaves_no_files)
{
    struct sqlite_place p = sqlite_place_make();

    logged_file(&p);
    cr_assert_not(sqlite_file_exists(&p, "-wal"));
    expect_reads(&p, "1");
    cr_expect_not(sqlite_file_exists(&p, "-wal"));
    cr_expect_not(sqlite_file_exists(&p, "-shm"));
    p.options.url = arena_printf(p.a, "file:%s?mode=ro", p.path);
    expect_reads(&p, "1");
    cr_expect_not(sqlite_file_exists(&p, "-wal"));
    cr_expect_not(sqlite_file_exists(&p, "-shm"));
    sqlite_place_end(&p);
}

Test(sqlite_open, a_log_is_read_where_nothing_can_be_made)
{
    struct sqlite_place p = sqlite_place_make();

    logged_file(&p);
    become_nobody(&p, 0555, 0444);
    expect_reads(&p, "1");
    become_root_again(&p);
    cr_expect_not(sqlite_file_exists(&p, "-shm"));
    sqlite_place_end(&p);
}

/* A log that a killed writer left, with one more row in it. */
static void left_log(struct sqlite_place *p)
{
    int pid;

    logged_file(p);
    pid = fork();
    if (pid == 0) {
        sqlite_set_up(p, sqlite_place_open(p, NULL), "INSERT INTO a VALUES (2)");
        raise(SIGKILL);
    }
    cr_assert_eq(process_wait(pid), 128 + SIGKILL);
    cr_assert(sqlite_file_exists(p, "-wal"));
    cr_assert(sqlite_file_exists(p, "-shm"));
}

Test(sqlite_open, a_log_that_a_crash_left_is_read_and_stays)
{
    struct sqlite_place p = sqlite_place_make();
    struct text before;

    left_log(&p);
    before = scratch_read(p.a, arena_printf(p.a, "%s-wal", p.path));
    expect_reads(&p, "1;2");
    cr_expect(text_equal(before, scratch_read(p.a, arena_printf(p.a, "%s-wal", p.path))));
    sqlite_place_end(&p);
}

Test(sqlite_open, a_log_without_its_index_is_read_and_stays)
{
    struct sqlite_place p = sqlite_place_make();

    left_log(&p);
    cr_assert(unlink(arena_printf(p.a, "%s-shm", p.path)) == 0);
    expect_reads(&p, "1;2");
    cr_expect(sqlite_file_exists(&p, "-wal"));
    cr_expect_not(sqlite_file_exists(&p, "-shm"));
    sqlite_place_end(&p);
}

Test(sqlite_open, a_reader_can_not_write)
{
    struct sqlite_place p = sqlite_place_make();
    const char *session[] = { "INSERT INTO a VALUES (9)", NULL };

    logged_file(&p);
    p.options.session = session;
    expect_reads(&p, "1");
    sqlite_place_end(&p);
}
