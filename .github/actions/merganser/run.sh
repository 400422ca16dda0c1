#!/bin/bash
# The task that the action was asked for.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"

merganser=${MERGANSER_ACTION_BINARY:?install.sh gives it}
folder=${INPUT_WORKING_DIRECTORY:-.}
case /$folder/ in //*/* | */../*) refuse "working-directory is a path inside the repository, not '$folder'" ;; esac
rm -rf "$state"
mkdir -p "$state"
own_settings
export XDG_CONFIG_HOME=$state/settings GIT_TERMINAL_PROMPT=0
cd "$GITHUB_WORKSPACE"
git rev-parse --git-dir >/dev/null 2>&1 || refuse "there is no repository here: actions/checkout comes first, with fetch-depth: 0"

# shellcheck source=review.sh
[ "${INPUT_TASK:-}" != review ] || . "$here/review.sh"
# shellcheck source=deploy.sh
[ "${INPUT_TASK:-}" = review ] || . "$here/deploy.sh"
case ${INPUT_TASK:-} in
review) review ;;
plan) deploy_plan ;;
apply) deploy_apply ;;
*) refuse "task is review, plan or apply, not '${INPUT_TASK:-}'" ;;
esac
