#include "core/plan_reach.h"

#include "core/base/text.h"

struct names {
    struct named {
        const char *name, *folded;
        bool reached;
    } * at; /* sorted by folded */
    size_t len, cap;
};

/* A schema's own object lies in none, but belongs to what it names. */
static const char *schema_of(const struct schema_object *o)
{
    return !o->schema && strcmp(o->kind, "schema") == 0 ? o->name : o->schema;
}

static const char *folded(const char *name, struct arena *a)
{
    char *out = arena_string(a, name);

    for (char *c = out; *c; c++)
        *c = text_lower(*c);
    return out;
}

static int by_folded(const void *a, const void *b)
{
    const struct named *left = a, *right = b;

    return strcmp(left->folded, right->folded);
}

static void schemas_list(struct names *out, const struct schema *live, struct arena *a)
{
    const char *last = NULL;
    size_t n = 0;

    for (size_t i = 0; i < live->len; i++) {
        const char *schema = schema_of(&live->at[i]);

        if (!schema || (last && strcmp(last, schema) == 0))
            continue;
        last = schema;
        *arena_push(a, out) = (struct named) { schema, folded(schema, a), false };
    }
    if (!out->len)
        return;
    qsort(out->at, out->len, sizeof *out->at, by_folded);
    for (size_t i = 0; i < out->len; i++)
        if (!n || strcmp(out->at[n - 1].name, out->at[i].name) != 0)
            out->at[n++] = out->at[i];
    out->len = n;
}

/* Schemas whose names differ only in case are reached together: the text may have quoted either. */
static void reach_name(struct names *names, const char *word, size_t len)
{
    size_t low = 0, high = names->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strncmp(names->at[mid].folded, word, len) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    /* Longer names that begin with the word come behind it. */
    for (; low < names->len && strncmp(names->at[low].folded, word, len) == 0 && !names->at[low].folded[len]; low++)
        names->at[low].reached = true;
}

static bool is_of_word(char c)
{
    return text_is_word(c) || c == '$' || (unsigned char)c >= 0x80;
}

static bool is_word(const char *name)
{
    while (is_of_word(*name))
        name++;
    return !*name;
}

enum { WORD_MAX = 256 };

/* Takes the next word off *rest, in lower case. 0: nothing is left. */
static size_t next_word(char word[WORD_MAX], struct text *rest)
{
    size_t len = 0;

    while (rest->len && !is_of_word(*rest->at))
        *rest = text_cut(*rest, 1, rest->len);
    while (len < rest->len && len < WORD_MAX && is_of_word(rest->at[len])) {
        word[len] = text_lower(rest->at[len]);
        len++;
    }
    *rest = text_cut(*rest, len, rest->len);
    return len;
}

static void reach_named_in(struct names *names, struct text sql, struct arena *a)
{
    struct text rest = sql;
    char word[WORD_MAX];
    size_t len;

    while ((len = next_word(word, &rest)))
        reach_name(names, word, len);
    for (size_t i = 0; i < names->len; i++) {
        struct named *n = &names->at[i];
        size_t at;

        if (!n->reached && !is_word(n->name) && text_find(text_from(folded(arena_cstr(a, sql), a)), n->folded, &at))
            n->reached = true;
    }
}

/* Whether it may change what names and rights are looked up by: SET, RESET, DISCARD. */
static bool moves_names(struct text sql)
{
    static const char *const words[] = { "search_path", "schema", "role", "authorization", "all" };
    char word[WORD_MAX];
    size_t len;

    while ((len = next_word(word, &sql)))
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (text_is((struct text) { word, len }, words[i]))
                return true;
    return false;
}

static bool is_opaque(const struct planned_statement *p)
{
    bool opaque = !p->actions.known;

    for (size_t i = 0; i < p->actions.len && !opaque; i++) {
        enum action_verb verb = p->actions.at[i].verb;
        size_t at;

        opaque = verb == ACTION_RUN || (verb == ACTION_SESSION && moves_names(p->sql)) ||
                 (verb == ACTION_READ && text_find(p->sql, "set_config", &at));
    }
    return opaque;
}

static bool is_blind(const struct plan_reach_request *r)
{
    bool blind = r->blind;

    for (size_t i = 0; i < r->n && !blind; i++)
        for (size_t k = 0; k < r->scripts[i].len && !blind; k++)
            blind = is_opaque(&r->scripts[i].at[k]);
    return blind;
}

static void reach_path(struct names *names, const char *path, struct arena *a)
{
    struct text rest = text_from(path), line;

    while (text_line(&rest, &line)) {
        const char *name = folded(arena_cstr(a, line), a);

        reach_name(names, name, strlen(name));
    }
}

void plan_reach(struct plan_reach *out, const struct plan_reach_request *r, struct arena *a)
{
    struct names names = { 0 };
    const char **reached;
    size_t n = 0;

    *out = (struct plan_reach) { .strict = r->strict, .all = r->strict || is_blind(r) };
    if (out->all)
        return;
    schemas_list(&names, r->live, a);
    reach_path(&names, r->path, a);
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->scripts[i].len; k++)
            reach_named_in(&names, r->scripts[i].at[k].sql, a);
    reached = arena_make(a, const char *, names.len + 1);
    for (size_t i = 0; i < names.len; i++)
        if (names.at[i].reached)
            reached[n++] = names.at[i].name;
    out->schemas = reached;
}

bool plan_reaches(const struct plan_reach *reach, const struct schema_object *o)
{
    const char *schema = schema_of(o);

    if (reach->strict)
        return true;
    if (o->partition_of || strcmp(o->kind, "comment") == 0)
        return false;
    if (reach->all || !schema)
        return true;
    for (size_t i = 0; reach->schemas[i]; i++)
        if (strcmp(reach->schemas[i], schema) == 0)
            return true;
    return false;
}
