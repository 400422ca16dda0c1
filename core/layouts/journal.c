#include "core/layouts/journal.h"

#include <inttypes.h>

#include "core/base/text.h"
#include "core/json.h"

static const char mend[] = "mend it by hand, or take it as it was: `git restore %s`";

static bool refuse_conflict(const char *path, struct text bytes, struct err *e)
{
    static const char *const markers[] = { "<<<<<<<", "|||||||", "=======", ">>>>>>>" };
    struct text rest = bytes, line;

    while (text_line(&rest, &line)) {
        for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
            if (!text_starts(line, markers[i]))
                continue;
            err_plain(e, ERR_JOURNAL, "the journal holds the markers of a merge conflict");
            err_hint(e, "keep the entries of both sides, the later ones with an idx and a file of their own, "
                        "and `git add` it");
            return err_place(e, path, bytes, (size_t)(line.at - bytes.at));
        }
    }
    return true;
}

size_t journal_string_end(struct text t, size_t at)
{
    for (at++; at < t.len && t.at[at] != '"'; at++)
        at += t.at[at] == '\\';
    return at + 1;
}

/* jansson keeps no places: finds the bytes of every entry in what is known to be JSON. */
static void locate(struct journal *j)
{
    struct text t = j->bytes;
    bool among_entries = false;
    size_t depth = 0, n = 0;

    for (size_t at = 0; at < t.len; at++) {
        char c = t.at[at];

        if (c == '"') {
            size_t end = journal_string_end(t, at);

            if (depth == 1)
                among_entries = text_is(text_cut(t, at, end), "\"entries\"");
            at = end - 1;
        } else if (c == '{' || c == '[') {
            if (depth == 2 && among_entries && n < j->len)
                j->at[n].from = at;
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            if (depth == 2 && among_entries && n < j->len)
                j->at[n++].to = at + 1;
        }
    }
}

static bool refuse_entry(const struct journal *j, size_t i, struct err *e, const char *what)
{
    err_set(e, ERR_JOURNAL, IN_FILE(j->path), "entry %zu of the journal %s", i, what);
    err_hint(e, "an entry has a number idx, a number when, and a text tag; mend it, or `git restore %s`", j->path);
    return j->at[i].to ? err_place(e, j->path, j->bytes, j->at[i].from) : false;
}

static bool read_entry(struct journal *j, size_t i, const struct json *entry, struct arena *a, struct err *e)
{
    const char *tag = json_as_string(json_get(entry, "tag")), *version = json_as_string(json_get(entry, "version"));

    /* Without a place where the key is spelled with escapes, which no tool does. */
    if (!json_is_object(entry) || !j->at[i].to)
        return refuse_entry(j, i, e, "is no object");
    if (!json_as_u64(json_get(entry, "idx"), &j->at[i].idx))
        return refuse_entry(j, i, e, "has no idx that is a number");
    if (!json_as_u64(json_get(entry, "when"), &j->at[i].when))
        return refuse_entry(j, i, e, "has no `when` that is a time in milliseconds");
    if (!tag || !*tag)
        return refuse_entry(j, i, e, "has no tag that is a text");
    if (strcmp(text_shown(a, text_from(tag)), tag) != 0)
        return refuse_entry(j, i, e, "has a tag with control characters");
    j->at[i].tag = arena_string(a, tag);
    j->at[i].version = version ? arena_string(a, version) : NULL;
    return true;
}

static int by_idx(const void *left, const void *right)
{
    const struct journal_entry *a = *(const struct journal_entry *const *)left;
    const struct journal_entry *b = *(const struct journal_entry *const *)right;

    if (a->idx != b->idx)
        return a->idx < b->idx ? -1 : 1;
    return (a > b) - (a < b);
}

static int by_tag(const void *left, const void *right)
{
    const struct journal_entry *a = *(const struct journal_entry *const *)left;
    const struct journal_entry *b = *(const struct journal_entry *const *)right;
    int found = strcmp(a->tag, b->tag);

    return found ? found : (a > b) - (a < b);
}

static bool refuse_twice(const struct journal *j, const struct journal_entry *first, const struct journal_entry *second,
                         const char *what, struct err *e)
{
    int line = pos_from_byte(j->path, j->bytes, first->from, 1).line;

    err_set(e, ERR_JOURNAL, IN_FILE(j->path), "%s, already that of %s in line %d", what, first->tag, line);
    err_hint(e, "give the later one an idx and a tag of its own; two branches that both ran `drizzle-kit generate` "
                "come to this");
    return err_place(e, j->path, j->bytes, second->from);
}

static bool check_repeated(const struct journal *j, struct arena *a, struct err *e)
{
    const struct journal_entry **sorted = arena_make(a, const struct journal_entry *, j->len);

    for (size_t i = 0; i < j->len; i++)
        sorted[i] = &j->at[i];
    if (j->len)
        qsort(sorted, j->len, sizeof *sorted, by_idx);
    for (size_t i = 1; i < j->len; i++)
        if (sorted[i - 1]->idx == sorted[i]->idx)
            return refuse_twice(j, sorted[i - 1], sorted[i],
                                arena_printf(a, "%s has idx %" PRIu64, sorted[i]->tag, sorted[i]->idx), e);
    if (j->len)
        qsort(sorted, j->len, sizeof *sorted, by_tag);
    for (size_t i = 1; i < j->len; i++)
        if (strcmp(sorted[i - 1]->tag, sorted[i]->tag) == 0)
            return refuse_twice(j, sorted[i - 1], sorted[i],
                                arena_printf(a, "idx %" PRIu64 " has the tag %s", sorted[i]->idx, sorted[i]->tag), e);
    return true;
}

static const char *text_member(const struct json *root, const char *key, struct arena *a)
{
    const char *value = json_as_string(json_get(root, key));

    return value ? arena_string(a, value) : "";
}

static bool read_root(struct journal *j, const struct json *root, struct arena *a, struct err *e)
{
    const struct json *entries = json_get(root, "entries");

    if (!json_is_array(entries)) {
        err_set(e, ERR_JOURNAL, (struct pos) { j->path, 1, 1 }, "the journal has no list of entries");
        return err_hint(e, mend, j->path);
    }
    j->version = text_member(root, "version", a);
    j->dialect = text_member(root, "dialect", a);
    j->len = json_length(entries);
    j->at = arena_make(a, struct journal_entry, j->len);
    locate(j);
    for (size_t i = 0; i < j->len; i++)
        if (!read_entry(j, i, json_at(entries, i), a, e))
            return false;
    return true;
}

bool journal_parse_repeated(struct journal *out, const char *path, struct text bytes, struct arena *a, struct err *e)
{
    struct json *root;
    bool ok;

    *out = (struct journal) { .path = path, .bytes = bytes };
    if (!json_parse(&root, path, bytes, ERR_JOURNAL, e)) {
        err_hint(e, mend, path);
        refuse_conflict(path, bytes, e);
        return false;
    }
    ok = read_root(out, root, a, e);
    json_free(root);
    return ok;
}

bool journal_parse(struct journal *out, const char *path, struct text bytes, struct arena *a, struct err *e)
{
    return journal_parse_repeated(out, path, bytes, a, e) && check_repeated(out, a, e);
}

/* The white space in front of a byte. */
static struct text space_before(struct text t, size_t at)
{
    size_t from = at;

    while (from && text_is_space(t.at[from - 1]))
        from--;
    return text_cut(t, from, at);
}

/* A JSON string. */
static const char *quoted(const char *value, struct arena *a)
{
    struct json *list = json_new_array();
    struct text bytes;

    json_add_string(list, value);
    bytes = json_bytes(list, 0, a);
    json_free(list);
    return arena_cstr(a, text_cut(bytes, 1, bytes.len - 1));
}

static void add_entry(struct buf *b, const struct journal_entry *added, struct text inner, struct text outer)
{
    const char *colon = inner.len ? ": " : ":";

    buf_string(b, "{");
    buf_text(b, inner);
    buf_printf(b, "\"idx\"%s%" PRIu64 ",", colon, added->idx);
    buf_text(b, inner);
    buf_printf(b, "\"version\"%s%s,", colon, quoted(added->version, b->arena));
    buf_text(b, inner);
    buf_printf(b, "\"when\"%s%" PRIu64 ",", colon, added->when);
    buf_text(b, inner);
    buf_printf(b, "\"tag\"%s%s,", colon, quoted(added->tag, b->arena));
    buf_text(b, inner);
    buf_printf(b, "\"breakpoints\"%strue", colon);
    buf_text(b, outer);
    buf_string(b, "}");
}

static struct text first_journal(const struct journal *j, const struct journal_entry *added, struct arena *a)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    buf_printf(&b, "{\n  \"version\": %s,\n  \"dialect\": %s,\n  \"entries\": [\n    ", quoted(j->version, a),
               quoted(j->dialect, a));
    add_entry(&b, added, TEXT("\n      "), TEXT("\n    "));
    buf_string(&b, "\n  ]\n}");
    return buf_content(&b);
}

struct text journal_with(const struct journal *j, const struct journal_entry *added, struct arena *a)
{
    const struct journal_entry *last = j->len ? &j->at[j->len - 1] : NULL;
    struct buf b = buf_open(a, SIZE_MAX / 2);
    size_t key;

    if (!last)
        return first_journal(j, added, a);
    for (key = last->from + 1; text_is_space(j->bytes.at[key]); key++)
        ;
    buf_text(&b, text_cut(j->bytes, 0, last->to));
    buf_string(&b, ",");
    buf_text(&b, space_before(j->bytes, last->from));
    add_entry(&b, added, space_before(j->bytes, key), space_before(j->bytes, last->to - 1));
    buf_text(&b, text_cut(j->bytes, last->to, j->bytes.len));
    return buf_content(&b);
}
