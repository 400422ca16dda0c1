#include "core/base/err.h"

#include "core/base/text.h"

static const struct err_word words[] = {
#define X(name, exit_code, word, meaning) { ERR_##name, exit_code, word, meaning },
    ERR_KINDS(X)
#undef X
};

bool err_set(struct err *e, enum err_kind kind, struct pos at, const char *fmt, ...)
{
    va_list ap;

    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->at = at;
    va_start(ap, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

bool err_plain(struct err *e, enum err_kind kind, const char *fmt, ...)
{
    va_list ap;

    memset(e, 0, sizeof *e);
    e->kind = kind;
    va_start(ap, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return false;
}

bool err_hint(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
    return false;
}

bool err_detail(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e->detail, sizeof e->detail, fmt, ap);
    va_end(ap);
    return false;
}

bool err_state(struct err *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(e->state, sizeof e->state, fmt, ap);
    va_end(ap);
    return false;
}

bool err_prefix(struct err *e, const char *fmt, ...)
{
    char whole[sizeof e->message * 2];
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(whole, sizeof e->message, fmt, ap);
    va_end(ap);
    if (len < 0)
        return false;
    if ((size_t)len >= sizeof e->message)
        len = sizeof e->message - 1;
    snprintf(whole + len, sizeof whole - (size_t)len, "%s", e->message);
    snprintf(e->message, sizeof e->message, "%.*s", (int)sizeof e->message - 1, whole);
    return false;
}

/* Shows the line at from..to with the caret's column as close to its start as the room asks. */
static void excerpt_set(struct err *e, struct text line, size_t caret_byte)
{
    size_t used = 0, column = 1;
    size_t from = 0;

    if (caret_byte > line.len)
        caret_byte = line.len;
    while (caret_byte - from > sizeof e->excerpt / 2) {
        size_t len = text_char_len(text_cut(line, from, line.len));

        from += len ? len : 1;
    }
    e->caret = 0;
    for (size_t i = from; i <= line.len;) {
        size_t len = text_char_len(text_cut(line, i, line.len));

        if (i == caret_byte)
            e->caret = (int)column;
        if (i == line.len || used + 5 >= sizeof e->excerpt)
            break;
        if (line.at[i] == '\t') {
            e->excerpt[used++] = ' ';
        } else if (len == 0 || (unsigned char)line.at[i] < 0x20 || line.at[i] == 0x7f) {
            e->excerpt[used++] = '?';
            len = 1;
        } else {
            memcpy(e->excerpt + used, line.at + i, len);
            used += len;
        }
        i += len ? len : 1;
        column++;
    }
    e->excerpt[used] = '\0';
}

bool err_place(struct err *e, const char *path, struct text source, size_t byte)
{
    size_t from, to;

    if (byte > source.len)
        byte = source.len;
    e->at = pos_from_byte(path, source, byte, 1);
    for (from = byte; from > 0 && source.at[from - 1] != '\n'; from--)
        ;
    for (to = byte; to < source.len && source.at[to] != '\n' && source.at[to] != '\r'; to++)
        ;
    if (from == 0 && text_starts(source, "\xef\xbb\xbf"))
        from = byte < 3 ? from : 3;
    excerpt_set(e, text_cut(source, from, to), byte - from);
    return false;
}

int err_exit_code(enum err_kind kind)
{
    return words[kind].exit_code;
}

const char *err_word(enum err_kind kind)
{
    return words[kind].name;
}

const struct err_word *err_row(size_t i)
{
    return i < sizeof words / sizeof *words ? &words[i] : NULL;
}

void notice_add(struct notices *list, enum notice_level level, const char *code, struct pos at, const char *hint,
                const char *fmt, ...)
{
    struct notice *n = arena_push(list->arena, list);
    va_list ap;

    n->level = level;
    n->code = code;
    n->at = at;
    n->hint = hint ? arena_string(list->arena, hint) : NULL;
    va_start(ap, fmt);
    n->message = arena_vprintf(list->arena, fmt, ap);
    va_end(ap);
    if (list->show)
        list->show(list->to, n);
}
