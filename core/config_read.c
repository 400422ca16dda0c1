/* The keys of merganser.yml as rows, and its maps. */
#include "core/base/text.h"
#include "core/config_key.h"

static bool map_read(void *member, const struct key_row *row, const struct reading *r, struct err *e);
static bool database_read(void *member, const struct key_row *row, const struct reading *r, struct err *e);
static bool environments_read(void *member, const struct key_row *row, const struct reading *r, struct err *e);
static bool rules_read(void *member, const struct key_row *row, const struct reading *r, struct err *e);

#define MEMBER(type, member) offsetof(struct type, member), NO_PLACE
#define PLACED(type, member) offsetof(struct type, member), (long)offsetof(struct type, member##_at)

static const struct key_row table_rows[] = {
    { "schema", key_text, MEMBER(config_table, schema), NULL, NULL, false },
    { "table", key_text, MEMBER(config_table, table), NULL, NULL, false },
    { 0 },
};

static const struct key_row policy_rows[] = {
    { "out_of_order", key_policy, PLACED(config_policy, out_of_order), NULL, NULL, false },
    { "edited", key_policy, PLACED(config_policy, edited), NULL, NULL, false },
    { "uncommitted", key_policy, PLACED(config_policy, uncommitted), NULL, NULL, false },
    { "sync", key_policy, PLACED(config_policy, sync), NULL, NULL, false },
    { "confirm", key_confirm, PLACED(config_policy, confirm), NULL, NULL, false },
    { 0 },
};

static const struct key_row timeout_rows[] = {
    { "lock", key_duration, PLACED(config_timeouts, lock), NULL, NULL, false },
    { "statement", key_duration, PLACED(config_timeouts, statement), NULL, NULL, false },
    { "index", key_duration, PLACED(config_timeouts, index), NULL, NULL, false },
    { "wait", key_duration, MEMBER(config_timeouts, wait), NULL, NULL, false },
    { "retries", key_count, PLACED(config_timeouts, retries), NULL, NULL, false },
    { 0 },
};

static const char *const layouts[] = { "rails", "diesel", "drizzle", NULL };
static const char *const locks[] = { "advisory", "lease", NULL };

static const struct key_row block_rows[] = {
    { "migrations", key_folders, MEMBER(config_block, migrations), NULL, NULL, false },
    { "layout", key_word, MEMBER(config_block, layout), NULL, layouts, false },
    { "database", database_read, 0, NO_PLACE, NULL, NULL, true },
    { "ledger", map_read, MEMBER(config_block, ledger), table_rows, NULL, false },
    { "history", map_read, MEMBER(config_block, history), table_rows, NULL, false },
    { "session", key_list, MEMBER(config_block, session), NULL, NULL, true },
    { "lock", key_word, MEMBER(config_block, lock), NULL, locks, false },
    { "policy", map_read, MEMBER(config_block, policy), policy_rows, NULL, false },
    { "timeouts", map_read, MEMBER(config_block, timeouts), timeout_rows, NULL, false },
    { 0 },
};

static const struct key_row database_rows[] = {
    { "url", key_text, MEMBER(config_block, database), NULL, NULL, true },
    { "direct", key_text, MEMBER(config_block, direct), NULL, NULL, true },
    { 0 },
};

static const struct key_row check_rows[] = {
    { "rules", rules_read, 0, NO_PLACE, NULL, NULL, false },
    { "ignore", key_list, MEMBER(config, check_ignore), NULL, NULL, true },
    { 0 },
};

static const struct key_row drift_rows[] = {
    { "ignore", key_list, MEMBER(config, drift_ignore), NULL, NULL, true },
    { 0 },
};

/* What stands at the top alone. */
static const struct key_row top_rows[] = {
    { "environments", environments_read, 0, NO_PLACE, NULL, NULL, false },
    { "check", map_read, 0, NO_PLACE, check_rows, NULL, false },
    { "drift", map_read, 0, NO_PLACE, drift_rows, NULL, false },
    { 0 },
};

static const struct key_row *row_find(const struct key_row *rows, const char *name)
{
    for (; rows && rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

/* A key that stands in the wrong map is told where it belongs. */
static const char *key_home(const char *name)
{
    const struct key_row *const tables[] = { block_rows, top_rows };

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct key_row *row = tables[i]; row->name; row++)
            if (row_find(row->below, name))
                return row->name;
    return NULL;
}

static bool key_unknown(const struct config_file *f, const struct config_node *key, const struct key_row *rows,
                        const struct key_row *more, const char *map, struct err *e)
{
    const struct key_row *const tables[] = { rows, more };
    const char *names[32], *nearest, *home = key_home(key->value);
    struct buf all = buf_open(f->arena, SIZE_MAX / 2);
    size_t n = 0;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const struct key_row *row = tables[i]; row && row->name && n + 1 < sizeof names / sizeof *names; row++)
            names[n++] = row->name;
    names[n] = NULL;
    if (map)
        config_wrong(f, key->index, e, "there is no key \"%s\" below \"%s\"", config_shown(f, key->value),
                     config_shown(f, map));
    else
        config_wrong(f, key->index, e, "there is no key \"%s\"", config_shown(f, key->value));
    if (map && (row_find(block_rows, key->value) || row_find(top_rows, key->value)))
        return err_hint(e, "\"%s\" stands at the top level of merganser.yml", key->value);
    nearest = text_nearest(key->value, names);
    if (nearest)
        return err_hint(e, "did you mean \"%s\"?", nearest);
    if (home)
        return err_hint(e, "\"%s\" belongs below \"%s\"", key->value, home);
    for (size_t i = 0; i < n; i++)
        buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
    return err_hint(e, "the keys here are %s", buf_cstr(&all));
}

static bool value_read(void *into, const struct key_row *row, const struct reading *r, struct err *e)
{
    if (r->node->kind == NODE_TEXT && !r->node->value)
        return key_value_check(r, e);
    if (row->place != NO_PLACE)
        *(struct pos *)((char *)into + row->place) = r->node->at;
    return row->read((char *)into + row->offset, row, r, e);
}

/* One map by its rows; into is what their offsets are in. */
static bool rows_read(void *into, const struct key_row *rows, const struct config_file *f,
                      const struct config_node *map, const char *name, struct err *e)
{
    for (size_t i = 0; i < map->below.len; i += 2) {
        const struct config_node *key = &map->below.at[i];
        const struct reading r = { f, &map->below.at[i + 1], key->value };
        const struct key_row *row = row_find(rows, key->value);

        if (!row)
            return key_unknown(f, key, rows, NULL, name, e);
        if (!value_read(into, row, &r, e))
            return false;
    }
    return true;
}

static bool map_read(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    if (r->node->kind != NODE_MAP) {
        key_wrong_kind(r, "a map of keys", e);
        return err_hint(e, "write `%s: {%s: ...}`", r->key, row->below[0].name);
    }
    return rows_read(member, row->below, r->file, r->node, r->key, e);
}

/* Its member is the whole block: {url, direct} fill two. */
static bool database_read(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    struct config_block *block = member;

    if (r->node->kind == NODE_TEXT)
        return key_text(&block->database, row, r, e);
    if (r->node->kind == NODE_LIST) {
        key_wrong_kind(r, "one URL or {url: ..., direct: ...}", e);
        return err_hint(e, "several databases are several environments: `environments: {NAME: {database: ...}}`");
    }
    if (!rows_read(block, database_rows, r->file, r->node, r->key, e))
        return false;
    if (block->database.value)
        return true;
    config_wrong(r->file, r->node->index, e, "\"database\" has no \"url\"");
    return err_hint(e, "write `database: {url: ..., direct: ...}`; direct is the URL around the pooler");
}

static bool environments_read(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    struct config *c = member;
    struct {
        struct config_environment *at;
        size_t len, cap;
    } list = { 0 };

    (void)row;
    if (r->node->kind != NODE_MAP) {
        key_wrong_kind(r, "a map of names", e);
        return err_hint(e, "write `environments: {production: {database: ...}}`");
    }
    for (size_t i = 0; i < r->node->below.len; i += 2) {
        const struct config_node *key = &r->node->below.at[i], *value = key + 1;
        const struct reading one = { r->file, value, key->value };
        struct config_environment *now = arena_push(r->file->arena, &list);

        now->name = key->value;
        now->at = key->at;
        config_block_init(&now->block);
        if (value->kind == NODE_TEXT && !key_value_check(&one, e))
            return false;
        if (value->kind != NODE_MAP) {
            key_wrong_kind(&one, "a map of keys", e);
            return err_hint(e, "write `%s: {database: ...}`", config_shown(r->file, key->value));
        }
        if (!rows_read(&now->block, block_rows, r->file, value, key->value, e))
            return false;
    }
    c->environments = list.at;
    c->nenvironments = list.len;
    c->environments_cap = list.cap;
    return true;
}

static bool rules_read(void *member, const struct key_row *row, const struct reading *r, struct err *e)
{
    static const char *const severities[] = { "error", "warning", "info", "off", NULL };
    struct config *c = member;
    struct {
        struct config_rule *at;
        size_t len, cap;
    } list = { 0 };

    (void)row;
    if (r->node->kind != NODE_MAP) {
        key_wrong_kind(r, "a map of rules", e);
        return err_hint(e, "write `rules: {NAME: error}`");
    }
    for (size_t i = 0; i < r->node->below.len; i += 2) {
        const struct config_node *key = &r->node->below.at[i];
        const struct reading one = { r->file, key + 1, key->value };
        struct config_rule *now = arena_push(r->file->arena, &list);

        now->name = (struct config_value) { key->value, key->at, key->lead };
        if (!key_one_of(&now->severity, severities, &one, e))
            return false;
    }
    c->rules = list.at;
    c->nrules = list.len;
    c->rules_cap = list.cap;
    return true;
}

bool config_read(struct config *out, const struct config_file *f, const struct config_node *root, struct err *e)
{
    if (root->kind == NODE_TEXT && !root->value)
        return true;
    if (root->kind != NODE_MAP) {
        config_wrong(f, root->index, e, "the file holds %s, not a map of keys", key_kind(root->kind));
        return err_hint(e, "begin with `migrations: db/migrate` or `database: ...`");
    }
    for (size_t i = 0; i < root->below.len; i += 2) {
        const struct config_node *key = &root->below.at[i];
        const struct reading r = { f, &root->below.at[i + 1], key->value };
        const struct key_row *row = row_find(block_rows, key->value), *own = row_find(top_rows, key->value);

        if (!row && !own)
            return key_unknown(f, key, block_rows, top_rows, NULL, e);
        if (!value_read(row ? (void *)&out->top : out, row ? row : own, &r, e))
            return false;
    }
    return true;
}
