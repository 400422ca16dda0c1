#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/holder.h"

#define CODE(name)                                                                                                     \
    {                                                                                                                  \
        name, #name                                                                                                    \
    }

/* https://www.sqlite.org/rescode.html; a code that is not here is shown by its primary one. */
static const struct {
    int code;
    const char *name;
} names[] = {
    CODE(SQLITE_PERM),
    CODE(SQLITE_BUSY),
    CODE(SQLITE_BUSY_RECOVERY),
    CODE(SQLITE_BUSY_SNAPSHOT),
    CODE(SQLITE_LOCKED),
    CODE(SQLITE_NOMEM),
    CODE(SQLITE_READONLY),
    CODE(SQLITE_READONLY_RECOVERY),
    CODE(SQLITE_READONLY_CANTLOCK),
    CODE(SQLITE_READONLY_ROLLBACK),
    CODE(SQLITE_READONLY_DBMOVED),
    CODE(SQLITE_READONLY_CANTINIT),
    CODE(SQLITE_READONLY_DIRECTORY),
    CODE(SQLITE_IOERR),
    CODE(SQLITE_IOERR_READ),
    CODE(SQLITE_IOERR_WRITE),
    CODE(SQLITE_IOERR_FSYNC),
    CODE(SQLITE_CORRUPT),
    CODE(SQLITE_FULL),
    CODE(SQLITE_CANTOPEN),
    CODE(SQLITE_SCHEMA),
    CODE(SQLITE_TOOBIG),
    CODE(SQLITE_CONSTRAINT),
    CODE(SQLITE_CONSTRAINT_CHECK),
    CODE(SQLITE_CONSTRAINT_FOREIGNKEY),
    CODE(SQLITE_CONSTRAINT_NOTNULL),
    CODE(SQLITE_CONSTRAINT_PRIMARYKEY),
    CODE(SQLITE_CONSTRAINT_TRIGGER),
    CODE(SQLITE_CONSTRAINT_UNIQUE),
    CODE(SQLITE_CONSTRAINT_ROWID),
    CODE(SQLITE_CONSTRAINT_DATATYPE),
    CODE(SQLITE_MISMATCH),
    CODE(SQLITE_AUTH),
    CODE(SQLITE_NOTADB),
};

static const char *code_name(int code)
{
    for (int tried = code;; tried &= 0xff) {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (names[i].code == tried)
                return names[i].name;
        if (tried == (tried & 0xff))
            return "";
    }
}

enum {
    /* https://www.sqlite.org/lockingv3.html and os.h: the pending byte and what follows, in the database file */
    PENDING_BYTE = 0x40000000,
    PENDING_END = PENDING_BYTE + 512,
    /* https://www.sqlite.org/walformat.html, 2.3.1: WAL_WRITE_LOCK is byte 120 of the -shm file */
    WAL_WRITE_LOCK = 120
};

static const char *writer(const struct sqlite_db *c, struct arena *a)
{
    const char *path = c->address.path;
    const char *holder = sqlite_holder(path, "POSIX", PENDING_BYTE, PENDING_END, a);

    return holder ? holder : sqlite_holder(arena_printf(a, "%s-shm", path), "POSIX", WAL_WRITE_LOCK, WAL_WRITE_LOCK, a);
}

static bool busy(const struct sqlite_db *c, const char *doing, struct err *e)
{
    struct arena *a = arena_open();
    const char *holder = writer(c, a);

    err_plain(e, ERR_DATABASE, "can't %s: the database is locked by %s, waited %s", doing,
              holder ? holder : "another connection", text_duration(a, c->busy_ms));
    arena_close(a);
    return err_hint(e, "end what holds it, then run the command again");
}

bool sqlite_explain(const struct sqlite_db *c, int code, struct err *e)
{
    const char *name = code_name(code);

    if (*name)
        err_detail(e, "%s (%d)", name, code);
    switch (code & 0xff) {
    case SQLITE_READONLY:
        return err_hint(e, "the file and its folder must be writable: %s", c->address.path);
    case SQLITE_CANTOPEN:
        return err_hint(e, "SQLite makes files beside the database: is its folder writable? %s", c->address.folder);
    case SQLITE_CORRUPT:
        return err_hint(e, "look at it with: sqlite3 '%s' 'PRAGMA integrity_check'", c->address.path);
    case SQLITE_FULL:
        return err_hint(e, "make room for %s, then run the command again", c->address.path);
    default:
        return false;
    }
}

bool sqlite_failed(struct sqlite_db *c, const char *doing, struct err *e)
{
    int code = sqlite3_extended_errcode(c->handle);
    const char *message = sqlite3_errmsg(c->handle);

    switch (code & 0xff) {
    case SQLITE_INTERRUPT:
        if (interrupt_check(e))
            err_plain(e, ERR_DATABASE, "can't %s: it took longer than the statement timeout", doing);
        return false;
    case SQLITE_BUSY:
        return (c->finishing || interrupt_check(e)) && busy(c, doing, e);
    case SQLITE_READONLY:
        err_plain(e, ERR_READ_ONLY, "can't %s: %s", doing, message);
        break;
    case SQLITE_NOTADB:
        err_plain(e, ERR_DATABASE, "%s is not a SQLite database, or it is encrypted", c->address.path);
        break;
    case SQLITE_CANTOPEN:
        err_plain(e, ERR_CONNECTION, "can't %s: %s", doing, message);
        break;
    default:
        err_plain(e, ERR_DATABASE, "can't %s: %s", doing, message);
        break;
    }
    return sqlite_explain(c, code, e);
}
