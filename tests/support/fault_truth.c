#include <criterion/criterion.h>
#include <stdarg.h>

#include "core/base/text.h"
#include "core/json.h"
#include "tests/support/fault.h"

void fault_violation(struct fault_scene *c, const char *fmt, ...)
{
    char line[4096];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    buf_printf(&c->violations, "%s: %s\n", c->label, line);
    c->nviolations++;
}

/* ---- the database ---- */

static const char *ask(struct fault_scene *c, const char *sql)
{
    return postgres_session_ask(c->eye, c->arena, sql);
}

static const char *effects(struct fault_scene *c)
{
    return ask(c, "SELECT coalesce(string_agg(what, ' ' ORDER BY what), '') FROM fault.effects");
}

static bool ledger_exists(struct fault_scene *c)
{
    return strcmp(ask(c, "SELECT to_regclass('public.schema_migrations') IS NOT NULL"), "t") == 0;
}

static const char *ledger(struct fault_scene *c)
{
    return ledger_exists(c)
               ? ask(c, "SELECT coalesce(string_agg(version, ' ' ORDER BY version), '') FROM public.schema_migrations")
               : "";
}

static bool has_row(struct fault_scene *c, const char *version)
{
    return ledger_exists(c) &&
           *ask(c, arena_printf(c->arena, "SELECT 1 FROM public.schema_migrations WHERE version = '%s'", version));
}

/* How many statements of the version's script have left their row. */
static bool has_effects(struct fault_scene *c, const char *version, bool up)
{
    return *ask(c, arena_printf(c->arena, "SELECT 1 FROM fault.effects WHERE what LIKE '%s%s%%' LIMIT 1", up ? "" : "d",
                                version));
}

/* Each is one statement, and so one snapshot. e: all effects, r: the ledger. Nothing twice; a version is in the ledger
 * if and only if its script has run; without a transaction only one of the two follows, and what ran is a beginning. */
static const char *const invariants[FAULT_SHAPES] = {
    [FAULT_ATOMIC] = "NOT twice AND r @> '{1}' = e @> '{1}' AND r @> '{3}' = e @> '{3}' AND"
                     " CASE WHEN r @> '{2}' THEN e @> '{2.1,2.2,2.3}' ELSE NOT e && '{2.1,2.2,2.3}' END",
    [FAULT_SEGMENTED] = "NOT twice AND r @> '{1}' = e @> '{1}' AND r @> '{3}' = e @> '{3}' AND"
                        " (NOT r @> '{2}' OR e @> '{2.1,2.2,2.3}') AND (NOT e @> '{2.3}' OR e @> '{2.2}') AND"
                        " (NOT e @> '{2.2}' OR (e @> '{2.1}' AND EXISTS (SELECT FROM pg_index WHERE indisvalid AND"
                        " indexrelid = to_regclass('fault.made'))))",
    [FAULT_OUTSIDE] = "NOT twice AND r @> '{1}' = e @> '{1}' AND r @> '{3}' = e @> '{3}' AND"
                      " (NOT r @> '{2}' OR e @> '{2.1,2.2,2.3}') AND (NOT e @> '{2.3}' OR e @> '{2.2}') AND"
                      " (NOT e @> '{2.2}' OR e @> '{2.1}')",
    [FAULT_DOWN] = "NOT twice AND r @> '{1}' AND r @> '{3}' <> (e @> '{d3}') AND"
                   " CASE WHEN r @> '{2}' THEN NOT e && '{d2.1,d2.2,d2.3}' ELSE e @> '{d2.1,d2.2,d2.3}' END",
};

void fault_check_invariants(struct fault_scene *c)
{
    const char *before = effects(c);

    if (!ledger_exists(c)) {
        if (*before)
            fault_violation(c, "there is no ledger, and there is: %s", before);
        return;
    }
    if (strcmp(ask(c, arena_printf(c->arena,
                                   "SELECT %s FROM (SELECT coalesce(array_agg(what), '{}') AS e,"
                                   " count(*) <> count(DISTINCT what) AS twice FROM fault.effects) a,"
                                   " (SELECT coalesce(array_agg(version::text), '{}') AS r"
                                   " FROM public.schema_migrations) b",
                                   invariants[c->shape])),
               "t") != 0)
        fault_violation(c, "the ledger has: %s; done is: %s", ledger(c), effects(c));
}

/* ---- the program's claims ---- */

static const struct {
    enum fault_what what;
    int codes[3];
} allowed[] = {
    { FAULT_KILL, { 0, 4, 4 } }, /* of the run beside it; 4: the first one's script stopped midway */
    { FAULT_TERM, { 0, 143, 143 } }, { FAULT_INT_TWICE, { 0, 130, 130 } }, { FAULT_TERMINATE, { 0, 1, 6 } },
    { FAULT_CANCEL, { 0, 1, 1 } },   { FAULT_CUT, { 0, 1, 6 } },           { FAULT_HALF, { 0, 1, 6 } },
    { FAULT_STALL, { 0, 0, 0 } },    { FAULT_BACKEND, { 0, 1, 6 } },       { FAULT_IMMEDIATE, { 0, 1, 6 } },
    { FAULT_DOWNTIME, { 0, 1, 6 } },
};

static struct text printed(struct fault_scene *c, const char *name)
{
    return scratch_read(c->arena, arena_printf(c->arena, "%s/run.%s", c->stage.folder, name));
}

static void check_exit_code(struct fault_scene *c, enum fault_what what)
{
    struct text said = printed(c, "err");
    bool fine = false;

    for (size_t i = 0; i < 3; i++)
        fine |= c->exit_code == allowed[what].codes[i];
    if (!fine)
        fault_violation(c, "exit %d: %.*s", c->exit_code, (int)said.len, said.at);
}

/* Whether an outcome that the steps or the message claim is what the database says. */
static bool is_true(struct fault_scene *c, const char *version, bool up, const char *outcome)
{
    bool row = has_row(c, version), ran = has_effects(c, version, up);

    if (strcmp(outcome, "applied") == 0)
        return up && row;
    if (strcmp(outcome, "rolled_back") == 0)
        return !up && !row;
    if (strcmp(outcome, "failed") == 0 || strcmp(outcome, "not_run") == 0)
        return row != up && !ran;
    if (strcmp(outcome, "partial") == 0)
        return row != up;
    return strcmp(outcome, "unknown") == 0;
}

static void check_steps(struct fault_scene *c, const struct json *report)
{
    const struct json *steps = json_get(report, "steps");
    bool unknown = false;

    for (size_t i = 0; i < json_length(steps); i++) {
        const struct json *s = json_at(steps, i);
        const char *version = json_as_string(json_get(s, "version")), *outcome = json_as_string(json_get(s, "outcome"));
        bool up = strcmp(json_as_string(json_get(s, "direction")), "up") == 0;

        unknown |= strcmp(outcome, "unknown") == 0;
        if (!is_true(c, version, up, outcome))
            fault_violation(c, "it claims that %s is \"%s\"; the ledger has: %s; done is: %s", version, outcome,
                            ledger(c), effects(c));
        if (c->exit_code == 0 && strcmp(outcome, up ? "applied" : "rolled_back") != 0)
            fault_violation(c, "exit 0, and %s is \"%s\"", version, outcome);
    }
    if (unknown != (c->exit_code == 6))
        fault_violation(c, "exit %d, and a step is%s unknown", c->exit_code, unknown ? "" : " not");
}

static const struct {
    const char *words, *outcome;
    bool up;
} sentences[] = {
    { " was rolled back;", "failed", true },
    { " is still applied;", "failed", false },
    { " was applied in part;", "partial", true },
    { " was rolled back in part;", "partial", false },
    { " did not run;", "not_run", true },
    { " is applied;", "applied", true },
    { " may or may not be committed;", "unknown", true },
};

/* "2_second was rolled back; 1 migration before it is applied, 1 after it did not run" */
static void check_state(struct fault_scene *c, const struct json *report)
{
    const char *state = json_as_string(json_get(json_get(report, "error"), "state"));
    unsigned before;

    if (!state || c->shape == FAULT_DOWN)
        return;
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (strstr(state, sentences[i].words) &&
            !is_true(c, arena_printf(c->arena, "%.1s", state), sentences[i].up, sentences[i].outcome))
            fault_violation(c, "it says: %s; the ledger has: %s; done is: %s", state, ledger(c), effects(c));
    if (strchr(state, ';') && sscanf(strchr(state, ';'), "; %u migration", &before) == 1 &&
        strtoul(ask(c, arena_printf(c->arena, "SELECT count(*) FROM public.schema_migrations WHERE version <> '%.1s'",
                                    state)),
                NULL, 10) != before)
        fault_violation(c, "it says: %s; the ledger has: %s", state, ledger(c));
}

void fault_check_claims(struct fault_scene *c, enum fault_what what)
{
    struct text report = printed(c, "out");
    struct json *j;
    struct err e;

    check_exit_code(c, what);
    if (what == FAULT_KILL || !report.len)
        return;
    if (!json_parse(&j, "run.out", report, ERR_INTERNAL, &e)) {
        fault_violation(c, "its report is no JSON: %s", e.message);
        return;
    }
    check_steps(c, j);
    check_state(c, j);
    json_free(j);
}

/* ---- the next run ---- */

static struct process_result run(struct fault_scene *c, const char *line)
{
    return stage_run(&c->stage, arena_printf(c->arena, "%s --database \"$PG\"", line));
}

/* As its user would: what has run of the script is known to us, and is taken back or counted. */
static void repair(struct fault_scene *c)
{
    const char *how = "mark-applied";
    struct process_result r;

    c->repaired = true;
    if (!strstr(effects(c), "2.1 2.2 2.3")) {
        how = "forget";
        ask(c, "DROP INDEX IF EXISTS fault.made; DELETE FROM fault.effects WHERE what LIKE '2%'");
    }
    r = run(c, arena_printf(c->arena, "merganser repair 2 --%s --yes", how));
    if (r.exit_code)
        fault_violation(c, "repair --%s, exit %d: %.*s", how, r.exit_code, (int)r.err.len, r.err.at);
}

static void expect(struct fault_scene *c, const char *what, const char *sql, const char *wanted)
{
    const char *got = ask(c, sql);

    if (strcmp(got, wanted) != 0)
        fault_violation(c, "at the end %s: %s, not %s", what, got, wanted);
}

void fault_finish(struct fault_scene *c)
{
    bool down = c->shape == FAULT_DOWN;
    struct process_result r = run(c, fault_command(c));

    if (r.exit_code == 4 && !down && c->shape != FAULT_ATOMIC) {
        repair(c);
        r = run(c, fault_command(c));
    }
    if (r.exit_code)
        fault_violation(c, "the next run, exit %d: %.*s", r.exit_code, (int)r.err.len, r.err.at);
    fault_check_invariants(c);
    if (strcmp(ledger(c), down ? "1" : "1 2 3") != 0)
        fault_violation(c, "at the end the ledger has: %s", ledger(c));
    expect(c, "is done", "SELECT string_agg(what, ' ' ORDER BY what) FROM fault.effects",
           down ? "1 2.1 2.2 2.3 3 d2.1 d2.2 d2.3 d3" : "1 2.1 2.2 2.3 3");
    expect(c, "the indexes are",
           "SELECT coalesce(string_agg(indisvalid::text, ' '), '') FROM pg_index"
           " WHERE indrelid = 'fault.big'::regclass",
           c->shape == FAULT_SEGMENTED ? "true" : "");
    expect(c, "the history has",
           arena_printf(c->arena,
                        "SELECT string_agg(version || 'x' || n, ' ' ORDER BY version) FROM (SELECT version, count(*) n"
                        " FROM merganser.history WHERE direction = '%s' AND outcome = '%s' GROUP BY version) h",
                        down ? "down" : "up", down ? "rolled_back" : "applied"),
           down ? "2x1 3x1" : "1x1 2x1 3x1");
    expect(c, "versions that the history leaves open",
           "SELECT count(*) FROM merganser.history WHERE outcome = 'started' OR finished_at IS NULL", "0");
    expect(c, "left on the server",
           "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
           " WHERE l.locktype = 'advisory'",
           "0");
}
