#include "core/base/err.h"

#include "core/base/text.h"

static const struct err_word words[] = {
#define X(name, exit_code, word, meaning) { ERR_##name, exit_code, word, meaning },
    ERR_KINDS(X)
#undef X
};

/* Takes half a character off the end of a text that was cut. */
static void whole_characters(char *text)
{
    size_t len = strlen(text), from = len;

    while (from > 0 && len - from < 4 && ((unsigned char)text[from - 1] & 0xc0) == 0x80)
        from--;
    if (from > 0 && (unsigned char)text[from - 1] >= 0xc0 && !text_char_len(text_from(text + from - 1)))
        text[from - 1] = '\0';
}

__attribute__((format(printf, 3, 0))) static void fill(char *into, size_t size, const char *fmt, va_list ap)
{
    if (vsnprintf(into, size, fmt, ap) >= (int)size)
        whole_characters(into);
}

bool err_set(struct err *e, enum err_kind kind, struct pos at, const char *fmt, ...)
{
    va_list ap;

    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->at = at;
    va_start(ap, fmt);
    fill(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

bool err_plain(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    memset(e, 0, sizeof *e);
    e->kind = kind;
    va_start(ap, fmt);
    fill(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

bool err_hint(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
    return false;
}

bool err_server_hint(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(e->server_hint, sizeof e->server_hint, fmt, ap);
    va_end(ap);
    return false;
}

bool err_detail(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(e->detail, sizeof e->detail, fmt, ap);
    va_end(ap);
    return false;
}

bool err_state(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(e->state, sizeof e->state, fmt, ap);
    va_end(ap);
    return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
    char before[sizeof e->message], message[sizeof e->message];
    va_list ap;

    va_start(ap, fmt);
    fill(before, sizeof before, fmt, ap);
    va_end(ap);
    memcpy(message, e->message, sizeof message);
    if (snprintf(e->message, sizeof e->message, "%s%s", before, message) >= (int)sizeof e->message)
        whole_characters(e->message);
    return false;
}

static size_t step(struct text line, size_t at)
{
    size_t len = text_char_len(text_cut(line, at, line.len));

    return len ? len : 1;
}

/* Shows the line from its start, or from as far before the caret as there is room for; every character that is not
 * safe to show as one that is, so that the columns stay. */
static void excerpt_set(struct err *e, struct text line, size_t caret_byte)
{
    size_t from = 0, used = 0;
    int column = 1;

    while (caret_byte - from > sizeof e->excerpt / 2 && from + step(line, from) <= caret_byte)
        from += step(line, from);
    e->caret = 0;
    for (size_t at = from, len; used + 5 < sizeof e->excerpt; at += len, column++) {
        len = at < line.len ? step(line, at) : 1;
        if (caret_byte >= at && caret_byte < at + len)
            e->caret = column;
        if (at >= line.len)
            break;
        if (text_visible_len(text_cut(line, at, line.len))) {
            memcpy(e->excerpt + used, line.at + at, len);
            used += len;
        } else {
            e->excerpt[used++] = line.at[at] == '\t' ? ' ' : '?';
        }
    }
    e->excerpt[used] = '\0';
}

/* The last line of a text, without the secrets of all of it: a password may stand on another line than its word. */
static struct text last_line(struct text source, struct arena *a)
{
    struct text copy = arena_text(a, source.at, source.len), shown;
    const char *end;

    /* Else a NUL byte would end it. */
    for (char *nul; (nul = memchr(copy.at, '\0', copy.len));)
        *nul = '\1';
    shown = text_from(text_without_secrets(a, copy, NULL));
    end = shown.len ? memrchr(shown.at, '\n', shown.len) : NULL;
    return end ? text_cut(shown, (size_t)(end - shown.at) + 1, shown.len) : shown;
}

bool err_place(struct err *e, const char *path, struct text source, size_t byte)
{
    size_t bom = text_starts(source, "\xef\xbb\xbf") ? 3 : 0, to;
    struct arena *a = arena_open();
    struct text line, before;

    if (byte > source.len)
        byte = source.len;
    if (byte < bom)
        byte = bom;
    e->at = pos_from_byte(path, source, byte, 1);
    for (to = byte; to < source.len && source.at[to] != '\n' && source.at[to] != '\r'; to++)
        ;
    line = last_line(text_cut(source, bom, to), a);
    before = last_line(text_cut(source, bom, byte), a);
    excerpt_set(e, line, before.len < line.len ? before.len : line.len);
    arena_close(a);
    return false;
}

int err_exit_code(enum err_kind kind)
{
    return words[kind].exit_code;
}

bool err_is_stop(enum err_kind kind)
{
    return kind == ERR_HUNG_UP || kind == ERR_INTERRUPTED || kind == ERR_TERMINATED;
}

const char *err_word(enum err_kind kind)
{
    return words[kind].name;
}

const struct err_word *err_row(size_t i)
{
    return i < sizeof words / sizeof *words ? &words[i] : NULL;
}

static bool same_path(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void notice_add(struct notices *list, enum notice_level level, const char *code, struct pos at, const char *hint,
                const char *fmt, ...)
{
    struct notice *n;
    const char *message;
    va_list ap;

    va_start(ap, fmt);
    message = arena_vprintf(list->arena, fmt, ap);
    va_end(ap);
    message = text_without_secrets(list->arena, text_from(message), NULL);
    /* Looking twice, before the lock and under it, says everything once. */
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->at[i].code, code) == 0 && list->at[i].at.line == at.line &&
            same_path(list->at[i].at.path, at.path) && strcmp(list->at[i].message, message) == 0)
            return;
    n = arena_push(list->arena, list);
    *n = (struct notice) { level, code, at, message, hint ? arena_string(list->arena, hint) : NULL };
    if (list->show)
        list->show(list->to, n);
}
