#!/bin/bash
# Keeps one comment on the pull request: found again by the mark on its first line, and by who wrote it.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"

name=${INPUT_COMMENT_NAME:-merganser}
[[ $name =~ ^[A-Za-z0-9._-]+$ ]] || refuse "comment-name is a word, not '$name'"
[[ $GITHUB_REPOSITORY =~ ^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$ ]] || refuse "there is no repository to comment in"
number=$(event .pull_request.number)
[[ $number =~ ^[0-9]+$ ]] || refuse "there is no pull request to comment on"
comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues

mkdir -p "$state"
headers=$state/headers.txt
(umask 077 && printf 'Authorization: Bearer %s\nAccept: application/vnd.github+json\nX-GitHub-Api-Version: 2022-11-28\n' \
    "$INPUT_TOKEN" >"$headers")
trap 'rm -f "$headers"' EXIT

# call METHOD URL [BODY]: the answer's body in answer.json; its status is printed.
call() {
    local -a words=(--silent --show-error --max-time 60 --request "$1" --header "@$headers"
        --output "$state/answer.json" --write-out '%{http_code}')
    # A POST whose answer was lost may have made its comment.
    [ "$1" = POST ] || words+=(--retry 2)
    [ $# -lt 3 ] || words+=(--header 'Content-Type: application/json' --data-binary "@$3")
    curl "${words[@]}" "$2" || true
}

# The comment's id, "" where there is none. Others' comments may quote the mark.
find_comment() {
    local page status
    for ((page = 1; page <= 50; page++)); do
        status=$(call GET "$comments/$number/comments?per_page=100&page=$page")
        [ "$status" = 200 ] || return 1
        jq -r --arg mark "<!-- merganser action: $name -->" --arg author "${INPUT_COMMENT_AUTHOR:-github-actions[bot]}" \
            'map(select(.user.login == $author and (.body | startswith($mark)))) | .[0].id // empty' \
            "$state/answer.json" >"$state/id.txt"
        [ ! -s "$state/id.txt" ] || break
        [ "$(jq length "$state/answer.json")" = 100 ] || break
    done
    cat "$state/id.txt"
}

if ! id=$(find_comment); then
    notice "the comments can't be read with this token; the job's summary has the review"
    exit 0
fi
jq -n --rawfile body "$COMMENT_FILE" '{body: $body}' >"$state/body.json"
if [[ $id =~ ^[0-9]+$ ]]; then
    status=$(call PATCH "$comments/comments/$id" "$state/body.json")
elif [ "${COMMENT_NEEDED:-true}" = true ]; then
    status=$(call POST "$comments/$number/comments" "$state/body.json")
else
    exit 0
fi
case $status in
200 | 201) ;;
# What a fork's pull request gets is a token that may read.
401 | 403 | 404) notice "this token may not comment (a fork's, or without pull-requests: write); the job's summary has the review" ;;
*) refuse "the comment could not be written: GitHub answered $status" 1 ;;
esac
