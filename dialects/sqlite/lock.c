#include "dialects/sqlite/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "dialects/sqlite/holder.h"
#include "dialects/sqlite/waiting.h"

static const uint64_t lock_byte = 0x7fffffff000000;

static int byte_lock(int fd, short type)
{
    struct flock byte = { .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)lock_byte, .l_len = 1 };

    return fcntl(fd, F_OFD_SETLK, &byte) == 0 ? 0 : errno;
}

static bool is_same_file(const struct sqlite_db *c)
{
    struct stat ours, there;

    return fstat(c->lock_fd, &ours) == 0 && stat(c->address.path, &there) == 0 && ours.st_dev == there.st_dev &&
           ours.st_ino == there.st_ino;
}

static bool refuse_replaced(const struct sqlite_db *c, struct err *e)
{
    err_plain(e, ERR_DATABASE, "the file %s was removed or replaced while merganser had it open", c->address.path);
    return err_hint(e, "see that nothing else makes it anew, then look with `merganser status`");
}

static bool refuse_locked(const struct sqlite_db *c, const struct lock_request *r, int64_t waited, struct err *e)
{
    struct arena *a = arena_open();
    const char *holder = sqlite_holder(c->address.path, "OFDLCK", lock_byte, lock_byte, a);

    err_plain(e, ERR_LOCKED, "another run has the lock of %s in %s: %s; waited %s", r->ledger, c->address.path,
              holder ? holder : "a process that can't be seen from here", text_duration(a, waited));
    arena_close(a);
    return err_hint(e, "wait until it has ended, then run the command again");
}

static void waiting_tell(const struct sqlite_db *c, const struct lock_request *r)
{
    struct arena *a = arena_open();
    const char *holder;

    if (r->waiting) {
        holder = sqlite_holder(c->address.path, "OFDLCK", lock_byte, lock_byte, a);
        r->waiting(r->to, holder ? holder : "another process");
    }
    arena_close(a);
}

static bool lock_wait(struct sqlite_db *c, const struct lock_request *r, int64_t *waited, struct err *e)
{
    int64_t began = time_monotonic_ms();

    for (int tries = 0;; tries++) {
        int code = byte_lock(c->lock_fd, F_WRLCK);

        *waited = time_monotonic_ms() - began;
        if (code == 0)
            return true;
        if (code != EAGAIN && code != EACCES && code != EINTR) {
            err_plain(e, ERR_SYSTEM, "can't lock %s: %s", c->address.path, strerror(code));
            return err_hint(e, "the file system must know locks: put the database on a local disk");
        }
        if (!interrupt_check(e))
            return false;
        if (*waited >= r->wait_ms)
            return refuse_locked(c, r, *waited, e);
        if (tries == 0)
            waiting_tell(c, r);
        sqlite_waiting_pause(tries);
    }
}

bool sqlite_lock(struct db *db, const struct lock_request *r, int64_t *waited_ms, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;

    *waited_ms = 0;
    if (!sqlite_writable(c, e))
        return false;
    if (c->locked)
        return err_plain(e, ERR_INTERNAL, "the lock of %s is taken twice", c->address.path);
    if (!lock_wait(c, r, waited_ms, e))
        return false;
    if (!is_same_file(c)) {
        byte_lock(c->lock_fd, F_UNLCK);
        return refuse_replaced(c, e);
    }
    c->locked = true;
    if (c->options.lock_timeout_ms < 0 && c->busy_ms < r->wait_ms)
        c->busy_ms = r->wait_ms;
    return true;
}

bool sqlite_unlock(struct db *db, struct err *e)
{
    struct sqlite_db *c = (struct sqlite_db *)db;
    bool was_locked = c->locked;
    int code;

    c->locked = false;
    if (!was_locked)
        return err_plain(e, ERR_DATABASE, "the lock of %s was not held any more", c->address.path);
    code = byte_lock(c->lock_fd, F_UNLCK);
    if (code)
        return err_plain(e, ERR_SYSTEM, "can't unlock %s: %s", c->address.path, strerror(code));
    return is_same_file(c) || refuse_replaced(c, e);
}
