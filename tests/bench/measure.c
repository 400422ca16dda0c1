/* measure ROUNDS LOG PREPARE-A PREPARE-B A... -- B...
 *
 * Runs the commands A and B in pairs, each time the other one first, and prints one line of medians:
 *
 *     wall A, wall B, wall ratio, cpu A, cpu B, cpu ratio, peak A, peak B
 *
 * in milliseconds and KiB; a ratio is the median of the pairs' ratios. PREPARE-A and PREPARE-B are shell commands that
 * run before each, untimed ("" for none). The timed part is the whole process from start to exit; cpu is user + system
 * of it and of its children. Output goes to LOG. A command that fails ends the measurement with exit 1.
 *
 * Kept tiny on purpose: a child's peak resident size can't read below its parent's at the time of exec. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_ROUNDS 200

struct cost {
    double wall, cpu, peak;
};

static double milliseconds(struct timeval t)
{
    return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static int run(char **argv, const char *log, struct cost *cost)
{
    struct timespec from, to;
    struct rusage used;
    int status;
    pid_t pid;

    fflush(NULL);
    clock_gettime(CLOCK_MONOTONIC, &from);
    pid = fork();
    if (pid == 0) {
        int in = open("/dev/null", O_RDONLY), out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);

        if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(126);
        execvp(argv[0], argv);
        _exit(127);
    }
    if (pid < 0 || wait4(pid, &status, 0, &used) < 0)
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &to);
    cost->wall = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    cost->cpu = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
    cost->peak = (double)used.ru_maxrss;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void run_or_end(char **argv, char *prepare, const char *log, struct cost *cost)
{
    char *shell[] = { "sh", "-c", prepare, NULL };
    struct cost ignored;
    int code = *prepare ? run(shell, log, &ignored) : 0;
    const char *what = "the preparation";

    if (code == 0) {
        what = argv[0];
        code = run(argv, log, cost);
    }
    if (code != 0) {
        fprintf(stderr, "measure: %s ended with %d; see %s\n", what, code, log);
        exit(1);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(const double *of, int n)
{
    double sorted[MOST_ROUNDS];

    memcpy(sorted, of, (size_t)n * sizeof *of);
    qsort(sorted, (size_t)n, sizeof *sorted, by_value);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    static const char usage[] = "measure ROUNDS LOG PREPARE-A PREPARE-B A... -- B...";
    double wall[3][MOST_ROUNDS], cpu[3][MOST_ROUNDS], peak[2][MOST_ROUNDS];
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0, cut = 5;

    while (cut < argc && strcmp(argv[cut], "--") != 0)
        cut++;
    if (rounds < 1 || rounds > MOST_ROUNDS || cut + 1 >= argc) {
        fprintf(stderr, "usage: %s\n", usage);
        return 2;
    }
    argv[cut] = NULL;
    for (int i = 0; i < rounds; i++) {
        struct cost cost[2];

        for (int turn = 0; turn < 2; turn++) {
            int which = (turn + i) % 2;

            run_or_end(which ? argv + cut + 1 : argv + 5, argv[3 + which], argv[2], &cost[which]);
        }
        for (int which = 0; which < 2; which++) {
            wall[which][i] = cost[which].wall;
            cpu[which][i] = cost[which].cpu;
            peak[which][i] = cost[which].peak;
        }
        wall[2][i] = cost[0].wall / cost[1].wall;
        cpu[2][i] = cost[0].cpu / cost[1].cpu;
    }
    printf("%.1f %.1f %.2f %.1f %.1f %.2f %.0f %.0f\n", median(wall[0], rounds), median(wall[1], rounds),
           median(wall[2], rounds), median(cpu[0], rounds), median(cpu[1], rounds), median(cpu[2], rounds),
           median(peak[0], rounds), median(peak[1], rounds));
    return 0;
}
