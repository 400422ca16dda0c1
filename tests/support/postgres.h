/* Databases on the throw-away server that MERGANSER_TEST_POSTGRES names (a libpq conninfo: host=… port=… user=…).
 * A test fails where it is absent. The questions go over a connection that has nothing of merganser's in it. */
#ifndef TESTS_SUPPORT_POSTGRES_H
#define TESTS_SUPPORT_POSTGRES_H

#include "core/base/arena.h"

/* The server's conninfo, without a database. */
const char *postgres_server(void);
/* A new empty database (template0, UTF8, locale C): its conninfo. */
const char *postgres_make(struct arena *a);
/* Ends what is connected to it, and drops it. */
void postgres_drop(const char *conninfo);
/* Runs SQL, several statements too; the first cell of the last result, "" where there is none. Fails the test on any
 * error. */
const char *postgres_ask(struct arena *a, const char *conninfo, const char *sql);
/* Returns once that is the answer; fails the test where it never is. */
void postgres_await(const char *conninfo, const char *sql, const char *answer);

/* A session that stays: to hold locks, to end others. */
struct postgres_session;
struct postgres_session *postgres_session_open(const char *conninfo);
void postgres_session_run(struct postgres_session *s, const char *sql);
/* Returns when the server has ended it. */
void postgres_session_await_end(struct postgres_session *s);
const char *postgres_session_ask(struct postgres_session *s, struct arena *a, const char *sql);
/* Sends without waiting; and waits for what was sent, failing the test where it failed. */
void postgres_session_send(struct postgres_session *s, const char *sql);
void postgres_session_wait(struct postgres_session *s);
void postgres_session_await(struct postgres_session *s, const char *sql, const char *answer);
void postgres_session_close(struct postgres_session *s);

/* A gate is a table of that name, which a script waits for by `LOCK TABLE gate`. Makes it, and a session that keeps it
 * closed until it runs COMMIT, or ends. */
struct postgres_session *postgres_gate_close(const char *conninfo);
/* Returns once somebody waits there; fails the test where nobody comes. */
void postgres_gate_await(const char *conninfo);

/* A value of a conninfo (host, port, user, dbname). */
const char *postgres_part(struct arena *a, const char *conninfo, const char *key);

#endif
