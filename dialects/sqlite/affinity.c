#include "dialects/sqlite/affinity.h"

#include "core/base/text.h"

static const struct {
    const char *word;
    enum column_kind kind;
} words[] = {
    { "bool", COLUMN_BOOLEAN }, { "date", COLUMN_TIME }, { "time", COLUMN_TIME }, { "int", COLUMN_INTEGER },
    { "char", COLUMN_TEXT },    { "clob", COLUMN_TEXT }, { "text", COLUMN_TEXT },
};

static bool holds(struct text type, const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= type.len; i++)
        if (text_is_nocase(text_cut(type, i, i + len), word))
            return true;
    return false;
}

static int length_of(struct text type)
{
    size_t from, to;
    uint64_t n;

    if (!text_find(type, "(", &from) || !text_find(type, ")", &to) ||
        !text_to_u64(text_trim(text_cut(type, from + 1, to)), &n) || n > INT32_MAX)
        return 0;
    return (int)n;
}

struct sqlite_affinity sqlite_affinity(const char *type)
{
    struct text t = text_from(type);

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (holds(t, words[i].word))
            return (struct sqlite_affinity) {
                .kind = words[i].kind,
                .max_length = words[i].kind == COLUMN_TEXT ? length_of(t) : 0,
            };
    return (struct sqlite_affinity) { .kind = COLUMN_OTHER };
}
