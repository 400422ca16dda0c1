/* A loopback TCP proxy before the PostgreSQL server, in a process of its own: counts, delays, holds, cuts. */
#ifndef TESTS_SUPPORT_PROXY_H
#define TESTS_SUPPORT_PROXY_H

#include "core/base/arena.h"

struct proxy_options {
    const char *conninfo; /* of the database behind it */
    int delay_ms;         /* in each direction */
    /* The connection is cut at the client's nth message (1-based, the start-up message being the first), or at the
     * first that holds this text; 0 and NULL: never. Once for the proxy's life. */
    unsigned cut_at_message;
    const char *cut_at_text;
    unsigned cut_at_nth; /* of the messages that hold the text, from 1; 0: the first */
    /* Instead of the cut: from there on nothing passes on that connection, whoever goes, until proxy_let(). */
    bool holds;
    bool as_pooler; /* tells the client another process id than the server's own, as a pooler does */
    bool withheld;  /* false: the server answers, and the answer is thrown away. true: the message never reaches it */
};

struct proxy;

struct proxy *proxy_open(const struct proxy_options *o, struct arena *a);
/* What a client connects to. */
const char *proxy_conninfo(const struct proxy *p, struct arena *a);
/* How often the client's side spoke after the server's, over all connections so far. */
unsigned proxy_round_trips(const struct proxy *p);
unsigned proxy_messages(const struct proxy *p);
unsigned proxy_connections(const struct proxy *p);
/* True once it holds: the message back (withheld), or the whole answer. */
bool proxy_held(const struct proxy *p);
/* What is held goes on, or its first half, and then the connection is cut. */
void proxy_let(struct proxy *p, bool halved);
/* Cuts the connections that there are, whatever they are doing. Later ones pass. */
void proxy_cut(struct proxy *p);
void proxy_close(struct proxy *p);

#endif
