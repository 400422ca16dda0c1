/* ${VARIABLE} in a database's URL. */
#include "core/base/text.h"
#include "core/config.h"

/* How a variable's text is written where it stands. */
enum part { PART_NONE, PART_RAW, PART_URL, PART_CONNINFO };

struct expansion {
    struct config_value v;
    struct text template;
    struct buf out;
    struct arena *arena;
};

static struct pos place(const struct expansion *x, size_t byte)
{
    struct pos at = x->v.at;

    if (x->v.lead >= 0 && at.column)
        at.column += x->v.lead + pos_from_byte(NULL, x->template, byte, 1).column - 1;
    return at;
}

/* user, password, host and database are; the scheme, the port and the query are not. */
static bool url_part_is_open(struct text url, size_t authority, size_t at)
{
    size_t end = authority, user = authority;

    while (end < url.len && !memchr("/?#", url.at[end], 3))
        end++;
    if (at < authority)
        return false;
    if (at >= end)
        return url.at[end] == '/' && !memchr(url.at + end, '?', at - end) && !memchr(url.at + end, '#', at - end);
    for (size_t i = authority; i < end; i++)
        if (url.at[i] == '@')
            user = i + 1;
    if (at < user)
        return true;
    for (size_t i = user; i < at; i++) {
        if (url.at[i] == '[')
            while (i < at && url.at[i] != ']')
                i++;
        else if (url.at[i] == ':')
            return false;
    }
    return true;
}

/* The key of a conninfo string whose value holds the byte at `at`. */
static struct text conninfo_key(struct text t, size_t at)
{
    struct text key = { "", 0 };
    size_t i = 0;

    while (i < at) {
        size_t from;
        bool quoted;

        while (i < at && text_is_space(t.at[i]))
            i++;
        for (from = i; i < at && t.at[i] != '=' && !text_is_space(t.at[i]); i++)
            ;
        key = text_cut(t, from, i);
        while (i < at && text_is_space(t.at[i]))
            i++;
        if (i == at || t.at[i] != '=')
            return TEXT("");
        for (i++; i < at && text_is_space(t.at[i]); i++)
            ;
        quoted = i < at && t.at[i] == '\'';
        for (i += quoted; i < at && (quoted ? t.at[i] != '\'' : !text_is_space(t.at[i])); i++)
            i += t.at[i] == '\\';
        if (i < at)
            key = TEXT("");
        i += quoted;
    }
    return key;
}

static bool conninfo_part_is_open(struct text t, size_t at)
{
    static const char *const keys[] = { "user", "password", "host", "hostaddr", "dbname" };
    struct text key = conninfo_key(t, at);

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (text_is(key, keys[i]))
            return true;
    return false;
}

static enum part part_of(struct text t, size_t at, size_t end)
{
    static const char *const files[] = { "sqlite:", "sqlite3:", "file:" };
    size_t scheme;

    if (at == 0 && end == t.len)
        return PART_RAW;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (text_starts(t, files[i]))
            return memchr(t.at, '?', at) ? PART_NONE : PART_RAW;
    if (text_find(t, "://", &scheme))
        return url_part_is_open(t, scheme + 3, at) ? PART_URL : PART_NONE;
    if (memchr(t.at, '=', t.len))
        return conninfo_part_is_open(t, at) ? PART_CONNINFO : PART_NONE;
    return PART_RAW;
}

static void add(struct expansion *x, enum part part, const char *value, bool whole)
{
    /* An unquoted empty value would take the next key for its text. */
    if (part == PART_CONNINFO && !*value && whole)
        buf_string(&x->out, "''");
    for (; *value; value++) {
        if (part == PART_URL && !text_is_word(*value) && !strchr("-.~", *value))
            buf_printf(&x->out, "%%%02X", (unsigned)(unsigned char)*value);
        else if (part == PART_CONNINFO && (*value == '\'' || *value == '\\' || text_is_space(*value)))
            buf_printf(&x->out, "\\%c", *value);
        else
            buf_char(&x->out, *value);
    }
}

static bool name_is_one(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!text_is_word(name.at[i]))
            return false;
    return name.len && !text_is_digit(name.at[0]);
}

/* Whether what stands before the variable leaves an empty value allowed: a password may be empty. */
static bool is_password(struct text t, size_t at, enum part part)
{
    size_t scheme = 0;

    if (part == PART_CONNINFO)
        return text_is(conninfo_key(t, at), "password");
    if (part != PART_URL || !text_find(t, "://", &scheme))
        return false;
    scheme += 3;
    return memchr(t.at + scheme, ':', at - scheme) && !memchr(t.at + scheme, '@', at - scheme) &&
           !memchr(t.at + scheme, '/', at - scheme) && memchr(t.at + at, '@', t.len - at);
}

/* The variable whose `$` is at `at` and whose `}` is before end. */
static bool variable_add(struct expansion *x, size_t at, size_t end,
                         const char *(*lookup)(void *from, const char *name), void *from, struct err *e)
{
    struct text t = x->template, name = text_cut(t, at + 2, end - 1);
    const char *shown = text_shown(x->arena, name), *value;
    enum part part = part_of(t, at, end);
    bool whole;

    if (!name_is_one(name)) {
        err_set(e, ERR_CONFIG, place(x, at), "\"%s\" is no variable's name", shown);
        return err_hint(e, "write ${NAME} with letters, digits and underscores; there are no defaults");
    }
    if (part == PART_NONE) {
        err_set(e, ERR_CONFIG, place(x, at), "${%s} can't stand at this place of the URL", shown);
        return err_hint(e, "a variable is the whole of it, or its user, password, host or database");
    }
    value = lookup(from, arena_cstr(x->arena, name));
    if (!value || (!*value && !is_password(t, at, part))) {
        err_set(e, ERR_CONFIG, place(x, at), "the variable %s is %s", shown, value ? "empty" : "not set");
        return err_hint(e, "set it, as in `export %s=...`, or name the database by --database or MERGANSER_DATABASE",
                        shown);
    }
    whole =
        at > 0 && (t.at[at - 1] == '=' || text_is_space(t.at[at - 1])) && (end == t.len || text_is_space(t.at[end]));
    add(x, part, value, whole);
    return true;
}

bool config_expand(const char **out, struct config_value v, const char *(*lookup)(void *from, const char *name),
                   void *from, struct arena *a, struct err *e)
{
    struct text t = text_from(v.value);
    struct expansion x = { v, t, buf_open(a, SIZE_MAX / 2), a };

    if (t.len > 1 && t.at[0] == '$' && name_is_one(text_cut(t, 1, t.len))) {
        err_set(e, ERR_CONFIG, place(&x, 0), "a variable stands in braces");
        return err_hint(e, "write ${%s}", v.value + 1);
    }
    for (size_t at = 0; at < t.len;) {
        const char *close;

        if (t.at[at] != '$' || at + 1 == t.len || t.at[at + 1] != '{') {
            buf_char(&x.out, t.at[at++]);
            continue;
        }
        close = memchr(t.at + at, '}', t.len - at);
        if (!close) {
            err_set(e, ERR_CONFIG, place(&x, at), "\"${\" without a \"}\" behind it");
            return err_hint(e, "write ${NAME}");
        }
        if (!variable_add(&x, at, (size_t)(close - t.at) + 1, lookup, from, e))
            return false;
        at = (size_t)(close - t.at) + 1;
    }
    *out = buf_cstr(&x.out);
    return true;
}
