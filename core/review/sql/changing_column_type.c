/* ALTER COLUMN … TYPE. */
#include "core/base/text.h"
#include "core/review/sql_rule.h"

/* "character varying(20)": its name, and what stands in the parentheses. */
struct type {
    struct text name, behind;
    uint64_t first, second;
    bool limited;
};

static struct type type_read(const char *s)
{
    struct text all = text_from(s), inner;
    struct type t = { .name = all };
    size_t open, close, comma;

    if (text_find(all, " with", &open)) {
        t.name = text_cut(all, 0, open);
        t.behind = text_cut(all, open, all.len);
    }
    if (!text_find(all, "(", &open) || !text_find(all, ")", &close) || close < open)
        return t;
    t.name = text_cut(all, 0, open);
    t.behind = text_cut(all, close + 1, all.len);
    inner = text_cut(all, open + 1, close);
    if (!text_find(inner, ",", &comma))
        comma = inner.len;
    t.limited = text_to_u64(text_trim(text_cut(inner, 0, comma)), &t.first);
    if (comma < inner.len && !text_to_u64(text_trim(text_cut(inner, comma + 1, inner.len)), &t.second))
        t.limited = false;
    return t;
}

/* The new one takes every value of the old one as it lies in its row. */
static bool is_wider(struct type from, struct type to)
{
    static const char *const widening[] = { "character varying", "bit varying", "numeric",
                                            "timestamp",         "time",        "interval" };
    bool alike = text_equal(from.name, to.name) && text_equal(from.behind, to.behind);

    for (size_t i = 0; alike && i < sizeof widening / sizeof *widening; i++)
        if (text_is(from.name, widening[i]))
            return !to.limited || (from.limited && to.first >= from.first && to.second == from.second);
    return false;
}

static bool keeps_rows(const char *from, const char *to)
{
    static const char *const same[][2] = { { "character varying", "text" },
                                           { "text", "character varying" },
                                           { "cidr", "inet" },
                                           { "xml", "text" },
                                           { "xml", "character varying" } };
    struct type old = type_read(from), new = type_read(to);

    if (strcmp(from, to) == 0 || is_wider(old, new))
        return true;
    for (size_t i = 0; !new.limited &&i < sizeof same / sizeof *same; i++)
        if (text_is(old.name, same[i][0]) && text_is(new.name, same[i][1]))
            return true;
    return false;
}

static void look(struct sql_look *l, const struct action *a)
{
    const struct sql_object *column;
    const char *from, *table, *to = a->type ? a->type : "another type";
    struct finding *f;

    if (a->verb != ACTION_ALTER || a->object != OBJECT_COLUMN || a->change != CHANGE_TYPE)
        return;
    column = known_column(l->known, a->schema, a->name, a->sub);
    from = column ? column->type : NULL;
    if (from && a->type && !(a->flags & ACTION_REWRITES) && keeps_rows(from, a->type))
        return;
    table = sql_name(l, a->schema, a->name);
    f = from
            ? sql_find_on_table(l, a, a->schema, a->name,
                                "changing %s.%s from %s to %s writes every row anew, and nobody can use the table "
                                "meanwhile",
                                table, a->sub, from, to)
            : sql_find_on_table(l, a, a->schema, a->name,
                                "changing %s.%s to %s may write every row anew, and nobody can use the table meanwhile",
                                table, a->sub, to);
    if (f)
        sql_hint(l, f, "add a column of the new type, write both, move the rows over in batches, and drop %s later",
                 a->sub);
}

const struct rule rule_changing_column_type = {
    .text = { .name = "changing-column-type",
              .summary = "the type of a column is changed that was there",
              .severity = SEVERITY_WARNING,
              .risk = "Most changes write the whole table and all its indexes anew under an ACCESS EXCLUSIVE lock: "
                      "nobody reads or writes it until that is done. Programs that read the old type may fail.",
              .safe = "Add a column of the new type, write both, move the rows over, and drop the old one in a later "
                      "release:\n\n"
                      "    ALTER TABLE orders ADD COLUMN total_big bigint;\n\n"
                      "    UPDATE orders SET total_big = total WHERE total_big IS NULL;  -- in batches\n\n"
                      "    ALTER TABLE orders DROP COLUMN total;",
              .except =
                  "Tables and columns that the same plan makes. Changes that leave the rows as they are: a longer "
                  "varchar, varchar to text and back, more digits of a numeric with the same scale, more "
                  "fractional seconds, cidr to inet. That takes the old type, which is known where these "
                  "migrations have made the column." },
    .action = look,
    .down = true,
};
