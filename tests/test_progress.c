/* What a run that takes its time tells meanwhile: programs, a log, and somebody at a terminal. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "core/json.h"
#include "tests/support/postgres.h"
#include "tests/support/postgres_build.h"
#include "tests/support/stage.h"

static const char story[] = "== commit All\n"
                            "== file db/migrate/1_users.sql\n"
                            "CREATE TABLE users (id integer, email text);\n"
                            "== file db/migrate/2_email.sql\n"
                            "-- merganser: no-transaction\n"
                            "CREATE INDEX CONCURRENTLY users_email ON users (email);\n";

/* Both versions but the first wait for a session that holds a row. */
struct wait {
    struct arena *arena;
    struct stage stage;
    struct postgres_session *holder;
};

static struct wait wait_open(const char *hold)
{
    struct wait w = { .arena = arena_open() };

    w.stage = stage_open(w.arena, text_from(story), true);
    stage_expect(&w.stage, 0, "merganser up --steps 1 --database \"$PG\"");
    w.holder = postgres_session_open(w.stage.conninfo);
    postgres_session_run(w.holder, hold);
    return w;
}

static void wait_close(struct wait *w)
{
    postgres_session_close(w->holder);
    stage_close(&w->stage);
    arena_close(w->arena);
}

/* Runs the line until the file holds these words, lets it go on, and gives what the file holds at its end. */
static struct text run_until(struct wait *w, const char *line, const char *file, const char *words)
{
    int pid = stage_start(&w->stage, line, "up");

    stage_await(&w->stage, pid, file, words);
    postgres_session_run(w->holder, "COMMIT");
    cr_assert_eq(process_wait(pid), 0);
    return text_from(stage_printed(&w->stage, file));
}

static const char *const fields[] = { "event",       "at",      "version", "direction", "step",       "steps",
                                      "object",      "phase",   "percent", "blockers",  "statements", "bytes",
                                      "bytes_total", "attempt", "wait_ms", "sqlstate" };

/* The events of what was said, in a row without repetitions; each is an object with every field. */
static const char *events_of(struct text said, struct arena *a)
{
    struct buf out = buf_open(a, 1000);
    struct text line;
    const char *last = "";

    while (text_line(&said, &line)) {
        struct err e = { 0 };
        struct json *o;
        const char *event;

        if (!text_starts(line, "{"))
            continue;
        cr_assert(json_parse(&o, "err", line, ERR_USAGE, &e), "%s", e.message);
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            cr_expect(json_get(o, fields[i]), "%s: %.*s", fields[i], (int)line.len, line.at);
        cr_expect_str_eq(json_as_string(json_get(o, "version")), "2");
        event = arena_string(a, json_as_string(json_get(o, "event")));
        if (strcmp(event, last) != 0)
            buf_printf(&out, "%s ", event);
        last = event;
        json_free(o);
    }
    return buf_cstr(&out);
}

Test(progress, an_object_a_line_for_programs)
{
    struct wait w = wait_open("SET application_name = 'report'; BEGIN; INSERT INTO users VALUES (1, 'late')");
    struct text said = run_until(&w, "merganser up --json --database \"$PG\"", "up.err", "\"event\":\"build\"");
    size_t at;

    cr_expect_str_eq(events_of(said, w.arena), "awaited build ");
    cr_expect(text_find(said, "\"application\":\"report\",\"client\":null,\"state\":\"idle in transaction\"", &at));
    cr_expect(text_find(said, "\"object\":\"public.users_email\"", &at));
    cr_expect(text_find(said, "\"phase\":\"waiting for writers before build\"", &at));
    wait_close(&w);
}

/* Five seconds are what a person who reads a log is spared. */
Test(progress, a_line_in_a_log_when_somebody_is_in_the_way)
{
    struct wait w = wait_open("BEGIN; INSERT INTO users VALUES (1, 'late')");
    struct text said, line;
    size_t at;

    postgres_session_await(w.holder, "SELECT clock_timestamp() - now() > interval '5 s'", "t");
    said = run_until(&w, "merganser up --database \"$PG\"", "up.err", "will wait for");
    cr_assert(text_line(&said, &line));
    cr_expect(text_starts(line, "2_email: users_email: will wait for pid "), "%.*s", (int)line.len, line.at);
    cr_expect(text_find(line, "idle in transaction for ", &at), "%.*s", (int)line.len, line.at);
    cr_expect_eq(said.len, 0, "%.*s", (int)said.len, said.at);
    wait_close(&w);
}

Test(progress, nothing_when_it_should_be_quiet)
{
    struct wait w = wait_open("BEGIN; INSERT INTO users VALUES (1, 'late')");
    int pid = stage_start(&w.stage, "merganser up --quiet --json --database \"$PG\"", "up");

    build_await(w.stage.conninfo);
    postgres_session_run(w.holder, "COMMIT");
    cr_expect_eq(process_wait(pid), 0);
    cr_expect_eq(strlen(stage_printed(&w.stage, "up.err")), 0);
    wait_close(&w);
}

Test(progress, a_line_that_fits_a_terminal_and_vanishes)
{
    struct wait w = wait_open("BEGIN; INSERT INTO users VALUES (1, 'late')");
    struct text said =
        run_until(&w, "script -qec 'stty cols 60; merganser up --color never --database \"$PG\"' /dev/null", "up.out",
                  "public.users_email: waiting");
    const char *written = arena_cstr(w.arena, said);
    size_t shown = 0;

    for (const char *at = written; (at = strstr(at, "\r\033[K[1/1] ")); shown++) {
        at += strlen("\r\033[K");
        cr_expect(strcspn(at, "\r\n") <= 59, "%.60s", at);
    }
    cr_expect(shown >= 3);
    cr_expect(strstr(written, "\r\033[Kup    2_email"), "the line is gone when the step is done: %s", written);
    wait_close(&w);
}
