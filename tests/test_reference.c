/* Help, manual page and completions: as they look, and in the programs that read them. */
#include <criterion/criterion.h>

#include "cmd/reference_rows.h"
#include "core/base/text.h"
#include "tests/support/scratch.h"

struct up_args {
    const char *to, *at, *how;
    uint64_t steps;
    bool exit_code;
};

static const char *const ways[] = { "slow", "fast", NULL };

static const struct option_row up_rows[] = {
    { .name = "to",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, to),
      .value = "<version>",
      .help = "stop behind it: 'quoted', [bracketed], back\\slashed, $(dollared), \"doubly\" and `merganser up`",
      .completes = "version" },
    { .letter = 'n',
      .name = "steps",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct up_args, steps),
      .value = "<n>",
      .help = "apply no more than that many",
      .from_environment = true },
    { .name = "at",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, at),
      .value = "<rev>",
      .help = "'as of",
      .completes = "ref" },
    { .name = "how",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct up_args, how),
      .value = "<way>",
      .help = "which way",
      .choices = ways },
    { .name = "exit-code",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, exit_code),
      .help = ".begins with a dot" },
    { 0 },
};

static const char *const json_only[] = { "json", NULL };
static const char *const up_examples[] = { "merganser up --ref origin/main", "merganser up --steps 1", NULL };
static const struct operand_row changed_operands[] = {
    { .name = "<A..B>", .help = "two commits \xc3\xa4\xc3\xb6\xc3\xbc", .required = true, .completes = "ref" },
    { .name = "<file>", .help = "where to", .completes = "file" },
    { 0 },
};
static const struct operand_row help_operands[] = { { .name = "<verb>", .help = "which", .completes = "verb" }, { 0 } };

static const struct command up = {
    .name = "up",
    .alias = "migrate",
    .group = GROUP_EVERY_DAY,
    .summary = "apply what's pending",
    .details = "Each migration is applied together with its version row, in one transaction where the database can do "
               "so.\nNothing is pending: `merganser status --format json --exit-code` says so, too.",
    .examples = up_examples,
    .options = up_rows,
    .args_size = sizeof(struct up_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .formats = json_only,
};
static const struct command changed = {
    .name = "changed",
    .group = GROUP_LOOK,
    .summary = "list what differs: between two commits",
    .operands = changed_operands,
    .needs = NEED_SOURCE,
};
static const struct command help = {
    .name = "help", .group = GROUP_HELP, .summary = "explain", .operands = help_operands
};
static const struct command *const commands[] = { &up, &changed, &help, NULL };

enum what { HELP, VERB_UP, VERB_CHANGED, VERB_HELP, MAN, BASH, ZSH, FISH };

static struct text written(enum what what, bool color, int width, struct arena *a)
{
    char *at;
    size_t len;
    FILE *to = open_memstream(&at, &len);
    struct text all;

    cr_assert(to);
    switch (what) {
    case HELP:
        reference_help(to, commands, color, width);
        break;
    case VERB_UP:
    case VERB_CHANGED:
    case VERB_HELP:
        reference_verb(to, commands[what - VERB_UP], color, width);
        break;
    case MAN:
        reference_man(to, commands);
        break;
    case BASH:
    case ZSH:
    case FISH:
        cr_assert(reference_completion(to, reference_shells[what - BASH], commands));
        break;
    }
    fclose(to);
    all = arena_text(a, at, len);
    free(at);
    return all;
}

static void golden(const char *name, struct text got, struct arena *a)
{
    struct text want;

    if (getenv("MERGANSER_GOLDEN"))
        scratch_write(TESTDATA, arena_printf(a, "reference/%s.want", name), got);
    want = scratch_read(a, arena_printf(a, TESTDATA "/reference/%s.want", name));
    cr_expect(text_equal(want, got), "%s is now\n%.*s", name, (int)got.len, got.at);
}

Test(reference, looks_as_it_should)
{
    struct arena *a = arena_open();

    golden("help_80", written(HELP, false, 0, a), a);
    golden("help_40_color", written(HELP, true, 1, a), a);
    golden("up_100", written(VERB_UP, false, 1000, a), a);
    golden("up_60", written(VERB_UP, false, 60, a), a);
    golden("changed_80", written(VERB_CHANGED, false, 80, a), a);
    golden("verb_without_needs_80", written(VERB_HELP, false, 80, a), a);
    arena_close(a);
}

static const char *roffed(struct arena *a, const char *word)
{
    struct buf out = buf_open(a, 200);

    for (; *word; word++)
        buf_printf(&out, *word == '-' ? "\\%c" : "%c", *word);
    return buf_cstr(&out);
}

/* The page without its first line, which has the version, and without the errors, which have a list of their own. */
Test(reference, manual_page)
{
    struct arena *a = arena_open();
    struct text page = written(MAN, false, 0, a), first;
    size_t at;

    cr_assert(text_line(&page, &first));
    cr_expect(text_is(first, ".TH MERGANSER 1 \"\" \"merganser " MERGANSER_VERSION "\" \"User Commands\""));
    for (size_t i = 0; err_row(i); i++)
        if (err_row(i)->kind != ERR_NONE)
            cr_expect(text_find(page, arena_printf(a, ".TP\n\\fB%s\\fR\n", roffed(a, err_row(i)->name)), &at), "%s",
                      err_row(i)->name);
    cr_assert(text_find(page, ".SH \"EXIT STATUS\"", &at));
    golden("man", text_cut(page, 0, at), a);
    arena_close(a);
}

Test(reference, no_line_is_wider_than_asked)
{
    struct arena *a = arena_open();

    for (int width = 40; width <= 100; width++) {
        for (enum what what = HELP; what <= VERB_CHANGED; what++) {
            struct text all = written(what, false, width, a), line;
            bool examples = false;

            while (text_line(&all, &line)) {
                examples = line.len && (examples ? text_starts(line, "  ") : text_is(line, "Examples"));
                /* Headings and command lines stand as they are. */
                if (!examples && (!line.len || line.at[0] == ' '))
                    cr_expect(text_chars(line) <= (size_t)width, "%d: %.*s", width, (int)line.len, line.at);
                cr_expect(!text_ends(line, " "), "%d: a blank ends \"%.*s\"", width, (int)line.len, line.at);
            }
        }
    }
    arena_close(a);
}

Test(reference, color_is_in_headings_only)
{
    struct arena *a = arena_open();
    struct text all = written(VERB_UP, true, 80, a), line;
    size_t headings = 0, at;

    cr_expect(!text_find(written(VERB_UP, false, 80, a), "\033", &at));
    while (text_line(&all, &line)) {
        if (!text_find(line, "\033", &at))
            continue;
        headings++;
        cr_expect(text_starts(line, "\033[1m") && text_ends(line, "\033[0m"), "%.*s", (int)line.len, line.at);
    }
    cr_expect_eq(headings, 4);
    arena_close(a);
}

Test(reference, every_row_is_in_every_output)
{
    struct arena *a = arena_open();
    size_t at;

    for (enum what what = MAN; what <= FISH; what++) {
        struct text all = written(what, false, 0, a);
        const char *dashes = what == MAN ? "\\-\\-" : what == FISH ? "-l " : "--";

        for (size_t i = 0; commands[i]; i++) {
            cr_expect(text_find(all, commands[i]->name, &at), "%s in %d", commands[i]->name, what);
            for (const struct option_row *row = commands[i]->options; row && row->name; row++)
                if (!strchr(row->name, '-'))
                    cr_expect(text_find(all, arena_printf(a, "%s%s", dashes, row->name), &at), "%s in %d", row->name,
                              what);
        }
        for (const struct option_row *row = common_option_rows; row->name; row++)
            cr_expect(text_find(all, arena_printf(a, "%s%s", dashes, row->name), &at), "%s in %d", row->name, what);
    }
    arena_close(a);
}

Test(reference, every_error_has_an_exit_code_that_is_explained)
{
    for (size_t i = 0; err_row(i); i++) {
        const struct exit_row *row = reference_exits;

        while (row->meaning && row->code != err_row(i)->exit_code)
            row++;
        cr_expect(row->meaning, "%d of %s", err_row(i)->exit_code, err_row(i)->name);
    }
}

Test(reference, no_completion_for_an_unknown_shell)
{
    cr_expect(!reference_completion(stdout, "tcsh", commands));
    cr_expect(!reference_completion(stdout, "", commands));
}

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

    scratch_write(folder, "merganser.bash", written(BASH, false, 0, a));
    scratch_write(folder, "merganser.zsh", written(ZSH, false, 0, a));
    scratch_write(folder, "merganser.fish", written(FISH, false, 0, a));
    scratch_write(folder, "merganser.1", written(MAN, false, 0, a));
    scratch_write(folder, "db one/x", TEXT(""));
    scratch_write(folder, "db two", TEXT(""));
    shell(folder, a, "bash",
          "git init -q -b main . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && "
          "git branch 'x$(touch>pwned)' && git tag v1");
    return folder;
}

Test(reference, groff_reads_the_manual_page)
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

Test(reference, bash_completes, .timeout = 60)
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

Test(reference, fish_completes, .timeout = 60)
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
Test(reference, zsh_reads_it, .timeout = 60)
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
