# The plan of a pushed commit, and applying it.
# shellcheck shell=bash
# run.sh sets what is not set here.
# shellcheck disable=SC2154

# run_merganser VERB...: the configuration is that of the pushed commit, which is checked out.
run_merganser() {
    local -a words=(-C "$folder")
    [ -z "${INPUT_ENVIRONMENT:-}" ] || words+=(--env "$INPUT_ENVIRONMENT")
    if [ -n "${INPUT_DATABASE:-}" ]; then
        MERGANSER_DATABASE=$INPUT_DATABASE "$merganser" "${words[@]}" "$@" </dev/null
    else
        "$merganser" "${words[@]}" "$@" </dev/null
    fi
}

deploy_begin() {
    case $GITHUB_EVENT_NAME in
    pull_request* | issue_comment | workflow_run | discussion*)
        refuse "${INPUT_TASK} runs what is merged, on push or workflow_dispatch, not on '$GITHUB_EVENT_NAME'" 4
        ;;
    esac
    is_commit "$GITHUB_SHA" || refuse "there is no commit to deploy"
    [ "$(git rev-parse HEAD)" = "$GITHUB_SHA" ] || refuse "what is checked out is not $GITHUB_SHA" 4
}

# ended CODE: the exit code as an output, and as this step's own.
ended() {
    output exit-code "$1"
    [ "$1" = 0 ] || refuse "merganser ended with exit code $1" "$1"
}

make_plan() {
    local code=0
    run_merganser plan --ref "$GITHUB_SHA" --format markdown --output "$plan" >"$state/plan.md" 2>"$state/plan.err" || code=$?
    shown "$state/plan.err"
    cat "$state/plan.md" >>"$GITHUB_STEP_SUMMARY"
    output markdown "$state/plan.md"
    [ "$code" = 0 ] || ended "$code"
    output plan "$plan"
    output steps "$(jq '.steps | length' "$plan")"
}

# The plan's file from the workspace, wherever merganser runs.
plan_file() {
    case ${INPUT_PLAN_FILE:-} in
    '') printf '%s\n' "$state/plan.json" ;;
    /*) printf '%s\n' "$INPUT_PLAN_FILE" ;;
    *) printf '%s\n' "$GITHUB_WORKSPACE/$INPUT_PLAN_FILE" ;;
    esac
}

deploy_plan() {
    deploy_begin
    plan=$(plan_file)
    make_plan
    ended 0
}

# What this push did, whoever else pushed meanwhile.
write_history() {
    local before
    before=$(event .before)
    is_commit "$before" || return 0
    git cat-file -e "$before^{commit}" 2>/dev/null || return 0
    run_merganser history --since "$before" --format markdown >"$state/history.md" 2>>"$state/apply.err" || return 0
    cat "$state/history.md" >>"$GITHUB_STEP_SUMMARY"
    output markdown "$state/history.md"
}

deploy_apply() {
    local code=0 of
    deploy_begin
    plan=$(plan_file)
    [ -n "${INPUT_PLAN_FILE:-}" ] || make_plan
    [ -f "$plan" ] || refuse "there is no plan '$plan'"
    of=$(jq -r '.source.commit // ""' "$plan" 2>/dev/null) || of=
    [ "$of" = "$GITHUB_SHA" ] || refuse "the plan is not that of $GITHUB_SHA: make it in this run, from the merged commit" 4
    run_merganser apply "$plan" --yes >"$state/apply.txt" 2>"$state/apply.err" || code=$?
    shown "$state/apply.txt" "$state/apply.err"
    write_history
    ended "$code"
}
