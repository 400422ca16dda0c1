/* schema URL: describes a database and prints the description, as `drift` and `plan` take it. */
#include <stdio.h>

#include "core/schema.h"

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct notices notices = { .arena = a };
    struct db_options o = { .url = argc > 1 ? argv[1] : "",
                            .base = ".",
                            .application = "bench",
                            .lock_timeout_ms = -1,
                            .statement_timeout_ms = -1,
                            .read_only = true,
                            .notices = &notices };
    const struct schema_wanted wanted = { 0 };
    struct schema s;
    struct err e = { 0 };
    struct text text;
    struct db *db;

    if (!db_open(&db, &o, a, &e) || !schema_read(&s, db, &wanted, a, &e)) {
        fprintf(stderr, "%s\n", e.message);
        return 1;
    }
    text = schema_text(&s, db->info.dialect, a);
    fwrite(text.at, 1, text.len, stdout);
    db_close(db);
    arena_close(a);
    return 0;
}
