/* What became of a transaction of ours that did not go through. */
#include "dialects/postgres/exchange.h"

/* Our COMMIT was under way, or done. */
static bool may_have_committed(const struct exchange *x)
{
    return x->commit_sent && x->results + 1 >= x->head + x->body + x->tail;
}

/* The server said itself that it ends the session: then it has rolled back what was not committed. */
static bool server_ended(const struct exchange *x)
{
    static const char *const states[] = { "57P01", "25P03", "57P05" };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(pg_sqlstate(x->error), states[i]) == 0)
            return true;
    return false;
}

static bool lost(struct exchange *x, struct err *e)
{
    pg_error_lost(e, x->p->pg, x->error);
    if (may_have_committed(x) || (!server_ended(x) && x->commit_sent))
        x->t->outcome = UNIT_UNKNOWN;
    return false;
}

/* The audit row has a number of its own: one that is there already is not the version's. */
static bool is_of_the_ledger(const struct exchange *x, const PGresult *r)
{
    const char *table = PQresultErrorField(r, PG_DIAG_TABLE_NAME);

    for (size_t i = 0; table && i < x->p->unit->nrows; i++)
        if (x->p->unit->rows[i].kind == ROW_INSERT && strcmp(table, x->p->unit->rows[i].table.table) == 0)
            return true;
    return false;
}

bool exchange_is_busy(const struct exchange *x)
{
    return x->results < x->check_at && strcmp(pg_sqlstate(x->error), "22012") == 0;
}

static bool head_error(struct exchange *x, struct err *e)
{
    const struct unit *unit = x->p->unit;

    if (exchange_is_busy(x))
        return rows_busy(e, unit->rows[0].table);
    if (strcmp(pg_sqlstate(x->error), "22012") == 0)
        return rows_moved(e, unit->rows, unit->nrows);
    return pg_error(e, x->p->pg, ERR_DATABASE, x->error);
}

static bool tail_error(struct exchange *x, bool in_block, struct err *e)
{
    const struct unit *unit = x->p->unit;
    const char *state = pg_sqlstate(x->error), *path = x->p->script.path;
    bool commit = x->results + 1 >= x->head + x->body + x->tail;

    if (!commit && strcmp(state, "22012") == 0) {
        if (!in_block) {
            x->t->outcome = UNIT_PARTIAL;
            return err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path), "the script ended merganser's transaction");
        }
        if (unit->nrows && (unit->rows[0].kind == ROW_EXPECT || unit->rows[0].kind == ROW_EXPECT_GONE))
            return err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path), "after the script its own row in %s is not as it says",
                           unit->rows[0].table.table);
        /* A row that was there before is a unique violation. */
        if (unit->nrows && unit->rows[0].kind == ROW_INSERT) {
            err_plain(e, ERR_DATABASE, "after the script, %s did not take the version's row as it is",
                      unit->rows[0].table.table);
            return err_hint(e, "look at its triggers and rules, and at what the script does to them");
        }
        return rows_moved(e, unit->rows, unit->nrows);
    }
    if (!commit && strcmp(state, "23505") == 0 && is_of_the_ledger(x, x->error))
        return rows_moved(e, unit->rows, unit->nrows);
    if (strcmp(state, "25006") == 0) {
        err_set(e, ERR_SCRIPT_FAILED, IN_FILE(path),
                "the script made its transaction read-only, and its version's row could not be written");
        return err_hint(e, "take READ ONLY out of its SET TRANSACTION or BEGIN, and run it again");
    }
    pg_error(e, x->p->pg, commit ? ERR_SCRIPT_FAILED : ERR_DATABASE, x->error);
    if (e->kind == ERR_SCRIPT_FAILED)
        e->at = IN_FILE(path);
    else if (e->kind == ERR_DATABASE)
        err_prefix(e, "after the script, where the rows are written: ");
    if (strcmp(state, "42501") == 0)
        err_hint(e,
                 "grant SELECT, INSERT, UPDATE and DELETE on the ledger and the history to this user, or name a role "
                 "that has them under `session` in merganser.yml");
    return false;
}

/* All that was sent is read first: an error in it comes before any result. Our own part has none, so that it is the
 * script's even where its BEGIN's options, which went onto ours, are wrong. What is not UTF-8 has no position. */
static bool is_of_the_text(const struct exchange *x, struct sent_script at)
{
    const char *state = pg_sqlstate(x->error);

    return x->p->script.path && (place_is_in_script(&x->p->script, x->error, at) || strcmp(state, "42601") == 0 ||
                                 strcmp(state, "22021") == 0);
}

bool exchange_failed(struct exchange *x, struct err *e)
{
    struct pg *pg = x->p->pg;
    struct sent_script at = { buf_content(&x->sent), x->body_from, x->t->part.from, x->t->part.before };
    bool in_block;

    if (pg_lost(pg))
        return lost(x, e);
    in_block = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
    pg_rollback(pg);
    if (x->results == 0 && is_of_the_text(x, at))
        return place_error(e, x->p, x->error, at, 0);
    if (x->results < x->head)
        return head_error(x, e);
    if (x->results < x->head + x->body)
        return place_error(e, x->p, x->error, at, x->results - x->head);
    return tail_error(x, in_block, e);
}
