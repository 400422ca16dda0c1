#include "dialects/postgres/dump_access.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/descriptor.h"

enum { SERVICE_LINE_MAX = 900 }; /* libpq's parseServiceFile gives up lines of a kB */

#define SERVICE "merganser"

struct variables {
    const char **at;
    size_t len, cap;
};

/* Ours and the caller's connection: what holds is said anew. How a dump is encoded stays the caller's affair, and so do
 * the folders of libpq's own files. */
static bool is_dropped(const char *variable)
{
    static const char *const kept[] = { "PGCLIENTENCODING=", "PGSYSCONFDIR=", "PGLOCALEDIR=", "PGTZ=", "PGDATESTYLE=" };
    struct text v = text_from(variable);

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (text_starts(v, kept[i]))
            return false;
    return text_starts(v, "PG") || text_starts(v, "DATABASE_URL=") || text_starts(v, "MERGANSER_");
}

static void set(struct variables *v, const char *name, const char *value, struct arena *a)
{
    *arena_push(a, v) = arena_printf(a, "%s=%s", name, value);
}

/* libpq takes white space off the end of a line. */
static bool fits_service(const char *value)
{
    struct text v = text_from(value);
    size_t at;

    return v.len < SERVICE_LINE_MAX && !text_find(v, "\n", &at) && !text_is_space(v.at[v.len - 1]);
}

/* A value as the connection has it, where that is more than was asked for: one of several hosts, a password from a
 * file. */
static const char *value_of(const struct pg *pg, const PQconninfoOption *o)
{
    static const struct {
        const char *keyword;
        char *(*now)(const PGconn *conn);
    } known[] = { { "host", PQhost }, { "hostaddr", PQhostaddr }, { "port", PQport },
                  { "user", PQuser }, { "dbname", PQdb },         { "password", PQpass } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(o->keyword, known[i].keyword) == 0)
            return strcmp(o->keyword, "hostaddr") == 0 && !(o->val && *o->val) ? NULL : known[i].now(pg->conn);
    return o->val;
}

static bool is_passed_over(const char *keyword)
{
    static const char *const over[] = { "service", "servicefile", "client_encoding", "application_name" };

    for (size_t i = 0; i < sizeof over / sizeof *over; i++)
        if (strcmp(keyword, over[i]) == 0)
            return true;
    return false;
}

/* dispchar "*" is libpq's mark for a secret. */
static void divide(struct variables *v, struct buf *service, const struct pg *pg, const PQconninfoOption *o,
                   struct arena *a)
{
    const char *value = value_of(pg, o);

    if (!value || !*value || is_passed_over(o->keyword))
        return;
    if (*o->dispchar == '*' && fits_service(value))
        buf_printf(service, "%s=%s\n", o->keyword, value);
    else if (o->envvar)
        set(v, o->envvar, value, a);
}

static bool make_file(int *fd, struct text content, struct err *e)
{
    *fd = memfd_create("service", MFD_CLOEXEC);
    if (*fd >= 0 && fchmod(*fd, S_IRUSR | S_IWUSR) == 0 && descriptor_write(*fd, content))
        return true;
    return err_plain(e, ERR_SYSTEM, "can't make a file in memory for pg_dump: %s", strerror(errno));
}

bool dump_access_open(struct dump_access *out, const struct pg *pg, struct arena *a, struct err *e)
{
    PQconninfoOption *options = PQconninfo(pg->conn);
    struct buf service = buf_open(a, SIZE_MAX / 2);
    struct variables v = { 0 };
    bool ok = true;

    out->descriptor = -1;
    for (char **inherited = environ; *inherited; inherited++)
        if (!is_dropped(*inherited))
            *arena_push(a, &v) = *inherited;
    set(&v, "PGAPPNAME", pg->options.application, a);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        divide(&v, &service, pg, o, a);
    PQconninfoFree(options);
    if (service.len) {
        ok = make_file(&out->descriptor, text_from(arena_printf(a, "[" SERVICE "]\n%s", buf_cstr(&service))), e);
        set(&v, "PGSERVICEFILE", "/dev/fd/3", a);
        set(&v, "PGSERVICE", SERVICE, a);
    }
    arena_push(a, &v);
    out->environment = v.at;
    if (!ok)
        dump_access_close(out);
    return ok;
}

void dump_access_close(struct dump_access *access)
{
    if (access->descriptor >= 0)
        close(access->descriptor);
    access->descriptor = -1;
}
