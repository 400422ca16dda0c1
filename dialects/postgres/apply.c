#include "dialects/postgres/apply.h"

bool postgres_apply(struct db *db, const struct unit *unit, struct unit_result *result, struct err *e)
{
    struct applying p = { .pg = (struct pg *)db, .unit = unit, .result = result, .arena = arena_open() };
    /* On a connection that is lost already nothing is sent: that much is certain. */
    bool ok = pg_lost(p.pg) ? pg_error_lost(e, p.pg, NULL) : pg_restore(p.pg, e);

    if (ok && unit->script.script) {
        ok = script_read(&p.script, &unit->script, p.arena, e);
        p.pg->path = unit->script.script->path;
    } else {
        p.script.body = p.script.source = TEXT("");
        p.script.control.shape = SCRIPT_ATOMIC;
    }
    if (ok)
        ok = p.script.control.shape == SCRIPT_STATEMENTS ? apply_statements(&p, e) : apply_atomic(&p, e);
    p.pg->path = NULL;
    arena_close(p.arena);
    return ok;
}
