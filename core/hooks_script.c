/* The files that run hooks, and the lines for files that are another's. */
#include "core/hooks.h"

#define SEAL "# merganser hook "

struct text hook_script(enum hook h, const char *program, struct arena *a)
{
    struct buf body = buf_open(a, SIZE_MAX / 2), all = body;
    const char *name = hook_word(h);

    buf_printf(
        &body,
        "# Written by `merganser hook install`; `merganser hook uninstall` removes it as long as it is unchanged.\n"
        "if command -v merganser >/dev/null 2>&1; then\n"
        "    merganser hook run %s \"$@\"\n"
        "elif [ -x ",
        name);
    buf_shell_word(&body, program);
    buf_string(&body, " ]; then\n    ");
    buf_shell_word(&body, program);
    buf_printf(&body, " hook run %s \"$@\"\nfi\n", name);
    /* Only a finding stops a commit: not a program that is missing, too old or killed. */
    buf_string(&body, h == HOOK_PRE_COMMIT ? "[ $? -ne 1 ]\n" : "exit 0\n");
    buf_printf(&all, "#!/bin/sh\n" SEAL "%s\n", object_id_hex(a, vcs_hash_blob(buf_content(&body))));
    buf_text(&all, buf_content(&body));
    return buf_content(&all);
}

/* Whether the second line seals what stands behind it. */
static bool is_sealed(struct text content)
{
    struct text rest = content, line;
    struct object_id seal;

    return text_line(&rest, &line) && text_line(&rest, &line) && text_starts(line, SEAL) &&
           object_id_parse(&seal, text_cut(line, sizeof SEAL - 1, line.len)) &&
           object_id_equal(seal, vcs_hash_blob(rest));
}

enum hook_file hook_script_state(struct text content, struct text wanted)
{
    size_t at;

    if (text_equal(content, wanted))
        return HOOK_FILE_OURS;
    if (is_sealed(content))
        return HOOK_FILE_OLDER;
    return text_find(content, "\n" SEAL, &at) ? HOOK_FILE_EDITED : HOOK_FILE_OTHER;
}

bool hook_script_calls(struct text content, enum hook h, struct arena *a)
{
    size_t at;

    return text_find(content, arena_printf(a, "merganser hook run %s", hook_word(h)), &at);
}
