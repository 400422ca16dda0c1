#include "dialects/postgres/evidence.h"

/* *before is how many results come before those of the probes. */
static const char *question(size_t *before, const struct pg *pg, struct probe *const *probes, size_t n, struct arena *a)
{
    struct buf sql = buf_open(a, SIZE_MAX / 2);
    const char *path = NULL;

    *before = pg_begin(&sql, pg, "ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    for (size_t i = 0; i < n; i++) {
        if (probes[i]->search_path && (!path || strcmp(path, probes[i]->search_path) != 0))
            buf_printf(&sql, "SET LOCAL search_path = %s;", probes[i]->search_path);
        path = probes[i]->search_path;
        buf_printf(&sql, "%s;", probes[i]->sql);
    }
    buf_string(&sql, "COMMIT");
    return buf_cstr(&sql);
}

static void answer(struct probe *p, const PGresult *r, struct arena *a)
{
    p->state = PROBE_ABSENT;
    p->words = p->absent;
    if (!PQntuples(r))
        return;
    switch (*PQgetvalue(r, 0, 0)) {
    case 'y':
        p->state = PROBE_PRESENT;
        break;
    case 'f':
        p->state = PROBE_FLAWED;
        break;
    case 'd':
        p->state = PROBE_DOUBTFUL;
        break;
    default:
        break;
    }
    p->words = arena_string(a, PQgetvalue(r, 0, 1));
}

/* Asks from the first on, up to one that the server refuses to answer. *done counts those behind which to go on. */
static bool ask(size_t *done, struct pg *pg, struct probe *const *probes, size_t n, struct arena *a, struct err *e)
{
    size_t before;
    bool fine = true;

    *done = 0;
    if (!pg_send(pg, question(&before, pg, probes, n, a), e))
        return false;
    for (PGresult *r = pg_next(pg); r; r = pg_next(pg)) {
        if (pg_failed(r) && fine && pg->cancelled) {
            pg_error(e, pg, ERR_DATABASE, r);
            fine = false;
        } else if (pg_failed(r) && fine && *done < n) {
            probes[*done]->state = PROBE_FAILED;
            probes[(*done)++]->words = pg_shown(pg, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY), a);
        } else if (before) {
            before--;
        } else if (PQresultStatus(r) == PGRES_TUPLES_OK && *done < n) {
            answer(probes[(*done)++], r, a);
        }
        PQclear(r);
    }
    if (!fine || !pg_lost(pg))
        return fine;
    return pg_error_lost(e, pg, NULL);
}

bool probes_ask(struct pg *pg, struct probe **probes, size_t n, struct arena *a, struct err *e)
{
    while (n) {
        size_t done;
        bool ok = ask(&done, pg, probes, n, a, e);

        if (!pg_lost(pg))
            pg_rollback(pg);
        if (!ok)
            return false;
        if (!done)
            return err_plain(e, ERR_DATABASE, "the server did not begin a transaction that only reads");
        probes += done;
        n -= done;
    }
    return true;
}
