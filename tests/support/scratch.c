#include "tests/support/scratch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *scratch_folder(struct arena *a)
{
    const char *below = getenv("MERGANSER_TEST_DIR");
    char *path = arena_printf(a, "%s/t.XXXXXX", below ? below : "/tmp");

    cr_assert(mkdtemp(path), "cannot make %s", path);
    return path;
}

static void folders_make(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        cr_assert(mkdir(path, 0777) == 0 || errno == EEXIST, "cannot make %s", path);
        *slash = '/';
    }
}

void scratch_write(const char *folder, const char *path, struct text content)
{
    struct arena *a = arena_open();
    char *whole = arena_printf(a, "%s/%s", folder, path);
    FILE *f;

    folders_make(whole);
    f = fopen(whole, "wb");
    cr_assert(f, "cannot write %s", whole);
    cr_assert(fwrite(content.at, 1, content.len, f) == content.len);
    cr_assert(fclose(f) == 0);
    arena_close(a);
}

static struct text read_all(FILE *f, struct arena *a)
{
    struct buf all = buf_open(a, SIZE_MAX / 2);
    char piece[4096];
    size_t n;

    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        buf_add(&all, piece, n);
    return buf_content(&all);
}

struct text scratch_read(struct arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct text all = { NULL, 0 };

    if (f) {
        all = read_all(f, a);
        fclose(f);
    }
    return all;
}

static void child(const struct process *p, FILE *in, FILE *out, FILE *err)
{
    /* Whoever started the tests may have ignored it, as nohup does. */
    signal(SIGHUP, SIG_DFL);
    for (size_t i = 0; p->environment && p->environment[i]; i++) {
        if (strchr(p->environment[i], '='))
            putenv((char *)p->environment[i]);
        else
            unsetenv(p->environment[i]);
    }
    if (p->directory && chdir(p->directory) != 0)
        _exit(127);
    if (dup2(fileno(in), 0) < 0 || dup2(fileno(out), 1) < 0 || dup2(fileno(err), 2) < 0)
        _exit(127);
    closefrom(3);
    execvp(p->argv[0], (char *const *)p->argv);
    _exit(127);
}

static int start(const struct process *p, FILE *out, FILE *err)
{
    FILE *in = tmpfile();
    int pid;

    cr_assert(in && out && err);
    if (p->input)
        fputs(p->input, in);
    rewind(in);
    fflush(NULL);
    pid = fork();
    cr_assert(pid >= 0);
    if (pid == 0)
        child(p, in, out, err);
    fclose(in);
    return pid;
}

int process_wait(int pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        cr_assert(errno == EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

struct process_result process_run(const struct process *p, struct arena *a)
{
    FILE *out = tmpfile(), *err = tmpfile();
    struct process_result r = { .exit_code = process_wait(start(p, out, err)) };

    cr_assert(r.exit_code != 127, "cannot start %s", p->argv[0]);
    rewind(out);
    rewind(err);
    r.out = read_all(out, a);
    r.err = read_all(err, a);
    fclose(out);
    fclose(err);
    return r;
}

int process_start(const struct process *p, const char *out_path, const char *err_path)
{
    FILE *out = fopen(out_path, "wb"), *err = fopen(err_path, "wb");
    int pid = start(p, out, err);

    fclose(out);
    fclose(err);
    return pid;
}
