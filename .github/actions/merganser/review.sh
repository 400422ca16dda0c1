# The review of a pull request. Its branch is read, never run: the files of its head lie in a folder of their own, under
# the configuration that the base branch has, and merganser gets no variable but those named here.
# shellcheck shell=bash
# run.sh sets what is not set here.
# shellcheck disable=SC2154

# A database is for branches of this repository, and only where the workflow asks for it.
may_open_database() {
    [ "${INPUT_PLAN:-offline}" = database ] && [ -n "${INPUT_DATABASE:-}" ] &&
        [ "$(event .pull_request.head.repo.full_name)" = "$GITHUB_REPOSITORY" ]
}

# run_merganser VERB...: in the head's files.
run_merganser() {
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$state/home" XDG_CONFIG_HOME="$XDG_CONFIG_HOME" \
        "$merganser" -C "$state/head/$folder" "$@" </dev/null
}

# The same, with the one variable that names a database; on no command line.
run_with_database() {
    env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="$state/home" XDG_CONFIG_HOME="$XDG_CONFIG_HOME" \
        MERGANSER_DATABASE="$INPUT_DATABASE" "$merganser" -C "$state/head/$folder" "$@" </dev/null
}

# find_base: its commit, and what messages call it: the branch as it is now, else as it was at the event.
find_base() {
    base_name=refs/remotes/origin/$(event .pull_request.base.ref)
    base=$(git rev-parse --verify --quiet --end-of-options "$base_name^{commit}") && return
    base_name=$(event .pull_request.base.sha)
    base=$(git rev-parse --verify --quiet --end-of-options "$base_name^{commit}") ||
        refuse "the base branch is not here: actions/checkout needs fetch-depth: 0"
}

# take_configuration FOLDER: base's merganser.yml in place of the head's, or none.
take_configuration() {
    local path=$1/merganser.yml
    [ ! -L "$state/head/$1" ] || refuse "the branch has a symbolic link at $1, where merganser is to run" 4
    rm -rf "${state:?}/head/$path"
    if git cat-file -e "$base:${path#./}" 2>/dev/null; then
        mkdir -p "$state/head/$1"
        git cat-file blob "$base:${path#./}" >"$state/head/$path"
    fi
}

# The head's files as they are: no hook runs, and no filter that a configuration names.
lay_out_head() {
    local part path=.
    local -a parts
    git worktree prune
    git -c core.hooksPath=/dev/null -c filter.lfs.smudge= -c filter.lfs.process= -c filter.lfs.required=false \
        worktree add --quiet --force --detach "$state/head" "$head" >/dev/null 2>"$state/git.txt" ||
        refuse "the branch can't be laid out: $(tail -n 1 "$state/git.txt")" 1
    IFS=/ read -r -a parts <<<"$folder"
    take_configuration .
    for part in "${parts[@]}"; do
        case $part in . | '') continue ;; esac
        path=$path/$part
        take_configuration "$path"
    done
}

review_check() {
    check=0
    run_merganser check --base "$base_name" --fail-on "${INPUT_FAIL_ON:-error}" --report "github=$state/annotations.txt" \
        --report "sarif=$state/merganser.sarif" --report "json=$state/check.json" --report "markdown=$state/check.md" \
        >"$state/check.txt" 2>"$state/check.err" || check=$?
    shown "$state/check.txt" "$state/check.err"
    [ -s "$state/check.md" ] || refuse "merganser check did not begin: exit code $check" "$check"
    # They escape what a file's name holds, and are meant for the runner.
    [ ! -f "$state/annotations.txt" ] || cat "$state/annotations.txt"
    [ ! -s "$state/merganser.sarif" ] || of_the_checkout
}

# The files were laid out elsewhere; code scanning looks for them in the checkout.
of_the_checkout() {
    jq --arg root "file://$GITHUB_WORKSPACE/" '.runs[].originalUriBaseIds["%SRCROOT%"].uri = $root' \
        "$state/merganser.sarif" >"$state/new.sarif"
    mv "$state/new.sarif" "$state/merganser.sarif"
    output sarif "$state/merganser.sarif"
}

review_plan() {
    local -a words=(plan --format markdown --output "$state/plan.json")
    plan=0
    [ "${INPUT_PLAN:-offline}" != off ] || return 0
    if may_open_database; then
        run_with_database "${words[@]}" >"$state/plan.md" 2>"$state/plan.err" || plan=$?
    else
        run_merganser "${words[@]}" --offline --base "$base_name" >"$state/plan.md" 2>"$state/plan.err" || plan=$?
    fi
    shown "$state/plan.err"
    [ ! -s "$state/plan.json" ] || output plan "$state/plan.json"
}

count() { jq -r "$2" "$1" 2>/dev/null || echo 0; }

# What the comment says: the findings, and below them, folded, the plan where there is room for both.
write_comment() {
    local to=$state/comment.md
    {
        printf '<!-- merganser action: %s -->\n' "${INPUT_COMMENT_NAME:-merganser}"
        cat "$state/check.md"
        if [ -s "$state/plan.md" ] && [ "$(($(wc -c <"$state/check.md") + $(wc -c <"$state/plan.md")))" -lt 60000 ]; then
            printf '\n<details><summary>Plan</summary>\n\n'
            cat "$state/plan.md"
            printf '\n</details>\n'
        elif [ -s "$state/plan.md" ]; then
            printf "\nThe plan is in the job's summary: both are too long for a comment.\n"
        fi
    } >"$to"
    cat "$state/check.md" >>"$GITHUB_STEP_SUMMARY"
    [ ! -s "$state/plan.md" ] || { echo && cat "$state/plan.md"; } >>"$GITHUB_STEP_SUMMARY"
    output markdown "$to"
    output comment "$to"
    if [ "$check" != 0 ] || [ "$plan" != 0 ] || [ "$errors$warnings$infos" != 000 ] || [ "$steps" != 0 ]; then
        output comment-needed true
    else
        output comment-needed false
    fi
}

review() {
    [ "$GITHUB_EVENT_NAME" = pull_request ] ||
        refuse "a review runs on pull_request, not on '$GITHUB_EVENT_NAME', where what the branch brings would meet secrets"
    if [ "$(event .action)" = closed ]; then
        notice "the pull request is closed: there is nothing to review"
        output exit-code 0
        return 0
    fi
    head=$(event .pull_request.head.sha)
    is_commit "$head" || refuse "the event names no commit to review"
    git cat-file -e "$head^{commit}" 2>/dev/null || refuse "commit $head is not here: actions/checkout needs fetch-depth: 0"
    find_base
    lay_out_head
    review_check
    review_plan
    errors=$(count "$state/check.json" .counts.error) warnings=$(count "$state/check.json" .counts.warning)
    infos=$(count "$state/check.json" .counts.info) steps=$(count "$state/plan.json" '.steps | length')
    errors=${errors/null/0} warnings=${warnings/null/0} infos=${infos/null/0}
    write_comment
    git worktree remove --force "$state/head"
    output errors "$errors"
    output warnings "$warnings"
    output steps "$steps"
    [ "$check" != 0 ] || check=$plan
    output exit-code "$check"
    [ "$check" = 0 ] || refuse "merganser ended with exit code $check" "$check"
}
