#include "core/structure.h"

#include "core/base/text.h"
#include "core/version_list.h"

/* ---- forms ---- */

const struct structure_form structure_form_newest = { .reason = "as the newest Rails does" };

enum { PARTS = 3, NEWEST_PART = 1000000 };

static bool version_parse(int parts[PARTS], const char *version)
{
    struct text rest = text_from(version);
    size_t n = 0;

    while (rest.len && n < PARTS) {
        size_t len = 0;
        uint64_t value;

        while (len < rest.len && text_is_digit(rest.at[len]))
            len++;
        if (!text_to_u64(text_cut(rest, 0, len), &value) || value >= NEWEST_PART)
            return false;
        parts[n++] = (int)value;
        rest = text_cut(rest, len, rest.len);
        if (rest.len && rest.at[0] != '.')
            return false;
        rest = text_cut(rest, 1, rest.len);
    }
    /* A fourth number, or a word as in 7.1.0.rc1, tells nothing more. */
    for (size_t i = n; i < PARTS; i++)
        parts[i] = NEWEST_PART;
    return n >= 1;
}

static bool before(const int parts[PARTS], int major, int minor, int patch)
{
    if (parts[0] != major)
        return parts[0] < major;
    return parts[1] != minor ? parts[1] < minor : parts[2] < patch;
}

bool structure_form_of_rails(struct structure_form *out, const char *version, struct arena *a, struct err *e)
{
    int parts[PARTS];

    *out = structure_form_newest;
    if (!version_parse(parts, version)) {
        err_plain(e, ERR_USAGE, "\"%s\" is no version of Rails", text_shown(a, text_from(version)));
        return err_hint(e, "write it as 7.1, or as 7.2.3");
    }
    out->oldest_first = before(parts, 7, 1, 0);
    if (before(parts, 7, 2, 3) || (!before(parts, 8, 0, 0) && before(parts, 8, 0, 3)))
        out->keep |= DUMP_KEEP_GUARD;
    if (before(parts, 8, 0, 0))
        out->keep |= DUMP_KEEP_SYSTEM;
    out->reason = arena_printf(a, "as Rails %s does", version);
    return true;
}

static const char restrict_word[] = "\\restrict ";

const char *structure_guard(struct text file, struct arena *a)
{
    struct text line;

    while (text_line(&file, &line)) {
        if (text_starts(line, restrict_word))
            return arena_cstr(a, text_trim(text_cut(line, strlen(restrict_word), line.len)));
        if (text_trim(line).len && !text_starts(line, "--"))
            break;
    }
    return NULL;
}

static bool has_line(struct text file, const char *begin)
{
    struct text line;

    while (text_line(&file, &line))
        if (text_starts(line, begin))
            return true;
    return false;
}

bool structure_form_of_file(struct structure_form *out, struct text file, struct arena *a)
{
    struct version_list list = version_list_find(file, a);
    struct text tail;

    *out = structure_form_newest;
    if (!file.len)
        return false;
    out->guard = structure_guard(file, a);
    if (out->guard)
        out->keep |= DUMP_KEEP_GUARD;
    if (has_line(file, "CREATE TABLE sqlite_sequence("))
        out->keep |= DUMP_KEEP_SYSTEM;
    out->reason = "as before";
    if (!list.bytes.at)
        return true;
    tail = text_cut(file, (size_t)(list.bytes.at - file.at) + list.bytes.len, file.len);
    out->oldest_first =
        list.len > 1 ? text_compare(list.at[0], list.at[list.len - 1]) < 0 : text_starts(tail, "\n\n\n");
    /* Only before 7.1, where nothing else was dumped either. */
    if (out->oldest_first)
        out->keep |= DUMP_KEEP_SYSTEM | DUMP_KEEP_GUARD;
    return true;
}

const char *structure_rails_locked(struct text gemfile_lock, struct arena *a)
{
    static const char *const names[] = { "    activerecord (", "    rails (" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct text rest = gemfile_lock, line;

        while (text_line(&rest, &line))
            if (text_starts(line, names[i]) && text_is_digit(line.at[strlen(names[i])]) && text_ends(line, ")"))
                return arena_cstr(a, text_cut(line, strlen(names[i]), line.len - 1));
    }
    return NULL;
}

/* ---- the versions ---- */

static void add_quoted(struct buf *out, const char *name, char quote)
{
    buf_char(out, quote);
    for (; *name; name++) {
        if (*name == quote)
            buf_char(out, quote);
        buf_char(out, *name);
    }
    buf_char(out, quote);
}

void structure_add_versions(struct buf *out, struct table_name table, const char *const *versions, size_t n,
                            const struct structure_form *form)
{
    if (n == 0) {
        buf_string(out, "\n\n");
        return;
    }
    buf_string(out, "INSERT INTO ");
    if (table.schema) {
        add_quoted(out, table.schema, '"');
        buf_char(out, '.');
    }
    add_quoted(out, table.table, '"');
    buf_string(out, " (version) VALUES\n");
    for (size_t i = 0; i < n; i++) {
        buf_string(out, i ? ",\n(" : "(");
        add_quoted(out, versions[form->oldest_first ? i : n - 1 - i], '\'');
        buf_char(out, ')');
    }
    buf_string(out, form->oldest_first ? ";\n\n\n" : ";\n\n");
}

/* ---- merges ---- */

bool structure_refuse_conflicts(const char *path, struct text file, struct err *e)
{
    static const char *const markers[] = { "<<<<<<< ", "||||||| ", "=======", ">>>>>>> " };
    const size_t kinds = sizeof markers / sizeof *markers;
    struct text rest = file, line, first = { NULL, 0 };
    unsigned seen = 0;

    while (text_line(&rest, &line))
        for (size_t i = 0; i < kinds; i++) {
            if (!text_starts(line, markers[i]) || (i == 2 && line.len != strlen(markers[i])))
                continue;
            if (!first.at && i == 0)
                first = line;
            seen |= 1U << i;
        }
    /* One of them alone may be a line of some text. */
    if (!first.at || !(seen & ~1U))
        return true;
    err_plain(e, ERR_STRUCTURE_FILE, "the file holds the markers of a merge conflict");
    err_place(e, path, file, (size_t)(first.at - file.at));
    return err_hint(e, "mend it and `git add` it; `merganser dump` writes it anew from a database that is current, and "
                       "`merganser hook install` lets git merge the versions itself");
}

/* ---- what it makes ---- */

static bool take(struct text *rest, const char *word)
{
    if (!text_starts(*rest, word))
        return false;
    *rest = text_cut(*rest, strlen(word), rest->len);
    return true;
}

/* A bare word, or one in any of the dialects' quotes. */
static const char *take_name(struct text *rest, struct arena *a)
{
    struct buf name = buf_open(a, SIZE_MAX / 2);
    char quote = rest->len && memchr("\"'`", rest->at[0], 3) ? rest->at[0] : '\0';
    size_t i = quote != '\0';

    for (; i < rest->len; i++) {
        bool ends = quote ? rest->at[i] == quote : !(text_is_word(rest->at[i]) || (rest->at[i] & 0x80));

        if (ends && quote && i + 1 < rest->len && rest->at[i + 1] == quote)
            i++;
        else if (ends)
            break;
        buf_char(&name, rest->at[i]);
    }
    *rest = text_cut(*rest, i + (quote != '\0'), rest->len);
    return buf_cstr(&name);
}

bool structure_makes(struct table_name *found, struct text file, struct table_name name, struct arena *a)
{
    struct text line;

    while (text_line(&file, &line)) {
        struct table_name made = { 0 };

        if (!take(&line, "CREATE TABLE ") && !take(&line, "CREATE UNLOGGED TABLE "))
            continue;
        take(&line, "IF NOT EXISTS ");
        made.table = take_name(&line, a);
        if (take(&line, ".")) {
            made.schema = made.table;
            made.table = take_name(&line, a);
        }
        if (strcmp(made.table, name.table) != 0 || (name.schema && made.schema && strcmp(made.schema, name.schema)))
            continue;
        *found = made;
        return true;
    }
    return false;
}
