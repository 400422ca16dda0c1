#include "dialects/sqlite/holder.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

struct wanted {
    struct stat file;
    const char *type;
    uint64_t from, to;
};

/* "lock:	1: OFDLCK ADVISORY WRITE -1 fe:01:8519 9223372036837998592 9223372036837998592" */
static bool line_is(struct text line, const struct wanted *w)
{
    enum { NUMBER = 1, TYPE, KIND, MODE, PID, INODE, FIRST };
    uint64_t first;
    bool right = true;

    if (!text_starts(line, "lock:"))
        return false;
    for (size_t field = 0; line.len; field++) {
        size_t end = 0;
        struct text word;

        line = text_trim(line);
        while (end < line.len && !text_is_space(line.at[end]))
            end++;
        word = text_cut(line, 0, end);
        line = text_cut(line, end, line.len);
        if (field == TYPE)
            right = right && text_is(word, w->type);
        else if (field == MODE)
            right = right && text_is(word, "WRITE");
        else if (field == FIRST)
            return right && text_to_u64(word, &first) && first >= w->from && first <= w->to;
    }
    return false;
}

static bool fd_holds(const char *pid, const char *fd, const struct wanted *w)
{
    char path[64], text[2048];
    struct text rest, line;
    struct stat st;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%.16s/fd/%.16s", pid, fd);
    if (stat(path, &st) != 0 || st.st_dev != w->file.st_dev || st.st_ino != w->file.st_ino)
        return false;
    snprintf(path, sizeof path, "/proc/%.16s/fdinfo/%.16s", pid, fd);
    f = fopen(path, "re");
    if (!f)
        return false;
    rest = (struct text) { text, fread(text, 1, sizeof text, f) };
    fclose(f);
    while (text_line(&rest, &line))
        if (line_is(line, w))
            return true;
    return false;
}

static bool process_holds(const char *pid, const struct wanted *w)
{
    char path[64];
    const struct dirent *entry;
    bool holds = false;
    DIR *fds;

    snprintf(path, sizeof path, "/proc/%.16s/fd", pid);
    fds = opendir(path);
    if (!fds)
        return false;
    while (!holds && (entry = readdir(fds)) != NULL)
        holds = text_is_digit(entry->d_name[0]) && fd_holds(pid, entry->d_name, w);
    closedir(fds);
    return holds;
}

static const char *process_shown(const char *pid, struct arena *a)
{
    char path[64], name[64];
    struct text command;
    FILE *f;

    snprintf(path, sizeof path, "/proc/%.16s/comm", pid);
    f = fopen(path, "re");
    if (!f)
        return arena_printf(a, "pid %s", pid);
    command = text_trim((struct text) { name, fread(name, 1, sizeof name, f) });
    fclose(f);
    return arena_printf(a, "pid %s (%s)", pid, text_shown(a, command));
}

const char *sqlite_holder(const char *path, const char *type, uint64_t from, uint64_t to, struct arena *a)
{
    struct wanted w = { .type = type, .from = from, .to = to };
    const char *holder = NULL;
    const struct dirent *entry;
    uint64_t pid;
    DIR *proc;

    if (stat(path, &w.file) != 0)
        return NULL;
    proc = opendir("/proc");
    while (proc && !holder && (entry = readdir(proc)) != NULL)
        if (text_to_u64(text_from(entry->d_name), &pid) && pid != (uint64_t)getpid() &&
            process_holds(entry->d_name, &w))
            holder = process_shown(entry->d_name, a);
    if (proc)
        closedir(proc);
    return holder;
}
