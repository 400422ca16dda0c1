/* Whose rights the rows of ledger and history are written with while a script is half done. */
#include "dialects/postgres/apply.h"

static void set(struct buf *sql, const struct pg *pg, const char *name, const char *value)
{
    buf_printf(sql, "SELECT pg_catalog.set_config('%s', ", name);
    pg_literal(sql, pg, text_from(value));
    buf_string(sql, ", true);");
}

/* The user goes before the role, which ends with it. */
size_t role_borrow(struct buf *sql, const struct applying *p)
{
    buf_string(sql, "SELECT pg_catalog.set_config('merganser.user', session_user, false), "
                    "pg_catalog.set_config('merganser.role', pg_catalog.current_setting('role'), false);");
    set(sql, p->pg, "session_authorization", p->user);
    set(sql, p->pg, "role", p->role);
    return 3;
}

/* Where SET LOCAL of the user ends, the role ends with it too. */
void role_return(struct buf *sql)
{
    buf_string(sql, "SELECT pg_catalog.set_config('session_authorization', "
                    "pg_catalog.current_setting('merganser.user'), false);"
                    "SELECT pg_catalog.set_config('role', pg_catalog.current_setting('merganser.role'), false)");
}
