#include "dialects/sqlite/sqlite.h"

#include "dialects/sqlite/apply.h"
#include "dialects/sqlite/describe.h"
#include "dialects/sqlite/dump.h"
#include "dialects/sqlite/lock.h"
#include "dialects/sqlite/rows.h"
#include "dialects/sqlite/schema.h"
#include "dialects/sqlite/scratch.h"
#include "dialects/sqlite/tables.h"

static const char *const schemes[] = { "sqlite", "sqlite3", "file", NULL };

const struct dialect sqlite_dialect = {
    .name = "sqlite",
    .schemes = schemes,
    .claims = sqlite_address_claims,
    .open = sqlite_open,
    .close = sqlite_close,
    .reopen = sqlite_reopen,
    .inspect = sqlite_script_inspect,
    .tables_find = sqlite_tables_find,
    .tables_list = sqlite_tables_list,
    .table_create = sqlite_table_create,
    .rows_read = sqlite_rows_read,
    .rows_write = sqlite_rows_write,
    .lock = sqlite_lock,
    .unlock = sqlite_unlock,
    .apply = sqlite_apply,
    .identify = sqlite_identify,
    .schema = sqlite_schema,
    .describe = sqlite_describe,
    .statements = sqlite_script_statements,
    .scratch_make = sqlite_scratch_make,
    .scratch_drop = sqlite_scratch_drop,
    .dump = sqlite_dump,
    .undump = sqlite_undump,
};
