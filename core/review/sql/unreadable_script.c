/* What `up` will refuse. */
#include "core/review/sql_rule.h"

const struct rule rule_unreadable_script = {
    .text = { .name = "unreadable-script",
              .summary = "a script that no run would accept",
              .severity = SEVERITY_ERROR,
              .risk = "`up` refuses it before anything runs: a quote or a comment that nothing closes, another tool's "
                      "section marks, a command of psql's, another version's row in the ledger.",
              .safe = "What the message says. Where one tool's file has both directions, split it:\n\n"
                      "    20240320123000_users.sql       CREATE TABLE users (id bigint);\n"
                      "    20240320123000_users.down.sql  DROP TABLE users;",
              .except = "It always applies: a script that can't be read can't be reviewed either." },
    .unreadable = true,
    .down = true,
    .everywhere = true,
};
