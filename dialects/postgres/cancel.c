#include "dialects/postgres/cancel.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANCEL_SECONDS = 5 };

static void ask(const struct pg *pg, PGcancel *handle)
{
    char message[256];

    signal(SIGALRM, SIG_DFL);
    alarm(CANCEL_SECONDS);
    /* Else the server would not see that we have hung up. */
    close(PQsocket(pg->conn));
    if (pg->watching)
        close(PQsocket(pg->watching));
    if (pg->lease.conn)
        close(PQsocket(pg->lease.conn));
    PQcancel(handle, message, sizeof message);
    _exit(0);
}

void cancel_start(struct pg *pg)
{
    PGcancel *handle;

    cancel_finish(pg);
    handle = PQgetCancel(pg->conn);
    if (!handle)
        return;
    pg->canceller = fork();
    if (pg->canceller == 0)
        ask(pg, handle);
    if (pg->canceller < 0)
        pg->canceller = 0;
    PQfreeCancel(handle);
}

void cancel_finish(struct pg *pg)
{
    if (!pg->canceller)
        return;
    while (waitpid(pg->canceller, NULL, 0) < 0 && errno == EINTR)
        ;
    pg->canceller = 0;
}
