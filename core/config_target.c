/* What of merganser.yml says which database is meant and how it is treated, as one checksum. */
#include "core/base/text.h"
#include "core/config.h"
#include "core/digest.h"

/* A length before each value, so that no value can look like the next key. */
static void add(struct buf *to, const char *key, const char *value)
{
    if (value)
        buf_printf(to, "%s %zu %s\n", key, strlen(value), value);
}

static void add_number(struct buf *to, const char *key, int number)
{
    buf_printf(to, "%s %d\n", key, number);
}

static void block_add(struct buf *to, const struct config_block *b)
{
    add(to, "database", b->database.value);
    add(to, "direct", b->direct.value);
    for (size_t i = 0; i < b->session.len; i++)
        add(to, "session", b->session.at[i].value);
    /* An empty list in an environment takes the top's statements away. */
    if (b->session.at && !b->session.len)
        add(to, "session", "");
    add(to, "ledger schema", b->ledger.schema.value);
    add(to, "ledger table", b->ledger.table.value);
    add(to, "history schema", b->history.schema.value);
    add(to, "history table", b->history.table.value);
    add(to, "lock", b->lock.value);
    add_number(to, "out_of_order", b->policy.out_of_order);
    add_number(to, "edited", b->policy.edited);
    add_number(to, "uncommitted", b->policy.uncommitted);
    add_number(to, "sync", b->policy.sync);
    add_number(to, "confirm", b->policy.confirm);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct config_environment *const *)a)->name,
                  (*(const struct config_environment *const *)b)->name);
}

const char *config_target_sha256(const struct config *c, struct arena *a)
{
    const struct config_environment **sorted = arena_make(a, const struct config_environment *, c->nenvironments + 1);
    struct buf all = buf_open(a, SIZE_MAX / 2);

    block_add(&all, &c->top);
    for (size_t i = 0; i < c->nenvironments; i++)
        sorted[i] = &c->environments[i];
    qsort(sorted, c->nenvironments, sizeof *sorted, by_name);
    for (size_t i = 0; i < c->nenvironments; i++) {
        add(&all, "environment", sorted[i]->name);
        block_add(&all, &sorted[i]->block);
    }
    return digest_sha256(buf_content(&all), a);
}
