#include "dialects/sqlite/address.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"

static const char *const schemes[] = { "sqlite:", "sqlite3:", "file:", NULL };

/* What SQLite itself takes; cache=shared is not among them, since it changes how locks work. */
static const char *const own[] = { "mode", "immutable", "nolock", "psow", "vfs", NULL };

static bool is_one_of(struct text name, const char *const *list)
{
    for (size_t i = 0; list[i]; i++)
        if (text_is(name, list[i]))
            return true;
    return false;
}

static int hex_digit(char c)
{
    if (text_is_digit(c))
        return c - '0';
    c = text_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%20" as a blank; what is no such escape, or would be a NUL, stays as it is. */
static const char *decoded(struct arena *a, struct text t)
{
    struct buf out = buf_open(a, t.len + 1);

    for (size_t i = 0; i < t.len; i++) {
        int high = t.at[i] == '%' && i + 2 < t.len ? hex_digit(t.at[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(t.at[i + 2]) : -1;

        if (low >= 0 && high * 16 + low > 0) {
            buf_char(&out, (char)(high * 16 + low));
            i += 2;
        } else {
            buf_char(&out, t.at[i]);
        }
    }
    return buf_cstr(&out);
}

static const char *joined(struct arena *a, const char *base, const char *path)
{
    if (*path == '/' || !base || !*base)
        return path;
    return arena_printf(a, "%s/%s", base, path);
}

static const char *folder_of(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : arena_cstr(a, (struct text) { path, (size_t)(slash - path) });
}

static bool refuse_memory(struct err *e)
{
    err_plain(e, ERR_USAGE, "a database in memory would be gone at the end of the command");
    return err_hint(e, "name a file: sqlite:PATH");
}

static bool mode_take(struct sqlite_address *out, struct text value, struct err *e)
{
    if (text_is(value, "memory"))
        return refuse_memory(e);
    if (text_is(value, "ro"))
        out->read_only = true;
    else if (text_is(value, "rw"))
        out->must_exist = true;
    else if (!text_is(value, "rwc")) {
        err_plain(e, ERR_USAGE, "the database's URL has the unknown mode \"%.*s\"", (int)value.len, value.at);
        return err_hint(e, "SQLite has mode=ro, mode=rw and mode=rwc");
    }
    return true;
}

static bool parameters_take(struct sqlite_address *out, struct text query, struct notices *notices, struct arena *a,
                            struct err *e)
{
    struct buf kept = buf_open(a, query.len + 1);
    struct buf left_out = buf_open(a, 512);

    while (query.len) {
        size_t end = query.len, equals = 0;
        struct text pair, name, value = { "", 0 };

        text_find(query, "&", &end);
        pair = name = text_cut(query, 0, end);
        query = text_cut(query, end + 1, query.len);
        if (text_find(pair, "=", &equals)) {
            name = text_cut(pair, 0, equals);
            value = text_cut(pair, equals + 1, pair.len);
        }
        if (!name.len)
            continue;
        if (!is_one_of(name, own)) {
            buf_printf(&left_out, "%s%.*s", left_out.len ? ", " : "", (int)name.len, name.at);
            continue;
        }
        if (text_is(name, "mode") && !mode_take(out, value, e))
            return false;
        if (text_is(name, "immutable") && !is_one_of(value, (const char *[]) { "0", "no", "off", "false", NULL }))
            out->immutable = out->read_only = true;
        /* The mode and immutable are asked for by how the file is opened. */
        if (!text_is(name, "mode") && !text_is(name, "immutable")) {
            buf_string(&kept, kept.len ? "&" : "");
            buf_text(&kept, pair);
        }
    }
    if (left_out.len && notices)
        notice_add(notices, NOTICE_NOTE, "url-parameters", NOWHERE, NULL,
                   "parameters of the database's URL that SQLite does not have are left out: %s", buf_cstr(&left_out));
    out->parameters = buf_cstr(&kept);
    return true;
}

/* Takes the two slashes and, for file:, the authority away. */
static bool authority_take(struct text *rest, bool is_file, struct err *e)
{
    size_t slash;

    if (!text_starts(*rest, "//"))
        return true;
    *rest = text_cut(*rest, 2, rest->len);
    if (!is_file || text_starts(*rest, "/"))
        return true;
    if (text_starts(*rest, "localhost/")) {
        *rest = text_cut(*rest, strlen("localhost"), rest->len);
        return true;
    }
    if (!text_find(*rest, "/", &slash))
        slash = rest->len;
    err_plain(e, ERR_USAGE, "a file: URL names no host, but this one has \"%.*s\"", (int)slash, rest->at);
    return err_hint(e, "use file:PATH, or file:///PATH from the root");
}

bool sqlite_address_parse(struct sqlite_address *out, const char *url, const char *base, struct notices *notices,
                          struct arena *a, struct err *e)
{
    struct text rest = text_from(url), query = { "", 0 };
    const char *path = url;
    size_t at;

    *out = (struct sqlite_address) { .parameters = "" };
    for (size_t i = 0; schemes[i]; i++) {
        if (!text_starts(rest, schemes[i]))
            continue;
        rest = text_cut(rest, strlen(schemes[i]), rest.len);
        if (text_find(rest, "#", &at) && text_is(TEXT("file:"), schemes[i]))
            rest = text_cut(rest, 0, at);
        if (text_find(rest, "?", &at)) {
            query = text_cut(rest, at + 1, rest.len);
            rest = text_cut(rest, 0, at);
        }
        if (!authority_take(&rest, text_is(TEXT("file:"), schemes[i]), e))
            return false;
        path = decoded(a, rest);
        break;
    }
    if (!parameters_take(out, query, notices, a, e))
        return false;
    if (text_is(text_from(path), ":memory:") || text_is(text_from(path), "/:memory:"))
        return refuse_memory(e);
    if (!*path) {
        err_plain(e, ERR_USAGE, "the database's URL names no file");
        return err_hint(e, "use sqlite:PATH");
    }
    out->path = joined(a, base, path);
    out->folder = folder_of(a, out->path);
    return true;
}

const char *sqlite_address_uri(const struct sqlite_address *at, const char *extra, struct arena *a)
{
    struct buf out = buf_open(a, strlen(at->path) * 3 + strlen(at->parameters) + strlen(extra) + 16);
    const char *path = at->path;
    char sign = '?';

    /* Two slashes at the start would be an authority. */
    while (path[0] == '/' && path[1] == '/')
        path++;
    buf_string(&out, "file:");
    for (; *path; path++) {
        if (*path == '%' || *path == '?' || *path == '#')
            buf_printf(&out, "%%%02x", (unsigned char)*path);
        else
            buf_char(&out, *path);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *more = i ? extra : at->parameters;

        if (*more) {
            buf_char(&out, sign);
            buf_string(&out, more);
            sign = '&';
        }
    }
    return buf_cstr(&out);
}

/* The length of what was read of the file's header, -1 where there is no such file. */
static ssize_t header_read(const char *path, char *header, size_t size)
{
    struct stat st;
    ssize_t len = -1;
    int fd;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return -1;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    len = read(fd, header, size);
    close(fd);
    return len;
}

enum { HEADER_SIZE = 20, MAGIC_SIZE = 16, WRITE_VERSION = 18, READ_VERSION = 19 };

int sqlite_address_journal(const char *path)
{
    char header[HEADER_SIZE];

    if (header_read(path, header, sizeof header) != HEADER_SIZE || memcmp(header, "SQLite format 3", MAGIC_SIZE) != 0)
        return 0;
    return header[WRITE_VERSION] == 2 || header[READ_VERSION] == 2 ? 2 : 1;
}

bool sqlite_address_claims(const char *url, const char *base)
{
    static const char *const endings[] = { ".db", ".sqlite", ".sqlite3", NULL };
    struct arena *a = arena_open();
    const char *path = joined(a, base, url);
    char header[HEADER_SIZE];
    ssize_t len = header_read(path, header, sizeof header);
    bool claims = len >= MAGIC_SIZE && memcmp(header, "SQLite format 3", MAGIC_SIZE) == 0;

    for (size_t i = 0; len == 0 && endings[i]; i++)
        claims = claims || text_ends(text_from(path), endings[i]);
    arena_close(a);
    return claims;
}
