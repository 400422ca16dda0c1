#include "core/base/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
    if (stop)
        _exit(128 + number);
    stop = number;
}

void interrupt_install(void)
{
    /* No SA_RESTART: a poll that waits for the server has to return. */
    struct sigaction stopping = { .sa_handler = on_signal };
    struct sigaction ignoring = { .sa_handler = SIG_IGN };

    sigemptyset(&stopping.sa_mask);
    sigemptyset(&ignoring.sa_mask);
    sigaction(SIGINT, &stopping, NULL);
    sigaction(SIGTERM, &stopping, NULL);
    sigaction(SIGPIPE, &ignoring, NULL);
}

int interrupt_requested(void)
{
    return stop;
}

bool interrupt_check(struct err *e)
{
    int number = stop;

    if (!number)
        return true;
    return err_plain(e, number == SIGTERM ? ERR_TERMINATED : ERR_INTERRUPTED, "stopped by %s",
                     number == SIGTERM ? "SIGTERM" : "SIGINT");
}

void interrupt_reset(void)
{
    stop = 0;
}
