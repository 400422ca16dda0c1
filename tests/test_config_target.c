/* Which changes of merganser.yml change the checksum of its target. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/config.h"
#include "tests/support/rows.h"

static const struct {
    const char *name, *one, *other;
    bool same;
} cases[] = {
    { "nothing", "", "{}", true },
    { "places, comments and quotes", "database: a\n", "# x\n\ndatabase:   'a' # y\n", true },
    { "the order of keys", "database: a\nlock: advisory\n", "lock: advisory\ndatabase: a\n", true },
    { "folder and layout", "database: a\n", "database: a\nmigrations: db\nlayout: rails\n", true },
    { "timeouts, check and drift", "database: a\n",
      "database: a\ntimeouts: {wait: 5s}\ncheck: {ignore: [x]}\ndrift: {ignore: [y]}\n", true },
    { "the order of environments", "environments: {a: {database: x}, b: {database: y}}\n",
      "environments: {b: {database: y}, a: {database: x}}\n", true },
    { "another database", "database: a\n", "database: b\n", false },
    { "a variable for its value", "database: a\n", "database: ${A}\n", false },
    { "a direct address", "database: a\n", "database: {url: a, direct: b}\n", false },
    { "both exchanged", "database: {url: a, direct: b}\n", "database: {url: b, direct: a}\n", false },
    { "a session", "", "session: [a]\n", false },
    { "the order of a session", "session: [a, b]\n", "session: [b, a]\n", false },
    { "two statements for one", "session: [a, b]\n", "session: [\"a\\nsession 1 b\"]\n", false },
    { "an empty session", "session: [a]\n", "session: []\n", false },
    { "an empty session in an environment", "session: [a]\nenvironments: {p: {database: x}}\n",
      "session: [a]\nenvironments: {p: {database: x, session: []}}\n", false },
    { "a ledger's schema", "ledger: {table: t}\n", "ledger: {schema: t}\n", false },
    { "a ledger for a history", "ledger: {table: t}\n", "history: {table: t}\n", false },
    { "a lock", "", "lock: lease\n", false },
    { "a policy", "policy: {edited: warn}\n", "policy: {edited: refuse}\n", false },
    { "one policy for another", "policy: {edited: warn}\n", "policy: {out_of_order: warn}\n", false },
    { "confirm", "policy: {confirm: false}\n", "policy: {confirm: true}\n", false },
    { "an environment's name", "environments: {a: {database: x}}\n", "environments: {b: {database: x}}\n", false },
    { "an environment's database", "environments: {a: {database: x}}\n", "environments: {a: {database: y}}\n", false },
    { "an environment more", "environments: {a: {database: x}}\n",
      "environments: {a: {database: x}, b: {database: x}}\n", false },
    { "the top for an environment", "database: x\nenvironments: {a: {database: y}}\n",
      "database: y\nenvironments: {a: {database: x}}\n", false },
};

static const char *sha256(const char *yaml, struct arena *a)
{
    struct config config;
    struct err e;

    cr_assert(config_parse(&config, "merganser.yml", text_from(yaml), a, &e), "%s: %s", yaml, e.message);
    return config_target_sha256(&config, a);
}

RowsTest(config_target, differs, sizeof cases / sizeof *cases)
{
    struct arena *a = arena_open();
    bool same = strcmp(sha256(cases[*row].one, a), sha256(cases[*row].other, a)) == 0;

    cr_expect_eq(same, cases[*row].same, "%s", cases[*row].name);
    arena_close(a);
}
