#include "cmd/options_value.h"

#include "core/base/text.h"

const char *option_value_shown(struct arena *a, const char *typed)
{
    return text_shown(a, text_from(url_redact(a, typed)));
}

const char *option_value_words(struct arena *a, const char *const *words)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);

    for (size_t i = 0; words[i]; i++) {
        if (i)
            buf_string(&out, words[i + 1] ? ", " : " or ");
        buf_string(&out, words[i]);
    }
    return buf_cstr(&out);
}

static void list_add(void *member, const char *value, struct arena *a)
{
    const char *const *old;
    const char **bigger;
    size_t len = 0;

    memcpy(&old, member, sizeof old);
    while (old && old[len])
        len++;
    bigger = arena_make(a, const char *, len + 2);
    if (len)
        memcpy(bigger, old, len * sizeof *old);
    bigger[len] = value;
    memcpy(member, &bigger, sizeof bigger);
}

static bool count_set(void *member, const char *shown, const char *value, struct arena *a, struct err *e)
{
    uint64_t n;

    if (!text_to_u64(text_from(value), &n) || n == 0) {
        err_plain(e, ERR_USAGE, "%s takes a number of 1 or more, not \"%s\"", shown, option_value_shown(a, value));
        return err_hint(e, "write it as in `%s 1`", shown);
    }
    memcpy(member, &n, sizeof n);
    return true;
}

static bool choice_set(void *member, const struct option_row *row, const char *shown, const char *value,
                       struct arena *a, struct err *e)
{
    const char *nearest;

    for (size_t i = 0; row->choices[i]; i++) {
        if (strcmp(row->choices[i], value) == 0) {
            memcpy(member, &row->choices[i], sizeof row->choices[i]);
            return true;
        }
    }
    err_plain(e, ERR_USAGE, "%s takes %s, not \"%s\"", shown, option_value_words(a, row->choices),
              option_value_shown(a, value));
    nearest = text_nearest(value, row->choices);
    return nearest ? err_hint(e, "did you mean \"%s\"?", nearest) : err_hint(e, "name one of them");
}

bool option_value_set(void *into, const struct option_row *row, const char *shown, const char *value, struct arena *a,
                      struct err *e)
{
    void *member = (char *)into + row->offset;

    if (!*value) {
        err_plain(e, ERR_USAGE, "%s needs a value, and the one given is empty", shown);
        return err_hint(e, "write `%s %s`", shown, row->value);
    }
    switch (row->kind) {
    case OPTION_LIST:
        list_add(member, value, a);
        return true;
    case OPTION_COUNT:
        return count_set(member, shown, value, a, e);
    case OPTION_CHOICE:
        return choice_set(member, row, shown, value, a, e);
    case OPTION_FLAG:
    case OPTION_TEXT:
        break;
    }
    memcpy(member, &value, sizeof value);
    return true;
}

void option_value_set_flag(void *into, const struct option_row *row)
{
    *(bool *)((char *)into + row->offset) = true;
}

static size_t member_size(enum option_kind kind)
{
    return kind == OPTION_FLAG ? sizeof(bool) : kind == OPTION_COUNT ? sizeof(uint64_t) : sizeof(void *);
}

void option_value_clear(void *into, const struct option_row *row)
{
    memset((char *)into + row->offset, 0, member_size(row->kind));
}

bool option_value_is_set(const void *into, const struct option_row *row)
{
    static const char nothing[sizeof(uint64_t)];

    return memcmp((const char *)into + row->offset, nothing, member_size(row->kind)) != 0;
}

static bool flag_from_variable(void *into, const struct option_row *row, const char *shown, const char *value,
                               struct arena *a, struct err *e)
{
    static const char *const words[] = { "1", "true", "yes", "0", "false", "no", NULL };

    for (size_t i = 0; words[i]; i++) {
        if (text_is_nocase(text_from(value), words[i])) {
            if (i < 3)
                option_value_set_flag(into, row);
            return true;
        }
    }
    err_plain(e, ERR_USAGE, "the variable %s takes %s, not \"%s\"", shown, option_value_words(a, words),
              option_value_shown(a, value));
    return err_hint(e, "set %s=1 or unset it", shown);
}

bool option_value_from_variable(void *into, const struct option_row *row, const char *shown, const char *value,
                                struct arena *a, struct err *e)
{
    if (row->kind == OPTION_FLAG)
        return flag_from_variable(into, row, shown, value, a, e);
    if (row->kind == OPTION_LIST) {
        for (const char *part = value, *end; *part; part = *end ? end + 1 : end) {
            end = part + strcspn(part, ":");
            if (end > part)
                list_add((char *)into + row->offset, arena_cstr(a, (struct text) { part, (size_t)(end - part) }), a);
        }
        return true;
    }
    if (!option_value_set(into, row, arena_printf(a, "the variable %s", shown), value, a, e))
        return err_hint(e, "correct %s or unset it", shown);
    return true;
}
