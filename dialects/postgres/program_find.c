#include <unistd.h>

#include "core/base/text.h"
#include "dialects/postgres/program.h"

enum { NEWER = 12 }; /* major versions above the server's that are looked for */

/* Where the packages of Debian and of Red Hat keep the programs of each major version. */
static const char *const folders[] = { "/usr/lib/postgresql/%d/bin/pg_dump", "/usr/pgsql-%d/bin/pg_dump" };

static const char *packaged(int major, struct arena *a)
{
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct text form = text_from(folders[i]);
        size_t at = 0;
        const char *path;

        text_find(form, "%d", &at);
        path = arena_printf(a, "%.*s%d%s", (int)at, form.at, major, form.at + at + 2);
        if (access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

static const char *in_path(const char *name, struct arena *a)
{
    const char *all = getenv("PATH");

    for (struct text rest = text_from(all); rest.len;) {
        size_t end = 0;
        const char *path;

        if (!text_find(rest, ":", &end))
            end = rest.len;
        path = arena_printf(a, "%.*s/%s", (int)end, rest.at, name);
        if (*path == '/' && end && access(path, X_OK) == 0)
            return path;
        rest = text_cut(rest, end + 1, rest.len);
    }
    return NULL;
}

static int number(struct text *rest)
{
    size_t n = 0;
    uint64_t value = 0;

    while (n < rest->len && text_is_digit(rest->at[n]))
        n++;
    text_to_u64(text_cut(*rest, 0, n), &value);
    *rest = text_cut(*rest, n, rest->len);
    return value < 1000 ? (int)value : 0;
}

/* "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" */
static bool versioned(struct program *p, struct arena *a, struct err *e)
{
    const char *const arguments[] = { "pg_dump", "--version", NULL };
    const struct program_run run = { arguments, (const char *const *)environ, -1 };
    struct program_output said;
    struct text rest;
    size_t at;

    if (!program_run(&said, p, &run, a, e))
        return false;
    rest = said.out;
    if (text_starts(rest, "pg_dump ") && text_find(rest, ") ", &at)) {
        rest = text_cut(rest, at + 2, rest.len);
        p->major = number(&rest);
        if (text_starts(rest, ".")) {
            rest = text_cut(rest, 1, rest.len);
            p->minor = number(&rest);
        }
    }
    if (p->major)
        return true;
    err_plain(e, ERR_SYSTEM, "%s is no pg_dump: it does not tell its version", p->path);
    return err_hint(e, "name another one with --pg-dump");
}

static bool hint_package(struct err *e, int major)
{
    return err_hint(e, "`apt install postgresql-client-%d` has it; or name one with --pg-dump, or MERGANSER_PG_DUMP",
                    major);
}

static bool too_old(const struct program *p, int server_major, struct err *e)
{
    err_plain(e, ERR_SYSTEM, "%s is of PostgreSQL %d, and the server is %d: a pg_dump reads no newer server", p->path,
              p->major, server_major);
    return hint_package(e, server_major);
}

static bool find_named(struct program *out, const char *named, int server_major, struct arena *a, struct err *e)
{
    out->path = strchr(named, '/') ? named : in_path(named, a);
    if (!out->path || access(out->path, X_OK) != 0) {
        err_plain(e, ERR_SYSTEM, "there is no program %s", named);
        return hint_package(e, server_major);
    }
    return versioned(out, a, e) && (out->major >= server_major || too_old(out, server_major, e));
}

bool program_find_dump(struct program *out, const char *named, int server_major, struct arena *a, struct err *e)
{
    struct program old = { 0 };
    const char *path;

    *out = (struct program) { 0 };
    if (named && *named)
        return find_named(out, named, server_major, a, e);
    out->path = packaged(server_major, a);
    if (out->path)
        return versioned(out, a, e);
    path = in_path("pg_dump", a);
    if (path) {
        out->path = path;
        if (!versioned(out, a, e) || out->major >= server_major)
            return out->major >= server_major;
        old = *out;
    }
    for (int newer = server_major + 1; newer <= server_major + NEWER; newer++) {
        *out = (struct program) { .path = packaged(newer, a) };
        if (out->path)
            return versioned(out, a, e);
    }
    if (old.path)
        return too_old(&old, server_major, e);
    err_plain(e, ERR_SYSTEM, "there is no pg_dump on this machine, which writes the dump of a PostgreSQL database");
    return hint_package(e, server_major);
}
