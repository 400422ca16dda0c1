/* The manual page and the completions in the programs that read them: groff, bash, fish, zsh. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/scratch.h"
#include "tests/support/verbs.h"

static struct process_result run(const char *folder, struct arena *a, const char *const *argv)
{
    const char *const environment[] = { arena_printf(a, "HOME=%s", folder),
                                        arena_printf(a, "XDG_CONFIG_HOME=%s", folder),
                                        arena_printf(a, "XDG_DATA_HOME=%s", folder),
                                        "LC_ALL=C.UTF-8",
                                        "GIT_DIR",
                                        NULL };
    const struct process p = { .argv = argv, .environment = environment, .directory = folder };

    return process_run(&p, a);
}

static const char *shell(const char *folder, struct arena *a, const char *program, const char *script)
{
    struct process_result r = run(folder, a, (const char *const[]) { program, "-c", script, NULL });

    cr_expect(r.exit_code == 0 && r.err.len == 0, "%s: %d %.*s", script, r.exit_code, (int)r.err.len, r.err.at);
    return arena_cstr(a, r.out);
}

/* A repository with a branch whose name is a command, and files to complete. */
static const char *folder_make(struct arena *a)
{
    const char *folder = scratch_folder(a);

    scratch_write(folder, "merganser.bash", verbs_written(VERBS_BASH, false, 0, a));
    scratch_write(folder, "merganser.zsh", verbs_written(VERBS_ZSH, false, 0, a));
    scratch_write(folder, "merganser.fish", verbs_written(VERBS_FISH, false, 0, a));
    scratch_write(folder, "merganser.1", verbs_written(VERBS_MAN, false, 0, a));
    scratch_write(folder, "db one/x", TEXT(""));
    scratch_write(folder, "db two", TEXT(""));
    shell(folder, a, "bash",
          "git init -q -b main . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && "
          "git branch 'x$(touch>pwned)' && git tag v1");
    return folder;
}

Test(reference_programs, groff_reads_the_manual_page)
{
    struct arena *a = arena_open();
    const char *folder = folder_make(a), *page;
    size_t at;

    page = shell(folder, a, "bash", "groff -man -ww -Kutf8 -Tutf8 -P-c -P-b -P-u -rLL=2000n merganser.1");
    cr_expect(text_find(text_from(page), "$(dollared), \"doubly\" and merganser up", &at), "%s", page);
    cr_expect(text_find(text_from(page), "back\\slashed", &at), "%s", page);
    cr_expect(text_find(text_from(page), ".begins with a dot.", &at), "%s", page);
    cr_expect(text_find(text_from(page), "'as of.", &at), "%s", page);
    cr_expect(text_find(text_from(page), "two commits \xc3\xa4\xc3\xb6\xc3\xbc.", &at), "%s", page);
    arena_close(a);
}

static const struct {
    const char *words; /* as bash splits them; the last is being completed */
    const char *want;
} bash_cases[] = {
    { "''", "up,changed,help" },
    { "u", "up" },
    { "x", "" },
    { "-C db\\ one u", "up" },
    { "-C db", "db one" },
    { "--config = db", "db one,db two" },
    { "--config=db", "--config=db one,--config=db two" },
    { "up --config db", "db one,db two" },
    { "up --how = ''", "slow,fast" },
    { "up --how f", "fast" },
    { "up --how=s", "--how=slow" },
    { "migrate --how f", "fast" },
    { "up --format ''", "human,json" },
    { "changed --format ''", "human" },
    { "up --st", "--steps,--staged" },
    { "up -n 3 --ex", "--exit-code" },
    { "changed --ex", "" },
    { "--to x", "" },
    { "--ver", "--verbose,--version" },
    { "up --ver", "--verbose" },
    { "up --to ''", "" },
    { "up --at x", "x\\$\\(touch\\>pwned\\)" },
    { "up --ref m", "main" },
    { "changed v", "v1" },
    { "changed main..", "main..HEAD,main..main,main..x\\$\\(touch\\>pwned\\),main..v1" },
    { "changed main...v", "main...v1" },
    { "changed a..b db", "db one,db two" },
    { "changed a..b c d", "" },
    { "changed -- --", "" },
    { "help ''", "up,changed,help" },
    { "help up ''", "" },
    { "no-such-verb ''", "" },
    { "'$(touch pwned)' '$(touch pwned)'", "" },
    { "'$(touch pwned)'", "" },
};

Test(reference_programs, bash_completes, .timeout = 60)
{
    struct arena *a = arena_open();
    const char *folder = folder_make(a);

    for (size_t i = 0; i < sizeof bash_cases / sizeof *bash_cases; i++) {
        const char *got = shell(folder, a, "bash",
                                arena_printf(a,
                                             "set -u; source merganser.bash; COMP_WORDS=(merganser %s); "
                                             "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _merganser && IFS=, && "
                                             "printf %%s \"${COMPREPLY[*]-}\"",
                                             bash_cases[i].words));

        cr_expect_str_eq(got, bash_cases[i].want, "%s gives %s", bash_cases[i].words, got);
        cr_expect(!scratch_read(a, arena_printf(a, "%s/pwned", folder)).at, "%s ran a command", bash_cases[i].words);
    }
    arena_close(a);
}

static const struct {
    const char *line, *want;
} fish_cases[] = {
    { "merganser u", "up" },
    { "merganser -C db u", "up" },
    { "merganser --config up c", "changed" },
    { "merganser up --how ", "fast,slow" },
    { "merganser up --st", "--staged,--steps" },
    { "merganser changed --ste", "" },
    { "merganser changed v", "v1" },
    { "merganser up --at x", "x$(touch>pwned)" },
    { "merganser help c", "changed" },
    { "merganser --config db\\ o", "db one/" },
};

Test(reference_programs, fish_completes, .timeout = 60)
{
    struct arena *a = arena_open();
    const char *folder = folder_make(a);

    shell(folder, a, "fish", "fish -n merganser.fish");
    for (size_t i = 0; i < sizeof fish_cases / sizeof *fish_cases; i++) {
        const char *got =
            shell(folder, a, "fish",
                  arena_printf(a,
                               "source merganser.fish; complete -C \"%s\" | string replace -r '\\t.*' '' | "
                               "string join ,; true",
                               fish_cases[i].line));

        cr_expect(text_is(text_trim(text_from(got)), fish_cases[i].want), "%s gives %s", fish_cases[i].line, got);
    }
    cr_expect(!scratch_read(a, arena_printf(a, "%s/pwned", folder)).at);
    arena_close(a);
}

/* zsh's own parser, and its _arguments over every specification. */
Test(reference_programs, zsh_reads_it, .timeout = 60)
{
    struct arena *a = arena_open();
    const char *folder = folder_make(a);

    shell(folder, a, "bash", "zsh -n merganser.zsh");
    cr_expect_str_eq(shell(folder, a, "zsh",
                           "compdef() { print -r -- compdef $1 $2 }; source ./merganser.zsh; "
                           "_describe() { print -rl -- $verbs }; _merganser_verbs"),
                     "compdef _merganser merganser\n"
                     "up:apply what's pending\n"
                     "changed:list what differs\\: between two commits\n"
                     "help:explain\n");
    cr_expect_str_eq(shell(folder, a, "zsh",
                           "compdef() { : }; source ./merganser.zsh; state=rest; "
                           "_arguments() { state=rest; words=(migrate); print -r -- $@[-1] }; _merganser"),
                     "(-)*:: :->rest\n--json[short for --format json]\n");
    cr_expect(!scratch_read(a, arena_printf(a, "%s/pwned", folder)).at);
    arena_close(a);
}
