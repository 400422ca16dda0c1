/* What a person does about an error that its SQLSTATE alone explains:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html. */
#include "dialects/postgres/session.h"

static const struct {
    const char *sqlstate, *hint;
} hints[] = {
    { "22P05", "the database's encoding has no such character: leave it out, or move to a database with UTF8" },
    { "25001", "put `-- merganser: no-transaction` at the script's top: this can't run inside a transaction" },
    { "25006", "give the primary server's address with --database, or let this role write "
               "(default_transaction_read_only)" },
    { "28000", "check the user in --database, and what the server's pg_hba.conf lets it do" },
    { "28P01", "check user and password: in --database, PGPASSWORD, a password or a service file" },
    { "2D000", "put `-- merganser: no-transaction` at the script's top: what it calls ends transactions itself" },
    { "3D000", "check the name in --database, or make the database with createdb first" },
    { "42501", "grant it to this user, or name a role that has the right under `session` in merganser.yml: "
               "[\"SET ROLE name\"]" },
    { "53300", "end sessions that are not needed, then run it again; max_connections is the server's limit" },
    { "55P03", "another session holds a lock on it; run it again at a quieter moment, or raise timeouts.lock" },
    { "55P04", "use a new enum value in a later migration than the one that adds it" },
    { "57014", "it took longer than statement_timeout (`timeouts.statement` in merganser.yml), or somebody cancelled "
               "it on the server" },
    { "57P03", "the server is starting or stopping: run it again in a moment" },
};

bool pg_hint(struct err *e)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (strcmp(e->sqlstate, hints[i].sqlstate) == 0)
            return err_hint(e, "%s", hints[i].hint);
    return false;
}
