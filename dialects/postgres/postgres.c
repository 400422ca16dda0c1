#include "dialects/postgres/postgres.h"

#include "dialects/postgres/describe.h"
#include "dialects/postgres/dump.h"
#include "dialects/postgres/effects.h"
#include "dialects/postgres/evidence.h"
#include "dialects/postgres/resumed.h"
#include "dialects/postgres/scratch.h"
#include "dialects/postgres/script.h"
#include "dialects/postgres/session.h"
#include "dialects/postgres/trace.h"

static const char *const schemes[] = { "postgres", "postgresql", "postgis", NULL };

static bool claims(const char *url, const char *base)
{
    (void)base;
    return url_is_conninfo(url);
}

const struct dialect postgres_dialect = {
    .name = "postgres",
    .schemes = schemes,
    .caps = CAP_SCHEMAS | CAP_RESUME,
    .claims = claims,
    .open = postgres_open,
    .start = postgres_start,
    .advance = postgres_advance,
    .finish = postgres_finish,
    .close = postgres_close,
    .reopen = postgres_reopen,
    .inspect = postgres_inspect,
    .expand = postgres_expand,
    .tables_find = postgres_tables_find,
    .tables_list = postgres_tables_list,
    .table_create = postgres_table_create,
    .rows_read = postgres_rows_read,
    .rows_write = postgres_rows_write,
    .lock = postgres_lock,
    .unlock = postgres_unlock,
    .apply = postgres_apply,
    .examine = postgres_examine,
    .chained = postgres_chained,
    .describe = postgres_describe,
    .statements = postgres_statements,
    .effects = postgres_effects,
    .scratch_make = postgres_scratch_make,
    .scratch_drop = postgres_scratch_drop,
    .trace = postgres_trace,
    .identify = postgres_identify,
    .schema = postgres_schema,
    .dump = postgres_dump,
    .undump = postgres_undump,
};
