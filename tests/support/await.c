#include "tests/support/await.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <sys/wait.h>

#include "core/base/text.h"

enum { PAUSE_MS = 5, LONGEST_MS = 100000 };

struct await await_begin(const char *what)
{
    return (struct await) { what, time_monotonic_ms() + LONGEST_MS };
}

void await_again(const struct await *w)
{
    cr_assert(time_monotonic_ms() < w->until, "it did not come: %s", w->what);
    poll(NULL, 0, PAUSE_MS);
}

bool await_ended(int pid)
{
    siginfo_t info = { 0 };

    cr_assert_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    return info.si_pid == pid;
}
