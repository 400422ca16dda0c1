/* Small readings of values, and the block that holds for an environment. */
#include "core/base/text.h"
#include "core/config_node.h"

enum { DURATION_MAX = 2147483647 };

bool config_duration(int64_t *ms, struct text t)
{
    static const struct {
        const char *unit;
        uint64_t ms;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60 * 1000 }, { "h", 60 * 60 * 1000 }, { "", 1 } };
    size_t digits = 0;
    uint64_t n;

    while (digits < t.len && text_is_digit(t.at[digits]))
        digits++;
    if (!text_to_u64(text_cut(t, 0, digits), &n))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!text_is(text_cut(t, digits, t.len), units[i].unit))
            continue;
        if (n > DURATION_MAX / units[i].ms)
            return false;
        *ms = (int64_t)(n * units[i].ms);
        return true;
    }
    return false;
}

void config_block_init(struct config_block *b)
{
    memset(b, 0, sizeof *b);
    b->policy.confirm = -1;
    b->timeouts.lock = b->timeouts.statement = b->timeouts.index = b->timeouts.wait = b->timeouts.retries = -1;
}

static void value_over(struct config_value *under, const struct config_value *over)
{
    if (over->value)
        *under = *over;
}

static void list_over(struct config_list *under, const struct config_list *over)
{
    if (over->at)
        *under = *over;
}

static void policy_over(enum policy *under, struct pos *under_at, enum policy over, struct pos over_at)
{
    if (over != POLICY_UNSET) {
        *under = over;
        *under_at = over_at;
    }
}

static void timeout_over(int64_t *under, struct pos *under_at, int64_t over, struct pos over_at)
{
    if (over >= 0) {
        *under = over;
        *under_at = over_at;
    }
}

static void policies_over(struct config_policy *under, const struct config_policy *over)
{
    policy_over(&under->out_of_order, &under->out_of_order_at, over->out_of_order, over->out_of_order_at);
    policy_over(&under->edited, &under->edited_at, over->edited, over->edited_at);
    policy_over(&under->uncommitted, &under->uncommitted_at, over->uncommitted, over->uncommitted_at);
    policy_over(&under->sync, &under->sync_at, over->sync, over->sync_at);
    if (over->confirm >= 0) {
        under->confirm = over->confirm;
        under->confirm_at = over->confirm_at;
    }
}

static void block_over(struct config_block *under, const struct config_block *over)
{
    struct config_timeouts *t = &under->timeouts;
    const struct config_timeouts *o = &over->timeouts;
    struct pos nowhere = NOWHERE;

    list_over(&under->migrations, &over->migrations);
    value_over(&under->layout, &over->layout);
    /* The direct URL belongs to the database that it stands beside. */
    under->database = over->database;
    under->direct = over->direct;
    value_over(&under->ledger.schema, &over->ledger.schema);
    value_over(&under->ledger.table, &over->ledger.table);
    value_over(&under->history.schema, &over->history.schema);
    value_over(&under->history.table, &over->history.table);
    list_over(&under->session, &over->session);
    value_over(&under->lock, &over->lock);
    policies_over(&under->policy, &over->policy);
    timeout_over(&t->lock, &t->lock_at, o->lock, o->lock_at);
    timeout_over(&t->statement, &t->statement_at, o->statement, o->statement_at);
    timeout_over(&t->index, &t->index_at, o->index, o->index_at);
    timeout_over(&t->wait, &nowhere, o->wait, nowhere);
    timeout_over(&t->retries, &t->retries_at, o->retries, o->retries_at);
}

static bool environment_unknown(const struct config *c, const char *name, struct arena *a, struct err *e)
{
    const char **names = arena_make(a, const char *, c->nenvironments + 1), *nearest,
               *shown = text_shown(a, text_from(name));
    struct buf all = buf_open(a, 400);

    if (!c->path) {
        err_plain(e, ERR_CONFIG, "there is no merganser.yml that could hold an environment \"%s\"", shown);
        return err_hint(e, "`merganser init` writes one; --config FILE names one that stands elsewhere");
    }
    for (size_t i = 0; i < c->nenvironments; i++) {
        names[i] = c->environments[i].name;
        buf_printf(&all, "%s%s", i ? ", " : "", text_shown(a, text_from(names[i])));
    }
    err_set(e, ERR_CONFIG, IN_FILE(c->path), "there is no environment \"%s\"", shown);
    nearest = text_nearest(name, names);
    if (nearest)
        return err_hint(e, "did you mean --env %s?", text_shown(a, text_from(nearest)));
    return all.len ? err_hint(e, "it has %s%s", buf_cstr(&all), all.overflowed ? "..." : "")
                   : err_hint(e, "add `environments: {%s: {database: ...}}` to it", shown);
}

bool config_for(struct config_block *out, const struct config *c, const char *name, struct arena *a, struct err *e)
{
    *out = c->top;
    if (!name)
        return true;
    for (size_t i = 0; i < c->nenvironments; i++) {
        const struct config_environment *found = &c->environments[i];

        if (strcmp(found->name, name) != 0)
            continue;
        if (!found->block.database.value) {
            err_set(e, ERR_CONFIG, found->at, "the environment \"%s\" names no database of its own",
                    text_shown(a, text_from(name)));
            return err_hint(e, "write `database: ${%s}` below it, with the variable that holds its URL",
                            "DATABASE_URL");
        }
        block_over(out, &found->block);
        return true;
    }
    return environment_unknown(c, name, a, e);
}
