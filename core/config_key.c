/* What a key takes: a text, a list, one of some words, a duration, a number. */
#include "core/config_key.h"

#include "core/base/text.h"

const char *key_kind(enum config_node_kind kind)
{
    return kind == NODE_TEXT ? "a single value" : kind == NODE_LIST ? "a list" : "a map of keys";
}

bool key_wrong_kind(const struct reading *r, const char *wanted, struct err *e)
{
    config_wrong(r->file, r->node->index, e, "\"%s\" takes %s, not %s", config_shown(r->file, r->key), wanted,
                 key_kind(r->node->kind));
    return false;
}

/* The value as text: there, and not empty. */
bool key_value_check(const struct reading *r, struct err *e)
{
    if (r->node->value && *r->node->value)
        return true;
    config_wrong(r->file, r->node->index, e, r->node->value ? "\"%s\" is empty" : "\"%s\" has no value",
                 config_shown(r->file, r->key));
    return err_hint(e, "give it one, or take the key out");
}

static bool element_set(struct config_value *out, const struct reading *r, struct err *e)
{
    if (!key_value_check(r, e))
        return false;
    *out = (struct config_value) { r->node->value, r->node->at, r->node->lead };
    return true;
}

static bool variable_check(const struct key_row *row, const struct reading *r, struct err *e)
{
    const char *at = row->variables ? NULL : strstr(r->node->value, "${");

    if (!at)
        return true;
    config_wrong(r->file, r->node->index, e, "\"%s\" can't hold a ${VARIABLE}", r->key);
    return err_hint(e, "only `database` can; MERGANSER_... variables and options set the rest from outside");
}

bool key_text(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    if (r->node->kind != NODE_TEXT) {
        key_wrong_kind(r, "a single value", e);
        return err_hint(e, "write `%s: value`", r->key);
    }
    return element_set(member, r, e) && variable_check(row, r, e);
}

bool key_list(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    struct config_list *list = member;

    list->at = arena_make(r->file->arena, struct config_value, 1);
    if (r->node->kind == NODE_TEXT) {
        list->len = list->cap = 1;
        return element_set(&list->at[0], r, e) && variable_check(row, r, e);
    }
    if (r->node->kind == NODE_MAP) {
        key_wrong_kind(r, "a single value or a list", e);
        return err_hint(e, "write `%s: [one, other]`", r->key);
    }
    list->cap = 1;
    for (size_t i = 0; i < r->node->below.len; i++) {
        struct reading one = { r->file, &r->node->below.at[i], r->key };

        if (one.node->kind != NODE_TEXT) {
            key_wrong_kind(&one, "single values in its list", e);
            return err_hint(e, "a text with \": \" in it has to stand in quotes");
        }
        if (!element_set(arena_push(r->file->arena, list), &one, e) || !variable_check(row, &one, e))
            return false;
    }
    return true;
}

bool key_folders(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    const struct config_list *list = member;

    if (!key_list(member, row, r, e))
        return false;
    if (list->len)
        return true;
    config_wrong(r->file, r->node->index, e, "\"%s\" names no folder", r->key);
    return err_hint(e, "name one, or take the key out: then the usual folders are looked at");
}

/* Which of words the value is. */
static bool word_find(size_t *out, const char *const *words, const struct reading *r, struct err *e)
{
    struct buf all = buf_open(r->file->arena, SIZE_MAX / 2);
    const char *nearest;

    for (size_t i = 0; words[i]; i++)
        buf_printf(&all, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
    if (r->node->kind != NODE_TEXT) {
        key_wrong_kind(r, buf_cstr(&all), e);
        return err_hint(e, "write `%s: %s`", config_shown(r->file, r->key), words[0]);
    }
    if (!key_value_check(r, e))
        return false;
    for (*out = 0; words[*out]; (*out)++)
        if (strcmp(words[*out], r->node->value) == 0)
            return true;
    config_wrong(r->file, r->node->index, e, "\"%s\" takes %s, not \"%s\"", config_shown(r->file, r->key),
                 buf_cstr(&all), config_shown(r->file, r->node->value));
    nearest = text_nearest(r->node->value, words);
    return nearest ? err_hint(e, "did you mean \"%s\"?", nearest) : err_hint(e, "write one of them");
}

bool key_one_of(struct config_value *out, const char *const *words, const struct reading *r, struct err *e)
{
    size_t which;

    return word_find(&which, words, r, e) && element_set(out, r, e);
}

bool key_word(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    return key_one_of(member, row->words, r, e);
}

bool key_policy(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    static const char *const words[] = { "allow", "warn", "refuse", NULL };
    static const enum policy policies[] = { POLICY_ALLOW, POLICY_WARN, POLICY_REFUSE };
    size_t which;

    (void)row;
    if (!word_find(&which, words, r, e))
        return false;
    *(enum policy *)member = policies[which];
    return true;
}

bool key_confirm(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    static const char *const words[] = { "true", "false", "yes", "no", NULL };
    size_t which;

    (void)row;
    if (!word_find(&which, words, r, e))
        return false;
    *(int *)member = which % 2 == 0;
    return true;
}

bool key_duration(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    struct config_value v = { 0 };

    if (!key_text(&v, row, r, e))
        return false;
    if (config_duration(member, text_from(v.value)))
        return true;
    config_wrong(r->file, r->node->index, e, "\"%s\" takes a duration of at most 24 days, not \"%s\"", r->key,
                 config_shown(r->file, v.value));
    return err_hint(e, "write it as 250ms, 5s, 2min, 1h or 0");
}

bool key_count(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    struct config_value v = { 0 };
    uint64_t n;

    if (!key_text(&v, row, r, e))
        return false;
    if (text_to_u64(text_from(v.value), &n) && n <= INT32_MAX) {
        *(int64_t *)member = (int64_t)n;
        return true;
    }
    config_wrong(r->file, r->node->index, e, "\"%s\" takes a whole number, not \"%s\"", r->key,
                 config_shown(r->file, v.value));
    return err_hint(e, "write it as in `%s: 10`", r->key);
}
