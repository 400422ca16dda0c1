#!/bin/bash
# install.sh key: what a build depends on, as the cache's key. install.sh install: a merganser, from the input, the cache,
# or this action's own repository.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
root=$(cd "$here/../../.." && pwd)
built=$RUNNER_TEMP/merganser-build

say() { printf '%s\n' "$*" >&2; }
die() { refuse "$*" 1; }

key() {
    local sources
    # Not runner.temp, which is the host's path where the job runs in a container.
    output path "$built"
    sources=$(cd "$root" && find CMakeLists.txt dev tests/dev cmd core vcs dialects -type f -print0 | sort -z |
        xargs -0 sha256sum | sha256sum)
    # shellcheck source=/dev/null
    output key "merganser-$(. /etc/os-release && printf '%s-%s' "${ID:-}" "${VERSION_ID:-}")-$(uname -m)-${sources%% *}"
}

install() {
    local binary=${INPUT_BINARY:-}
    # shellcheck source=/dev/null
    . "$root/tests/dev/packages.sh"
    packages_need git ca-certificates curl jq
    if [ -z "$binary" ]; then
        binary=$built/bin/merganser
        # shellcheck disable=SC2154
        packages_need "${packages_for_building[@]}"
        [ -x "$binary" ] || "$root/dev" install "$built"
    fi
    [ -x "$binary" ] || refuse "there is no program '$binary'"
    env -i PATH="$PATH" "$binary" --version </dev/null
    output binary "$(realpath -- "$binary")"
}

case ${1:-} in
key) key ;;
install) install ;;
*) refuse "install.sh takes key or install" ;;
esac
