#include <yaml.h>

#include "core/base/text.h"
#include "core/config_node.h"

/* What the schema needs is 4; the rest is room for a mistake to be named where it stands. */
enum { DEPTH_MAX = 16 };

struct reader {
    yaml_parser_t yaml;
    const struct config_file *file;
};

const char *config_shown(const struct config_file *f, const char *value)
{
    return text_shown(f->arena, text_from(url_redact(f->arena, value)));
}

static bool place(const struct config_file *f, size_t byte, struct err *e)
{
    size_t from = byte < f->yaml.len ? byte : f->yaml.len, to = from;
    const char *line, *redacted;

    err_place(e, f->path, f->yaml, byte);
    while (from > 0 && f->yaml.at[from - 1] != '\n')
        from--;
    while (to < f->yaml.len && f->yaml.at[to] != '\n')
        to++;
    line = arena_cstr(f->arena, text_cut(f->yaml, from, to));
    redacted = text_without_secrets(f->arena, text_from(url_redact(f->arena, line)), NULL);
    if (strcmp(redacted, line) != 0) {
        e->excerpt[0] = '\0';
        e->caret = 0;
    }
    return false;
}

bool config_wrong(const struct config_file *f, size_t index, struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    err_plain(e, ERR_CONFIG, "%s", arena_vprintf(f->arena, fmt, ap));
    va_end(ap);
    return place(f, byte_from_char(f->yaml, index), e);
}

static bool yaml_problem(struct reader *r, struct err *e)
{
    const yaml_parser_t *y = &r->yaml;
    const struct text yaml = r->file->yaml;
    size_t byte;

    if (y->error == YAML_READER_ERROR) {
        err_plain(e, ERR_CONFIG, "a control character (U+%04X) can't stand in YAML", (unsigned)y->problem_value);
        err_hint(e, "take it out, or write it as an escape in double quotes");
        return place(r->file, y->problem_offset, e);
    }
    byte = byte_from_char(yaml, y->problem_mark.index);
    /* What ends with the file went wrong where it began. */
    if (byte == yaml.len && y->context)
        config_wrong(r->file, y->context_mark.index, e, "this is no valid YAML: %s, %s", y->context, y->problem);
    else
        config_wrong(r->file, y->problem_mark.index, e, "this is no valid YAML: %s",
                     y->problem ? y->problem : "unknown");
    if (byte < yaml.len && yaml.at[byte] == '\t')
        return err_hint(e, "YAML is indented with blanks: replace the tab");
    if (byte < yaml.len && (yaml.at[byte] == '@' || yaml.at[byte] == '`' || yaml.at[byte] == '%'))
        return err_hint(e, "a value that begins with %c has to stand in quotes", yaml.at[byte]);
    return err_hint(
        e, "look at quotes, brackets and indentation; a value that holds \": \" or \" #\" has to stand in quotes");
}

static bool event_next(struct reader *r, yaml_event_t *event, struct err *e)
{
    return yaml_parser_parse(&r->yaml, event) || yaml_problem(r, e);
}

static bool event_check(struct reader *r, const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag,
                        struct err *e)
{
    if (anchor) {
        config_wrong(r->file, event->start_mark.index, e, "anchors (&%s) are not read here",
                     config_shown(r->file, (const char *)anchor));
        return err_hint(e, "write the value out; one that begins with & has to stand in quotes");
    }
    if (tag) {
        config_wrong(r->file, event->start_mark.index, e, "tags (%s) are not read here",
                     config_shown(r->file, (const char *)tag));
        return err_hint(e, "leave the tag out; a value that begins with ! has to stand in quotes");
    }
    return true;
}

static bool is_null(const yaml_event_t *event)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL" };

    for (size_t i = 0; event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && i < sizeof words / sizeof *words; i++)
        if (strcmp((const char *)event->data.scalar.value, words[i]) == 0)
            return true;
    return false;
}

/* Whether the file has the value as it reads, so that a column of it is one of the file's. */
static int lead_of(const yaml_event_t *event, struct text value)
{
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    size_t written = event->end_mark.index - event->start_mark.index;

    if (event->start_mark.line != event->end_mark.line || written != text_chars(value) + (plain ? 0 : 2))
        return -1;
    return plain ? 0 : 1;
}

static bool scalar_read(struct reader *r, struct config_node *out, const yaml_event_t *event, struct err *e)
{
    struct text value = { (const char *)event->data.scalar.value, event->data.scalar.length };

    if (!event_check(r, event, event->data.scalar.anchor, event->data.scalar.tag, e))
        return false;
    if (memchr(value.at, '\0', value.len)) {
        config_wrong(r->file, event->start_mark.index, e, "the value holds a NUL character");
        return err_hint(e, "take the \\0 out");
    }
    out->kind = NODE_TEXT;
    out->value = is_null(event) ? NULL : arena_cstr(r->file->arena, value);
    out->lead = lead_of(event, value);
    return true;
}

static int by_value(const void *a, const void *b)
{
    const struct config_node *one = *(const struct config_node *const *)a,
                             *other = *(const struct config_node *const *)b;
    int order = strcmp(one->value, other->value);

    return order ? order : (one->index > other->index) - (one->index < other->index);
}

static bool keys_check(struct reader *r, const struct config_node *map, struct err *e)
{
    size_t n = map->below.len / 2;
    const struct config_node **keys = arena_make(r->file->arena, const struct config_node *, n), *first = NULL,
                             *again = NULL;

    for (size_t i = 0; i < n; i++)
        keys[i] = &map->below.at[2 * i];
    qsort(keys, n, sizeof *keys, by_value);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(keys[i - 1]->value, keys[i]->value) == 0 && (!again || keys[i]->index < again->index)) {
            first = keys[i - 1];
            again = keys[i];
        }
    }
    if (!again)
        return true;
    config_wrong(r->file, again->index, e, "the key \"%s\" stands twice; the first is in line %d",
                 config_shown(r->file, again->value), first->at.line);
    return err_hint(e, "keep one of them");
}

static bool key_check(struct reader *r, const struct config_node *key, struct err *e)
{
    if (key->kind == NODE_TEXT && key->value && *key->value)
        return true;
    config_wrong(r->file, key->index, e, key->kind == NODE_TEXT ? "a key is missing here" : "a key is a plain word");
    return err_hint(e, "write `key: value`");
}

static bool node_read(struct reader *r, struct config_node *out, yaml_event_t *event, int depth, struct err *e);

/* The nodes up to the end of a list or map. */
static bool below_read(struct reader *r, struct config_node *out, yaml_event_type_t end, int depth, struct err *e)
{
    for (;;) {
        struct config_node *below;
        yaml_event_t event;
        bool ok;

        if (!event_next(r, &event, e))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return out->kind == NODE_LIST || keys_check(r, out, e);
        }
        below = arena_push(r->file->arena, &out->below);
        ok = node_read(r, below, &event, depth, e);
        yaml_event_delete(&event);
        if (!ok || (out->kind == NODE_MAP && out->below.len % 2 && !key_check(r, below, e)))
            return false;
    }
}

/* The node that an event begins. The event stays the caller's. */
static bool node_read(struct reader *r, struct config_node *out, yaml_event_t *event, int depth, struct err *e)
{
    out->index = event->start_mark.index;
    out->at = (struct pos) { r->file->path, (int)event->start_mark.line + 1, (int)event->start_mark.column + 1 };
    if (depth == DEPTH_MAX) {
        config_wrong(r->file, out->index, e, "lists and maps are nested too deeply");
        return err_hint(e, "nothing in merganser.yml goes deeper than 4 levels");
    }
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return scalar_read(r, out, event, e);
    case YAML_SEQUENCE_START_EVENT:
        out->kind = NODE_LIST;
        return event_check(r, event, event->data.sequence_start.anchor, event->data.sequence_start.tag, e) &&
               below_read(r, out, YAML_SEQUENCE_END_EVENT, depth + 1, e);
    case YAML_MAPPING_START_EVENT:
        out->kind = NODE_MAP;
        return event_check(r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag, e) &&
               below_read(r, out, YAML_MAPPING_END_EVENT, depth + 1, e);
    default:
        config_wrong(r->file, out->index, e, "aliases (*name) are not read here");
        return err_hint(e, "write the value out; one that begins with * has to stand in quotes");
    }
}

/* Takes the one document; an empty file has none, and root stays a text without value. */
static bool stream_read(struct reader *r, struct config_node *root, struct err *e)
{
    bool ended = false, seen = false;

    while (!ended) {
        yaml_event_t event;
        bool ok = true;

        if (!event_next(r, &event, e))
            return false;
        if (event.type == YAML_STREAM_END_EVENT) {
            ended = true;
        } else if (event.type == YAML_DOCUMENT_START_EVENT && seen) {
            config_wrong(r->file, event.start_mark.index, e, "a second document begins here");
            ok = err_hint(e, "merganser.yml is one document: take out the `---`");
        } else if (event.type == YAML_DOCUMENT_START_EVENT) {
            seen = true;
        } else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT) {
            ok = node_read(r, root, &event, 0, e);
        }
        yaml_event_delete(&event);
        if (!ok)
            return false;
    }
    return true;
}

static bool bytes_check(const struct config_file *f, struct err *e)
{
    size_t at = 0;

    if (f->yaml.len > CONFIG_MAX) {
        err_set(e, ERR_CONFIG, IN_FILE(f->path), "the file has %zu bytes; %d is the most", f->yaml.len,
                (int)CONFIG_MAX);
        return err_hint(e, "is this really a merganser.yml? --config names another file");
    }
    while (at < f->yaml.len) {
        size_t len = text_char_len(text_cut(f->yaml, at, f->yaml.len));

        if (!len) {
            err_plain(e, ERR_CONFIG, "the file is not UTF-8: byte 0x%02x", (unsigned char)f->yaml.at[at]);
            err_hint(e, "save it as UTF-8");
            return place(f, at, e);
        }
        at += len;
    }
    return true;
}

bool config_parse(struct config *out, const char *path, struct text yaml, struct arena *a, struct err *e)
{
    struct config_file file = { path, yaml, a };
    struct reader r = { .file = &file };
    struct config_node root = { .kind = NODE_TEXT };
    bool ok;

    memset(out, 0, sizeof *out);
    out->path = path;
    config_block_init(&out->top);
    if (text_starts(yaml, "\xef\xbb\xbf"))
        file.yaml = text_cut(yaml, 3, yaml.len);
    if (!bytes_check(&file, e))
        return false;
    if (!yaml_parser_initialize(&r.yaml))
        return err_plain(e, ERR_SYSTEM, "libyaml has no memory");
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    /* libyaml refuses a NULL even where there is nothing to read. */
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)(file.yaml.len ? file.yaml.at : ""), file.yaml.len);
    ok = stream_read(&r, &root, e);
    yaml_parser_delete(&r.yaml);
    return ok && config_read(out, &file, &root, e);
}
