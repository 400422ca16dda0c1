# What the action's scripts share.
# shellcheck shell=bash

state=${RUNNER_TEMP:?this runs in GitHub Actions}/merganser

# Nothing that stands in a message can begin another workflow command.
escaped() {
    local text=${1//'%'/%25}
    text=${text//$'\r'/%0D}
    printf '%s' "${text//$'\n'/%0A}"
}

notice() { printf '::notice title=merganser::%s\n' "$(escaped "$1")"; }

refuse() {
    printf '::error title=merganser::%s\n' "$(escaped "$1")"
    exit "${2:-2}"
}

# output NAME VALUE: one of the step's outputs, whatever the value holds.
output() {
    local end
    end=end-$(random_word)
    printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

random_word() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# event FILTER: what the event's payload says, "" where it says nothing.
event() { jq -r "$1 // \"\"" "$GITHUB_EVENT_PATH"; }

is_commit() { [[ $1 =~ ^[0-9a-f]{40}([0-9a-f]{24})?$ ]]; }

# shown FILE...: on the log, where no line of it is a command to the runner.
shown() {
    local word
    word=$(random_word)
    printf '::stop-commands::%s\n' "$word"
    cat -- "$@"
    printf '\n::%s::\n' "$word"
}

# The settings that git and merganser go by: the checkout may belong to another user, as in a container.
own_settings() {
    mkdir -p "$state/home" "$state/settings/git"
    git config --file "$state/settings/git/config" --add safe.directory "$GITHUB_WORKSPACE"
    git config --file "$state/settings/git/config" --add safe.directory "$state/head"
}
