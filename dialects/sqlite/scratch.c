#include "dialects/sqlite/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

#define PREFIX "merganser-scratch-"
#define SCHEME "sqlite:"

static const char *folder(void)
{
    const char *named = getenv("TMPDIR");

    return named && *named == '/' ? named : "/tmp";
}

static void remove_all(const char *path, struct arena *a)
{
    static const char *const endings[] = { "", "-journal", "-wal", "-shm" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(arena_printf(a, "%s%s", path, endings[i]));
}

/* "merganser-scratch-PID-XXXXXX", ours, of a process that is gone. */
static bool is_left_behind(const char *name, const char *path)
{
    struct text rest = text_from(name), digits;
    struct stat st;
    uint64_t pid;
    size_t dash;

    if (!text_starts(rest, PREFIX))
        return false;
    rest = text_cut(rest, strlen(PREFIX), rest.len);
    if (!text_find(rest, "-", &dash) || rest.len != dash + 7)
        return false;
    digits = text_cut(rest, 0, dash);
    return text_to_u64(digits, &pid) && pid > 0 && pid < INT32_MAX && lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           st.st_uid == geteuid() && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void remove_left_behind(struct arena *a)
{
    DIR *d = opendir(folder());
    const struct dirent *f;

    while (d && (f = readdir(d))) {
        const char *path = arena_printf(a, "%s/%s", folder(), f->d_name);

        if (is_left_behind(f->d_name, path))
            remove_all(path, a);
    }
    if (d)
        closedir(d);
}

bool sqlite_scratch_make(const char **url, struct db *beside, struct arena *a, struct err *e)
{
    char *path = arena_printf(a, "%s/" PREFIX "%d-XXXXXX", folder(), (int)getpid());
    int fd;

    (void)beside;
    remove_left_behind(a);
    fd = mkstemp(path);
    if (fd < 0) {
        err_plain(e, ERR_SYSTEM, "can't make a scratch database in %s: %m", folder());
        return err_hint(e, "set TMPDIR to a folder that can be written to");
    }
    close(fd);
    *url = arena_printf(a, SCHEME "%s", path);
    return true;
}

bool sqlite_scratch_drop(struct db *beside, const char *url, struct err *e)
{
    struct text path = text_from(url);
    struct arena *a = arena_open();
    size_t at;

    (void)beside;
    *e = (struct err) { 0 };
    if (text_starts(path, SCHEME) && text_find(path, "/" PREFIX, &at))
        remove_all(url + strlen(SCHEME), a);
    else
        err_plain(e, ERR_INTERNAL, "what is to be removed is no scratch database");
    arena_close(a);
    return e->kind == ERR_NONE;
}
