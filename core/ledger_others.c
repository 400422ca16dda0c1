#include "core/base/text.h"
#include "core/ledger.h"

/* Where other tools keep what they applied (their formats: the tools' own documentation). The first of a table says who
 * it may be; golang-migrate's is told by its columns, where its lock is asked for. */
static const struct tool_table others[] = {
    { "schema_migrations", "Rails, dbmate or golang-migrate" },
    { "schema_migrations", "golang-migrate" },
    { "__diesel_schema_migrations", "Diesel" },
    { "__drizzle_migrations", "Drizzle" },
    { "goose_db_version", "goose" },
    { "_sqlx_migrations", "sqlx" },
    { "_prisma_migrations", "Prisma" },
    { "flyway_schema_history", "Flyway" },
    { "pgmigrations", "node-pg-migrate" },
    { "schema_version", "tern" },
    { "atlas_schema_revisions", "Atlas" },
    { "databasechangelog", "Liquibase" },
    { "gorp_migrations", "sql-migrate" },
    { "knex_migrations", "Knex" },
    { "alembic_version", "Alembic" },
    { "django_migrations", "Django" },
    { "phinxlog", "Phinx" },
};

const struct tool_table *ledger_tools(size_t *n)
{
    *n = sizeof others / sizeof *others;
    return others;
}

static bool same_table(struct table_name a, struct table_name b)
{
    return strcmp(a.table, b.table) == 0 && (!a.schema || !b.schema || strcmp(a.schema, b.schema) == 0);
}

static const char *tool_of(struct table_name t)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_is_nocase(text_from(t.table), others[i].table))
            return others[i].tool;
    if (t.schema && strcmp(t.schema, "graphile_migrate") == 0)
        return "graphile-migrate";
    return t.schema && strcmp(t.schema, "sqitch") == 0 ? "sqitch" : NULL;
}

static const char *label(struct table_name t, struct arena *a)
{
    return text_shown(a, text_from(t.schema ? arena_printf(a, "%s.%s", t.schema, t.table) : t.table));
}

static bool refuse(const struct ledger *l, const struct source *s, const char *what, struct err *e)
{
    const struct migrations *m = &s->migrations;

    err_plain(e, ERR_BASELINE_NEEDED, "%s records nothing as applied, but %s", l->name, what);
    return err_hint(e,
                    "if the migrations up to %s are in this database already: `merganser baseline %s`; if these "
                    "tables have nothing to do with them: `merganser up --fresh`",
                    m->len ? m->at[m->len - 1].version : "VERSION", m->len ? m->at[m->len - 1].version : "VERSION");
}

bool ledger_refuse_unrecorded(const struct ledger *l, struct db *db, const struct source *s, struct arena *a,
                              struct notices *notices, struct err *e)
{
    struct table_list tables = { 0 };
    const struct table_name *other = NULL, *first = NULL, lease = history_lease(&l->history, a);
    size_t count = 0;

    /* Our own history shows that this database was brought here by merganser. */
    if (l->rows.len || l->history.entries.len)
        return true;
    if (!db_tables_list(db, &tables, a, e))
        return false;
    for (size_t i = 0; i < tables.len; i++) {
        const struct table_name *t = &tables.at[i];
        bool elsewhere = !l->exists && !l->main.schema && strcmp(t->table, l->main.table) == 0;

        if (elsewhere)
            notice_add(notices, NOTICE_NOTE, "ledger-elsewhere", NOWHERE, NULL,
                       "%s is not on the search_path and is not used", label(*t, a));
        else if (same_table(*t, l->main) || same_table(*t, l->history.table) || same_table(*t, lease) ||
                 same_table(*t, l->history.schemas) || same_table(*t, l->metadata) ||
                 (l->kind == LEDGER_DRIZZLE && same_table(*t, l->drizzle)))
            continue;
        if (tool_of(*t) && !other)
            other = t;
        if (!first)
            first = t;
        count++;
    }
    if (other)
        return refuse(l, s, arena_printf(a, "there is %s, which is %s's", label(*other, a), tool_of(*other)), e);
    if (count == 1)
        return refuse(l, s, arena_printf(a, "the database has the table %s", label(*first, a)), e);
    if (count)
        return refuse(l, s, arena_printf(a, "the database has %zu tables, %s among them", count, label(*first, a)), e);
    return true;
}
