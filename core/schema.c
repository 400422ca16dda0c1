#include "core/schema.h"

#include "core/base/text.h"
#include "core/digest.h"

/* The text's first line is this and the dialect. Another way of writing it is another number. */
static const char format[] = "merganser schema 1 ";

enum { FIELDS = 5, OWN_TABLES = 6 };

bool schema_read(struct schema *out, struct db *db, const struct schema_wanted *w, struct arena *a, struct err *e)
{
    struct table_name own[OWN_TABLES];
    struct schema_request r = { .owners = w->owners, .grants = w->grants, .without = own };

    if (w->ledger) {
        const struct ledger *l = w->ledger;

        own[r.nwithout++] = l->main;
        if (l->metadata.table)
            own[r.nwithout++] = l->metadata;
        if (l->drizzle.table)
            own[r.nwithout++] = l->drizzle;
        if (l->history.table.table) {
            own[r.nwithout++] = l->history.table;
            own[r.nwithout++] = history_schemas(&l->history, a);
            own[r.nwithout++] = history_lease(&l->history, a);
        }
    }
    if (!db_schema(out, db, &r, a, e))
        return false;
    schema_ignore(out, w->ignore, a);
    return true;
}

void schema_keep(struct schema *s, bool (*keep)(const void *from, const struct schema_object *o), const void *from)
{
    size_t n = 0;

    for (size_t i = 0; i < s->len; i++)
        if (keep(from, &s->at[i]))
            s->at[n++] = s->at[i];
    s->len = n;
}

/* ---- the canonical text ---- */

/* A field of an object's first line: no tab and no line end in it, \N where there is none. */
static void add_field(struct buf *out, const char *field, char behind)
{
    for (const char *at = field ? field : ""; *at; at++) {
        size_t plain = strcspn(at, "\\\t\n");

        buf_add(out, at, plain);
        at += plain;
        if (!*at)
            break;
        buf_string(out, *at == '\\' ? "\\\\" : *at == '\t' ? "\\t" : "\\n");
    }
    buf_string(out, field ? "" : "\\N");
    buf_char(out, behind);
}

static void add_definition(struct buf *out, struct text definition)
{
    while (definition.len) {
        const char *end = memchr(definition.at, '\n', definition.len);
        size_t len = end ? (size_t)(end - definition.at) : definition.len;

        buf_string(out, "  ");
        buf_add(out, definition.at, len);
        buf_char(out, '\n');
        definition = text_cut(definition, len + (end != NULL), definition.len);
        /* A line end that nothing follows is told by a line that holds nothing. */
        if (end && !definition.len)
            buf_string(out, "  \n");
    }
}

struct text schema_text(const struct schema *s, const char *dialect, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_printf(&out, "%s%s\n", format, dialect);
    for (size_t i = 0; i < s->len; i++) {
        const struct schema_object *o = &s->at[i];

        add_field(&out, o->kind, '\t');
        add_field(&out, o->name, '\t');
        add_field(&out, o->schema, '\t');
        add_field(&out, o->of, '\t');
        add_field(&out, o->partition_of, '\n');
        add_definition(&out, text_from(o->definition));
    }
    return buf_content(&out);
}

const char *schema_fingerprint(const struct schema *s, const char *dialect, struct arena *a)
{
    return digest_sha256(schema_text(s, dialect, a), a);
}

/* ---- and back ---- */

/* Every field but the last has a tab behind it. */
static bool field_read(const char **out, struct text *rest, bool last, struct arena *a)
{
    const char *tab = rest->len ? memchr(rest->at, '\t', rest->len) : NULL;
    struct text field = text_cut(*rest, 0, tab ? (size_t)(tab - rest->at) : rest->len);
    struct buf plain = buf_open(a, SIZE_MAX / 2);

    *rest = text_cut(*rest, field.len + (tab != NULL), rest->len);
    *out = NULL;
    if (last == (tab != NULL))
        return false;
    if (text_is(field, "\\N"))
        return true;
    for (size_t i = 0; i < field.len; i++) {
        if (field.at[i] != '\\') {
            buf_char(&plain, field.at[i]);
            continue;
        }
        if (++i == field.len || !strchr("\\tn", field.at[i]))
            return false;
        buf_char(&plain, field.at[i] == 't' ? '\t' : field.at[i] == 'n' ? '\n' : '\\');
    }
    *out = arena_string(a, buf_cstr(&plain));
    return true;
}

static bool object_read(struct schema_object *o, struct text line, struct arena *a)
{
    const char **fields[FIELDS] = { &o->kind, &o->name, &o->schema, &o->of, &o->partition_of };

    for (size_t i = 0; i < FIELDS; i++)
        if (!field_read(fields[i], &line, i + 1 == FIELDS, a))
            return false;
    o->definition = "";
    return o->kind && *o->kind && o->name;
}

/* Up to the next line end, which every line has. */
static bool line_read(struct text *line, struct text *rest)
{
    const char *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;

    if (!end)
        return false;
    *line = text_cut(*rest, 0, (size_t)(end - rest->at));
    *rest = text_cut(*rest, line->len + 1, rest->len);
    return true;
}

bool schema_parse(struct schema *out, struct text canonical, struct arena *a, struct err *e)
{
    struct buf definition = buf_open(a, SIZE_MAX / 2);
    struct text rest = canonical, line;
    size_t lines = 0;

    *out = (struct schema) { 0 };
    if (!line_read(&line, &rest) || !text_starts(line, format))
        return err_plain(e, ERR_INTERNAL, "the description of the schema is in a format that this release can't read");
    while (line_read(&line, &rest)) {
        if (!text_starts(line, "  ")) {
            if (!object_read(arena_push(a, out), line, a))
                return err_plain(e, ERR_INTERNAL, "the description of the schema is damaged");
            definition = buf_open(a, SIZE_MAX / 2);
            lines = 0;
            continue;
        }
        if (!out->len)
            return err_plain(e, ERR_INTERNAL, "the description of the schema is damaged");
        if (lines++)
            buf_char(&definition, '\n');
        buf_text(&definition, text_cut(line, 2, line.len));
        out->at[out->len - 1].definition = buf_cstr(&definition);
    }
    return !rest.len || err_plain(e, ERR_INTERNAL, "the description of the schema is cut off");
}
