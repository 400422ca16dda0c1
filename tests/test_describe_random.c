/* Statements that were broken at random: whatever they are, each is described and its effects told, and nothing is read
 * past its end. The seed is fixed; MERGANSER_RANDOM_ROUNDS asks for more than fit into a test run. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "dialects/postgres/postgres.h"
#include "dialects/sqlite/sqlite.h"

enum { ROUNDS = 1500, CHANGES_MOST = 6 };

static const char *const statements[] = {
    "CREATE TABLE IF NOT EXISTS s.\"T\" (id bigserial PRIMARY KEY, a varchar(20) NOT NULL DEFAULT 'x' || "
    "random()::text, "
    "b int GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT k FOREIGN KEY (a, b) REFERENCES u (c), CHECK (a > 0))",
    "CREATE TABLE p PARTITION OF s.t FOR VALUES FROM (1) TO (2) WITH (fillfactor = 70)",
    "ALTER TABLE ONLY t ADD c uuid DEFAULT gen_random_uuid(), ALTER d TYPE numeric(10, 2) USING d::numeric, DROP e "
    "CASCADE, ADD CONSTRAINT k CHECK (a IS NOT NULL AND b > 0) NOT VALID, VALIDATE CONSTRAINT l, OWNER TO bob",
    "ALTER TABLE t ATTACH PARTITION s.p FOR VALUES IN ('a', NULL)",
    "ALTER TABLE t SET (fillfactor = 70), SET LOGGED, REPLICA IDENTITY FULL, INHERIT q, DISABLE TRIGGER ALL",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin (a, lower(b) DESC) WHERE a > 0",
    "DROP FUNCTION IF EXISTS f(int, VARIADIC text[]), g CASCADE",
    "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s' BEFORE 'b'",
    "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 1) NOT VALID",
    "CREATE FUNCTION f(a int, OUT b text) RETURNS text LANGUAGE plpgsql AS $x$ BEGIN RETURN a; END $x$",
    "WITH x AS (DELETE FROM t WHERE a = 1 RETURNING *) INSERT INTO u SELECT * FROM x ON CONFLICT DO NOTHING",
    "SELECT set_config('search_path', 'a, b', true)",
    "SET LOCAL lock_timeout = '5s'",
    "LOCK TABLE s.t, u IN SHARE ROW EXCLUSIVE MODE NOWAIT",
    "VACUUM (FULL, ANALYZE) s.t (a), u",
    "GRANT SELECT (a), UPDATE ON t, u TO PUBLIC, bob WITH GRANT OPTION",
    "COMMENT ON CONSTRAINT k ON DOMAIN d IS E'x\\n'",
    "CREATE TRIGGER x AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a) EXECUTE FUNCTION f()",
    "CREATE TABLE `t` ([a b] \"unsigned big int\" REFERENCES u (id) ON DELETE SET DEFAULT, c DEFAULT (1), UNIQUE (c)) "
    "STRICT",
    "UPDATE OR ROLLBACK t SET a = (SELECT b FROM u WHERE u.a = t.a)",
    "PRAGMA main.user_version(3)",
};
static const char *const pieces[] = { "(",    ")",       "'",       "\"",     ",",      ";",     "--",
                                      "/*",   "$$",      ".",       "::",     " NULL ", " NOT ", " ONLY ",
                                      "[]",   "\\",      "E'",      "%",      "\xff",   "0",     "*",
                                      " AS ", " TABLE ", " USING ", "U&\"\"", "\r\n",   " SET ", "=" };

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Cuts a part out, puts a piece in, or takes a part of another statement. */
static struct text change(struct text sql, uint64_t *state, struct arena *a)
{
    struct text other = text_from(statements[next(state) % (sizeof statements / sizeof *statements)]);
    size_t at = next(state) % (sql.len + 1), end = at + next(state) % (sql.len - at + 1);
    size_t from = next(state) % (other.len + 1);
    struct buf out = buf_open(a, SIZE_MAX / 2);

    buf_text(&out, text_cut(sql, 0, at));
    switch (next(state) % 3) {
    case 0:
        buf_text(&out, text_cut(sql, at + next(state) % (end - at + 1), sql.len));
        break;
    case 1:
        buf_string(&out, pieces[next(state) % (sizeof pieces / sizeof *pieces)]);
        buf_text(&out, text_cut(sql, at, sql.len));
        break;
    default:
        buf_text(&out, text_cut(other, from, from + next(state) % 40));
        buf_text(&out, text_cut(sql, end, sql.len));
    }
    return buf_content(&out);
}

static void describe(const struct dialect *d, struct text sql, struct arena *a)
{
    char *exact = malloc(sql.len ? sql.len : 1);
    struct actions list;
    struct effects effects;

    memcpy(exact, sql.at ? sql.at : "", sql.len);
    dialect_describe(&list, d, (struct text) { exact, sql.len }, a);
    dialect_effects(&effects, d, &list, 150000, a);
    for (size_t i = 0; i < list.len; i++)
        cr_assert_leq(list.at[i].at, sql.len, "%.*s", (int)sql.len, sql.at);
    cr_assert(list.known || !list.len, "%.*s", (int)sql.len, sql.at);
    free(exact);
}

Test(describe, broken_statements_are_read_or_not_known)
{
    const char *asked = getenv("MERGANSER_RANDOM_ROUNDS");
    uint64_t rounds = ROUNDS, state = 20240320;

    if (asked)
        cr_assert(text_to_u64(text_from(asked), &rounds));
    for (uint64_t i = 0; i < rounds; i++) {
        struct arena *a = arena_open();
        struct text sql = text_from(statements[i % (sizeof statements / sizeof *statements)]);
        uint64_t n = next(&state) % CHANGES_MOST;

        for (uint64_t k = 0; k < n; k++)
            sql = change(sql, &state, a);
        describe(&postgres_dialect, sql, a);
        describe(&sqlite_dialect, sql, a);
        arena_close(a);
    }
}
