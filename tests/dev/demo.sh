# ./dev demo: what merganser does, on a repository made from testdata/sample and a SQLite file.

# sample_repository FOLDER: one commit a line of testdata/sample/commits.
sample_repository() {
    local folder=$1 branch date paths subject
    mkdir -p "$folder"
    git -C "$folder" -c init.defaultBranch=main init -q
    git -C "$folder" config user.name "Ada Example"
    git -C "$folder" config user.email ada@example.org
    while IFS='|' read -r branch date paths subject; do
        branch=${branch// /} date="${date// /} 12:00:00 +0000" subject=${subject# }
        case $branch in '' | '#'*) continue ;; esac
        if [ "$(git -C "$folder" symbolic-ref --short HEAD)" != "$branch" ]; then
            git -C "$folder" switch -q "$branch" 2>/dev/null || git -C "$folder" switch -q -c "$branch"
        fi
        # Paths are globs, so they stay unquoted.
        # shellcheck disable=SC2086
        (cd testdata/sample/project && cp --parents -r $paths "$folder")
        git -C "$folder" add -A
        GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date git -C "$folder" commit -q -m "$subject"
    done <testdata/sample/commits
    git -C "$folder" switch -q main
}

# show COMMAND...: the command as one would type it, then what it prints.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

dev_demo() {
    local folder name binary=$root/build/merganser
    build_release
    folder=$(mktemp -d /tmp/merganser-demo.XXXXXX)
    for name in $(compgen -e); do
        case $name in GIT_* | PG* | MERGANSER_* | DATABASE_URL) unset "$name" ;; esac
    done
    sample_repository "$folder/notebook"
    cd "$folder/notebook"
    export PATH=$root/build:$PATH GIT_PAGER=cat DATABASE_URL=sqlite:$folder/notebook.sqlite3

    printf '\nA Rails project in git, four migrations in four commits, one of them on a branch; and an empty database.\n'
    show git log --oneline --graph --all
    printf '\n$ export DATABASE_URL=%s\n' "$DATABASE_URL"
    show merganser init
    show merganser status
    show merganser up
    show merganser status
    show merganser down
    show merganser up
    printf '\nWhat the branch would bring:\n'
    show merganser changed main...comments

    cat <<END

The binary is $binary; ./dev install PREFIX puts it where you want it.
Go on in the scratch repository:

    cd $folder/notebook
    export PATH=$root/build:\$PATH DATABASE_URL=$DATABASE_URL
    git merge -q --no-edit comments && merganser status
    merganser help
END
}
