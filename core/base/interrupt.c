#include "core/base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/text.h"

enum {
    LOOK_MS = 100, /* how long a signal may go unnoticed when it comes between the look and the wait */
    ECHO_MS = 100, /* npm and its like pass on a ^C that the terminal has sent to everybody already */
};

static const int signals[] = { SIGHUP, SIGINT, SIGTERM };

/* at: of the handler's only. */
static struct {
    volatile sig_atomic_t number;
    int64_t at;
} stop;

/* All that may be called here is what signal-safety(7) lists. */
static void leave(int number)
{
    static const char clean[] = "\033[0m\r\033[K";
    static const char words[] = "stopped at once; the database may still be at work: look at `merganser status`\n";
    ssize_t ignored;

    if (isatty(STDERR_FILENO))
        ignored = write(STDERR_FILENO, clean, sizeof clean - 1);
    ignored = write(STDERR_FILENO, words, sizeof words - 1);
    (void)ignored;
    _exit(128 + number);
}

static void on_signal(int number)
{
    if (!stop.number) {
        stop.number = number;
        stop.at = time_monotonic_ms();
        return;
    }
    /* A closed terminal says so twice, by the kernel and by the shell; nobody is impatient there. */
    if (number != SIGHUP && (number != stop.number || time_monotonic_ms() - stop.at >= ECHO_MS))
        leave(number);
}

void interrupt_install(void)
{
    /* No SA_RESTART: a poll that waits for the server has to return. */
    struct sigaction stopping = { .sa_handler = on_signal }, ignoring = { .sa_handler = SIG_IGN }, before;

    sigemptyset(&stopping.sa_mask);
    sigemptyset(&ignoring.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&stopping.sa_mask, signals[i]);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        /* nohup */
        if (signals[i] == SIGHUP && sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
            continue;
        sigaction(signals[i], &stopping, NULL);
    }
    sigaction(SIGPIPE, &ignoring, NULL);
}

int interrupt_requested(void)
{
    return stop.number;
}

bool interrupt_check(struct err *e)
{
    switch (stop.number) {
    case 0:
        return true;
    case SIGHUP:
        return err_plain(e, ERR_HUNG_UP, "stopped by SIGHUP: the terminal was closed");
    case SIGTERM:
        return err_plain(e, ERR_TERMINATED, "stopped by SIGTERM");
    default:
        return err_plain(e, ERR_INTERRUPTED, "stopped by SIGINT");
    }
}

bool interrupt_pause(int64_t ms, struct err *e)
{
    int64_t until = time_monotonic_ms() + ms;

    for (int64_t left = ms; left > 0; left = until - time_monotonic_ms()) {
        if (!interrupt_check(e))
            return false;
        poll(NULL, 0, (int)(left < LOOK_MS ? left : LOOK_MS));
    }
    return interrupt_check(e);
}

void interrupt_reset(void)
{
    stop.number = 0;
}
