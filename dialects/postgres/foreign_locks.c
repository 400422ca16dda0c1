#include "dialects/postgres/foreign_locks.h"

#include "core/base/text.h"

/* The salt of ActiveRecord::Migrator. */
static const int64_t rails_salt = 2053462845;
/* sqlx-core's src/migrate: generate_lock_id. */
static const int64_t sqlx_salt = 0x3d32ad9e;
/* golang-migrate's database/util.go. */
static const uint32_t golang_migrate_salt = 1486364155;
/* The bytes F l y w a y: org.flywaydb.database.postgresql. */
static const int64_t flyway_base = 77431708279161;

enum formula { ONE_NUMBER, OF_DATABASE, OF_TABLE_AND_DATABASE, OF_QUOTED_TABLE };

static const struct lock_formula {
    const char *tool;
    enum formula formula;
    int64_t key; /* ONE_NUMBER */
} formulas[] = {
    { "golang-migrate", OF_TABLE_AND_DATABASE, 0 },
    { "goose", ONE_NUMBER, 4097083626 },
    { "sqlx", OF_DATABASE, 0 },
    { "Prisma", ONE_NUMBER, 72707369 },
    { "Flyway", OF_QUOTED_TABLE, 0 },
    { "tern", ONE_NUMBER, 9628173550095224 },
    { "node-pg-migrate", ONE_NUMBER, 7241865325823964 },
};

/* CRC-32 as zlib computes it. */
static uint32_t crc32_of(struct text t)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < t.len; i++) {
        crc ^= (unsigned char)t.at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

int64_t foreign_lock_rails(const char *database)
{
    return rails_salt * (int64_t)crc32_of(text_from(database));
}

/* Its URL's path is what the command line takes for the database's name, slash and all; as a library it asks the
 * server. */
static int64_t golang_migrate_key(struct table_name t, const char *before, const char *database, struct arena *a)
{
    struct buf named = buf_open(a, SIZE_MAX / 2);

    buf_add(&named, t.schema, strlen(t.schema) + 1);
    buf_add(&named, t.table, strlen(t.table) + 1);
    buf_printf(&named, "%s%s", before, database);
    return (int64_t)(uint32_t)(crc32_of(buf_content(&named)) * golang_migrate_salt);
}

/* The first of the characters that are left, as UTF-16 has it: one unit or two. */
static size_t utf16_of(uint16_t units[2], struct text rest)
{
    size_t len = text_char_len(rest);
    const unsigned char *c = (const unsigned char *)rest.at;
    uint32_t point = len < 2 ? c[0] : len == 2 ? c[0] & 0x1fu : len == 3 ? c[0] & 0x0fu : c[0] & 0x07u;

    for (size_t i = 1; i < len; i++)
        point = point << 6 | (c[i] & 0x3fu);
    if (point < 0x10000) {
        units[0] = (uint16_t)point;
        return 1;
    }
    units[0] = (uint16_t)(0xd800 + ((point - 0x10000) >> 10));
    units[1] = (uint16_t)(0xdc00 + ((point - 0x10000) & 0x3ff));
    return 2;
}

/* Java's String.hashCode. */
static int32_t java_hash(struct text t)
{
    uint32_t hash = 0;

    for (size_t at = 0; at < t.len;) {
        struct text rest = text_cut(t, at, t.len);
        size_t len = text_char_len(rest);
        uint16_t units[2];
        size_t n = utf16_of(units, rest);

        for (size_t i = 0; i < n; i++)
            hash = hash * 31 + units[i];
        at += len ? len : 1;
    }
    return (int32_t)hash;
}

/* Flyway quotes by doubling, as SQL has it. */
static void add_quoted(struct buf *out, const char *name)
{
    buf_char(out, '"');
    for (; *name; name++)
        buf_printf(out, *name == '"' ? "\"\"" : "%c", *name);
    buf_char(out, '"');
}

static int64_t flyway_key(struct table_name t, struct arena *a)
{
    struct buf quoted = buf_open(a, SIZE_MAX / 2);

    add_quoted(&quoted, t.schema);
    buf_char(&quoted, '.');
    add_quoted(&quoted, t.table);
    return flyway_base + java_hash(buf_content(&quoted));
}

static const struct lock_formula *formula_of(const char *tool)
{
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        if (strcmp(formulas[i].tool, tool) == 0)
            return &formulas[i];
    return NULL;
}

bool foreign_lock_known(const char *tool)
{
    return formula_of(tool) != NULL;
}

static void add(struct foreign_locks *out, const char *tool, struct table_name table, int64_t key, struct arena *a)
{
    for (size_t i = 0; i < out->len; i++)
        if (out->at[i].key == key)
            return;
    *arena_push(a, out) = (struct foreign_lock) { .tool = tool, .table = table, .key = key };
}

void foreign_locks_add(struct foreign_locks *out, const char *tool, struct table_name table, bool dirty,
                       const char *database, struct arena *a)
{
    const struct lock_formula *f = formula_of(tool);

    if (!f)
        return;
    switch (f->formula) {
    case ONE_NUMBER:
        add(out, tool, table, f->key, a);
        break;
    case OF_DATABASE:
        add(out, tool, table, sqlx_salt * (int64_t)crc32_of(text_from(database)), a);
        break;
    case OF_TABLE_AND_DATABASE:
        /* Its table has the same name as Rails' and dbmate's, which have no such column. */
        if (dirty) {
            add(out, tool, table, golang_migrate_key(table, "/", database, a), a);
            add(out, tool, table, golang_migrate_key(table, "", database, a), a);
        }
        break;
    case OF_QUOTED_TABLE:
        add(out, tool, table, flyway_key(table, a), a);
        break;
    }
}
