#include "dialects/sqlite/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "dialects/sqlite/sqlite.h"
#include "dialects/sqlite/waiting.h"

enum { BUSY_MS = 5000 };

/* How the file is opened. A reader must leave nothing behind that was not there, and SQLite's read-only open is not
 * enough for that: with a write-ahead log it makes -wal and -shm and, unable to write, leaves them. */
enum manner {
    MANNER_WRITE,
    MANNER_READ,       /* SQLite's own read-only */
    MANNER_READ_CLEAN, /* able to write, asked not to: so that closing removes -wal and -shm, or a crash's journal
                          can be rolled back, without which nothing can be read */
    MANNER_READ_ALONE, /* a -wal without its -shm: read in memory, under an exclusive lock, and left as it is */
    MANNER_READ_STILL  /* immutable: nobody has a log open, and we can't make one */
};

static bool is_there(const char *path, const char *ending, struct arena *a)
{
    struct stat st;

    return stat(arena_printf(a, "%s%s", path, ending), &st) == 0;
}

/* By the effective user, unlike access(). */
static bool allows(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

static enum manner manner_of(const struct sqlite_db *c)
{
    const char *path = c->address.path;
    bool may_write = !c->address.read_only && allows(path, W_OK) && allows(c->address.folder, W_OK);
    bool log, log_index;

    if (!c->options.read_only && !c->address.read_only)
        return MANNER_WRITE;
    if (c->address.immutable)
        return MANNER_READ_STILL;
    if (sqlite_address_journal(path) != 2)
        return MANNER_READ;
    log = is_there(path, "-wal", c->arena);
    log_index = is_there(path, "-shm", c->arena);
    if (!log)
        return may_write ? MANNER_READ_CLEAN : MANNER_READ_STILL;
    return log_index || !may_write ? MANNER_READ : MANNER_READ_ALONE;
}

static bool handle_manner(struct sqlite_db *c, enum manner manner, struct err *e)
{
    bool writes = manner == MANNER_WRITE || manner == MANNER_READ_CLEAN || manner == MANNER_READ_ALONE;
    int flags = SQLITE_OPEN_URI | (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    const char *extra = manner == MANNER_READ_STILL ? "immutable=1" : "";

    if (sqlite3_open_v2(sqlite_address_uri(&c->address, extra, c->arena), &c->handle, flags, NULL) != SQLITE_OK)
        return sqlite_failed(c, "open the database", e);
    sqlite3_extended_result_codes(c->handle, 1);
    sqlite_waiting_install(c);
    /* Off whatever the library was built with: session or a script turns them on. */
    sqlite3_db_config(c->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
    if (manner == MANNER_READ_ALONE) {
        sqlite3_db_config(c->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        if (!sqlite_run(c, "PRAGMA locking_mode=EXCLUSIVE", "open the database", e))
            return false;
    }
    if (manner != MANNER_WRITE && !sqlite_run(c, "PRAGMA query_only=1", "open the database", e))
        return false;
    /* Opening alone reads nothing. */
    return sqlite_run(c, "SELECT 1 FROM sqlite_schema LIMIT 1", "read the database", e);
}

static void handle_close(struct sqlite_db *c)
{
    for (size_t i = 0; i < SQLITE_CACHED; i++) {
        sqlite3_finalize(c->cached[i]);
        c->cached[i] = NULL;
    }
    sqlite3_close(c->handle);
    c->handle = NULL;
}

static bool session_run(struct sqlite_db *c, struct err *e)
{
    for (size_t i = 0; c->options.session && c->options.session[i]; i++) {
        const char *doing = arena_printf(c->arena, "run the session's statement %zu", i + 1);

        if (sqlite_run(c, c->options.session[i], doing, e))
            continue;
        /* A reader does not need what a writer's session changes in the file. */
        if (c->options.read_only && e->kind == ERR_READ_ONLY)
            continue;
        return err_hint(e, "correct `session` in merganser.yml; its statements are run on every connection");
    }
    if (sqlite_in_transaction(c)) {
        sqlite_rollback(c);
        err_plain(e, ERR_CONFIG, "the session's statements leave a transaction open");
        return err_hint(e, "take BEGIN out of `session` in merganser.yml");
    }
    return true;
}

static bool handle_open(struct sqlite_db *c, struct err *e)
{
    enum manner manner = manner_of(c);

    if (!handle_manner(c, manner, e)) {
        int code = sqlite3_extended_errcode(c->handle);

        handle_close(c);
        if (manner != MANNER_READ || code != SQLITE_READONLY_ROLLBACK || c->address.read_only)
            return false;
        if (!handle_manner(c, MANNER_READ_CLEAN, e)) {
            handle_close(c);
            return false;
        }
    }
    if (session_run(c, e))
        return true;
    handle_close(c);
    return false;
}

/* Says what SQLite would only call "unable to open database file". */
static bool path_check(const struct sqlite_db *c, bool *exists, struct err *e)
{
    const char *path = c->address.path;
    struct stat st;

    *exists = stat(path, &st) == 0;
    if (*exists && S_ISDIR(st.st_mode)) {
        err_plain(e, ERR_CONNECTION, "the database %s is a folder", path);
        return err_hint(e, "name a file in it: sqlite:%s/NAME.sqlite3", path);
    }
    if (*exists && !S_ISREG(st.st_mode))
        return err_plain(e, ERR_CONNECTION, "the database %s is not a plain file", path);
    if (*exists || errno == ENOENT)
        return true;
    return err_plain(e, ERR_CONNECTION, "can't reach the database %s: %s", path, strerror(errno));
}

/* Of a database that is not there yet. */
static bool folder_check(const struct sqlite_db *c, struct err *e)
{
    struct stat st;

    if (stat(c->address.folder, &st) == 0 && S_ISDIR(st.st_mode))
        return true;
    err_plain(e, ERR_CONNECTION, "the database's folder %s does not exist", c->address.folder);
    return err_hint(e, "make it with: mkdir -p '%s'", c->address.folder);
}

static bool lock_file_open(struct sqlite_db *c, bool exists, struct err *e)
{
    const char *path = c->address.path;

    if (!exists && c->address.must_exist) {
        err_plain(e, ERR_CONNECTION, "the database %s does not exist, and mode=rw does not make it", path);
        return err_hint(e, "correct the path, or leave mode=rw out");
    }
    c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (c->lock_fd >= 0)
        return true;
    /* A file that can be read but not written is opened all the same: info.read_only says it. */
    if (exists && (errno == EACCES || errno == EROFS || errno == EPERM) && allows(path, R_OK))
        return true;
    err_plain(e, ERR_CONNECTION, "can't open the database %s: %s", path, strerror(errno));
    return err_hint(e, "the file and its folder must be writable");
}

static void connection_drop(struct sqlite_db *c)
{
    handle_close(c);
    /* Last: closing any descriptor of the file ends the locks that SQLite has on it. */
    if (c->lock_fd >= 0)
        close(c->lock_fd);
    c->lock_fd = -1;
    c->locked = false;
    c->session_changed = false;
}

static bool connection_make(struct sqlite_db *c, struct err *e)
{
    bool reads = c->options.read_only || c->address.read_only;
    bool exists;

    if (!path_check(c, &exists, e))
        return false;
    c->db.info.exists = exists || !reads;
    c->db.info.read_only = c->address.read_only;
    if (!exists && !folder_check(c, e))
        return false;
    if (!exists && reads)
        return c->options.read_only || err_plain(e, ERR_CONNECTION, "the database %s does not exist", c->address.path);
    if ((!reads && !lock_file_open(c, exists, e)) || !handle_open(c, e)) {
        connection_drop(c);
        return false;
    }
    if (!reads)
        c->db.info.read_only = sqlite3_db_readonly(c->handle, "main") == 1 || c->lock_fd < 0;
    else
        c->db.info.read_only = c->address.read_only || !allows(c->address.path, W_OK);
    return true;
}

bool sqlite_open(struct db **out, const struct db_options *o, struct arena *a, struct err *e)
{
    struct sqlite_db *c = arena_make(a, struct sqlite_db, 1);
    char host[256] = "";

    c->arena = a;
    c->options = *o;
    c->lock_fd = -1;
    c->busy_ms = o->lock_timeout_ms >= 0 ? o->lock_timeout_ms : BUSY_MS;
    if (!sqlite_address_parse(&c->address, o->url, o->base, o->notices, a, e))
        return false;
    gethostname(host, sizeof host - 1);
    c->db.dialect = &sqlite_dialect;
    c->db.info = (struct db_info) {
        .dialect = sqlite_dialect.name,
        .name = c->address.path,
        .client = arena_string(a, host),
        .shown = arena_printf(a, "sqlite:%s", c->address.path),
    };
    if (!connection_make(c, e))
        return false;
    *out = &c->db;
    return true;
}

void sqlite_close(struct db *db)
{
    connection_drop((struct sqlite_db *)db);
}

bool sqlite_reopen(struct db *db, struct reopen *how, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;

    how->why = LOSS_CUT;
    connection_drop(c);
    return connection_make(c, e);
}

bool sqlite_writable(struct sqlite_db *c, struct err *e)
{
    if (c->options.read_only)
        return err_plain(e, ERR_READ_ONLY, "%s was opened for reading only", c->address.path);
    if (!c->db.info.read_only)
        return sqlite_ready(c, e);
    err_plain(e, ERR_READ_ONLY, "%s can't be written", c->address.path);
    return err_hint(e, c->address.read_only ? "the database's URL says so: take mode=ro out of it"
                                            : "the file and its folder must be writable");
}

bool sqlite_ready(struct sqlite_db *c, struct err *e)
{
    if (!c->db.info.exists || (c->handle && !c->session_changed))
        return true;
    handle_close(c);
    c->session_changed = false;
    return handle_open(c, e);
}
