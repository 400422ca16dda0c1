/* A PostgreSQL server of one test's own, for what would disturb the others: stopped, killed, started again. It ends
 * with the test's process, however that ends. */
#ifndef TESTS_SUPPORT_SERVER_H
#define TESTS_SUPPORT_SERVER_H

#include "core/base/arena.h"

struct server;

/* SERVER_FAST sends the clients away (SIGINT), SERVER_IMMEDIATE is a crash that tidies nothing up (SIGQUIT). */
enum server_stop { SERVER_FAST, SERVER_IMMEDIATE };

/* A new data folder and a running server on it, without fsync. settings are lines of postgresql.conf, NULL-ended, or
 * NULL. From then on MERGANSER_TEST_POSTGRES names it, so that stages and databases of this test are made on it. */
struct server *server_open(struct arena *a, const char *const *settings);
/* A standby of the server with this conninfo, by streaming replication: a copy of all that it has, which follows it. */
struct server *server_follow(struct arena *a, const char *primary);
/* Returns when it can be written to. */
void server_promote(struct server *s);
/* The conninfo, without a database: over its socket. */
const char *server_conninfo(const struct server *s, struct arena *a);
int server_port(const struct server *s);
/* Returns when the process is gone. */
void server_stop(struct server *s, enum server_stop how);
/* The same folder and port again; returns when it answers. */
void server_start(struct server *s);
/* The same, without waiting until it answers. */
void server_start_only(struct server *s);
void server_wait(struct server *s);
/* kill -9 of the process of one session: the server ends all others too, and recovers. */
void server_kill_backend(struct server *s, const char *pid);
void server_close(struct server *s);

#endif
