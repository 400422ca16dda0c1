# ./dev bench: what merganser costs beside psql and git doing the same work. The targets stand in each row.
# MERGANSER_BENCH_REPOSITORY and MERGANSER_BENCH_FOLDER name a real repository and its migrations, for one more row.

# row NAME ROUNDS WALL CPU [MEMORY]: measures ours against theirs (arrays), each behind its own preparation, and prints a
# line. WALL and CPU are the highest ratios wanted, - for none; MEMORY is in MiB.
row() {
    local name=$1 rounds=$2 wall=$3 cpu=$4 memory=${5:-16} line
    case $name in *"$bench_pattern"*) ;; *) return 0 ;; esac
    if ! line=$("$bench/measure" "$rounds" "$bench/log" "$prepare_ours" "$prepare_theirs" "${ours[@]}" -- "${theirs[@]}"); then
        tail -n 5 "$bench/log" >&2
        printf '| %s | failed |\n' "$name"
        bench_failed=1
        return 0
    fi
    # shellcheck disable=SC2086
    set -- $line
    awk -v name="$name" -v wall="$wall" -v cpu="$cpu" -v base="${bench_base:-0}" -v memory="$memory" '
        function against(got, want) { return got (want == "-" ? "" : " (" want (got + 0 <= want + 0 ? ")" : ", missed)")) }
        {
            printf "| %s | %.1f | %.1f | %s | %.1f | %.1f | %s | %s |\n", name, $1, $2, against($3, wall),
                $4, $5, against($6, cpu), against(sprintf("%.1f", ($7 - base) / 1024), memory)
        }' <<<"$line"
}

bench_sql() { "$postgres_bin/psql" -qXAt -d "$bench_server/postgres" -c "$1"; }

# fresh DATABASE [TEMPLATE]: the shell command that makes it anew.
fresh() {
    local psql="$postgres_bin/psql -qX -d $bench_server/postgres"
    echo "$psql -c 'SET client_min_messages = warning' -c 'DROP DATABASE IF EXISTS $1 WITH (FORCE)' -c 'CREATE DATABASE $1 TEMPLATE ${2:-template0}' -c CHECKPOINT"
}

bench_build() {
    cc -O2 -std=c17 -D_GNU_SOURCE -o "$bench/measure" tests/bench/measure.c
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -include core/base/banned.h -o "$bench/read" \
        tests/bench/read.c vcs/without_tls.c build/libvcs.a build/libbase.a -lgit2
    # Like the program itself without what libgit2 does for TLS.
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -include core/base/banned.h -Wl,--export-dynamic -o "$bench/origins" \
        tests/bench/origins.c vcs/without_tls.c build/libvcs.a build/libbase.a -lgit2
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -include core/base/banned.h -Wl,--export-dynamic -o "$bench/gone" \
        tests/bench/gone.c vcs/without_tls.c build/libvcs.a build/libbase.a -lgit2
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -include core/base/banned.h -o "$bench/schema" tests/bench/schema.c \
        build/libcore.a build/libvcs.a build/libdialects.a build/libbase.a -lpq -lsqlite3 -lpg_query -lgit2 -lz \
        -lyaml -lpcre2-8 -ljansson -lcrypto
    cc -O2 -std=c17 -D_GNU_SOURCE -o "$bench/history" tests/bench/history.c
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -o "$bench/relay" tests/bench/relay.c
}

# history_make: 60,000 commits and 1,500 migrations, packed as a clone is; once, for it takes a minute or two.
history_make() {
    [ -z "${history:-}" ] || return 0
    history=$bench/history.git
    git init -q --bare -b main "$history"
    "$bench/history" 60000 1500 | git -C "$history" fast-import --quiet --active-branches=10
    git -C "$history" for-each-ref --format='delete %(refname)' refs/side | git -C "$history" update-ref --stdin
    git -C "$history" repack -qadf --depth=50 --window=10
}

# provenance REPOSITORY FOLDER: sets ours and theirs, which say who introduced each file that the folder has.
provenance() {
    ours=("$bench/origins" "$1" HEAD "$2")
    theirs=(git -C "$1" log "--format=%H %an <%ae> %at" --diff-filter=A --name-only --no-renames HEAD -- "$2")
}

# instructions COMMAND...: how many it takes, which repeats to a ten-thousandth; needs valgrind.
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}

# gone NAME REPOSITORY FOLDER: measures the search for a file that no commit has.
gone() {
    local path=$3/20990101000000_nowhere.rb
    prepare_ours='' prepare_theirs=''
    ours=("$bench/gone" "$2" HEAD "$path")
    theirs=(git -C "$2" log --all --full-history -1 -- "$path")
    row "$1" 7 - 1.10 160
}

bench_gone() {
    local name="a file that no commit has, all refs"
    case $name in *"$bench_pattern"*) ;; *) return 0 ;; esac
    history_make
    gone "$name, 60000 commits" "$history" db/migrate
    [ -z "${MERGANSER_BENCH_REPOSITORY:-}" ] ||
        gone "$name, of $(basename "$MERGANSER_BENCH_REPOSITORY")" "$MERGANSER_BENCH_REPOSITORY" \
            "${MERGANSER_BENCH_FOLDER:-db/migrate}"
}

bench_history() {
    local name="who introduced 1500 files, 60000 commits"
    case $name in *"$bench_pattern"*) ;; *) return 0 ;; esac
    history_make
    prepare_ours='' prepare_theirs=''
    provenance "$history" db/migrate
    row "$name" 7 - 0.75 128
    bench_instructions
    git -C "$history" commit-graph write --reachable --changed-paths --no-progress
    row "$name, commit-graph" 7 - 0.75 128
    bench_instructions
    if [ -n "${MERGANSER_BENCH_REPOSITORY:-}" ]; then
        provenance "$MERGANSER_BENCH_REPOSITORY" "${MERGANSER_BENCH_FOLDER:-db/migrate}"
        row "$name, of $(basename "$MERGANSER_BENCH_REPOSITORY")" 7 - 0.75 128
        bench_instructions
    fi
}

# The last row's, as a footnote.
bench_instructions() {
    command -v valgrind >/dev/null || return 0
    footnotes+=$(awk -v ours="$(instructions "${ours[@]}")" -v theirs="$(instructions "${theirs[@]}")" 'BEGIN {
        printf "%.0f million instructions against %.0f: %.2f (0.45 wanted)", ours / 1e6, theirs / 1e6, ours / theirs }')$'\n'
}

# relay DELAY: a loopback relay in front of the server, DELAY milliseconds a round trip; sets relay_port and relay_pid.
relay() {
    coproc RELAY { exec "$bench/relay" "$postgres_port" "$1" "$bench/trips"; }
    relay_pid=$RELAY_PID
    read -r relay_port <&"${RELAY[0]}"
}

relay_end() {
    kill "$relay_pid"
    wait "$relay_pid" 2>/dev/null || true
}

# A description of 200 tables (2014 columns, 600 indexes, 200 triggers, 50 views), beside pg_dump -s.
bench_schema() {
    local name="describe 200 tables" s=$bench_server
    case $name in *"$bench_pattern"*) ;; *) return 0 ;; esac
    eval "$(fresh described)" >/dev/null
    tests/bench/schema.sh 200 | "$postgres_bin/psql" -qX -v ON_ERROR_STOP=1 -d "$s/described"
    prepare_ours='' prepare_theirs=''
    ours=("$bench/schema" "$s/described")
    theirs=("$postgres_bin/pg_dump" -s -d "$s/described")
    row "$name" 21 0.35 -
}

bench_postgres_rows() {
    local merganser=$root/build/merganser psql=$postgres_bin/psql m=$bench/m1000 s=$bench_server
    local up=("$merganser" -C "$m/repository" up --quiet --migrations db/migrate)

    prepare_ours=$(fresh ours) prepare_theirs=$(fresh theirs)
    ours=("${up[@]}" --database "$s/ours")
    theirs=("$psql" -qX -v ON_ERROR_STOP=1 -d "$s/theirs" -f "$m/up.sql")
    row "up, 1000 migrations" 9 0.90 0.50

    bench_sql "ALTER SYSTEM SET fsync = on" && bench_sql "SELECT pg_reload_conf()" >/dev/null
    row "up, 1000 migrations, fsync on" 3 - -
    bench_sql "ALTER SYSTEM SET fsync = off" && bench_sql "SELECT pg_reload_conf()" >/dev/null

    relay 10
    s=postgresql://postgres@127.0.0.1:$relay_port
    prepare_ours=$(fresh ours) prepare_theirs=$(fresh theirs)
    ours=("${up[@]}" --steps 200 --database "$s/ours")
    head -n "$(awk '/^COMMIT;/ && ++n == 200 { print NR; exit }' "$m/up.sql")" "$m/up.sql" >"$bench/up200.sql"
    theirs=("$psql" -qX -v ON_ERROR_STOP=1 -d "$s/theirs" -f "$bench/up200.sql")
    row "up, 200 migrations, 10 ms away" 3 0.40 -
    relay_end

    s=$bench_server
    eval "$(fresh ours_full) && $(fresh theirs_full)" >/dev/null
    "${up[@]}" --database "$s/ours_full"
    "$psql" -qX -d "$s/theirs_full" -f "$m/up.sql"
    prepare_ours='' prepare_theirs=''
    theirs=("$psql" -qXAt -d "$s/theirs_full" -c "SELECT version FROM schema_migrations")
    ours=("${up[@]}" --database "$s/ours_full")
    row "up, nothing to do of 1000" 21 2.0 -
    ours=("$merganser" -C "$m/repository" status --migrations db/migrate --database "$s/ours_full")
    row "status of 1000" 21 2.0 -

    prepare_ours=$(fresh ours ours_full) prepare_theirs=$(fresh theirs theirs_full)
    ours=("$merganser" -C "$m/repository" down --quiet --steps 100 --migrations db/migrate --database "$s/ours")
    theirs=("$psql" -qX -v ON_ERROR_STOP=1 -d "$s/theirs" -f "$m/down.sql")
    row "down --steps 100" 9 1.0 -
}

# trips STEPS: how many round trips `up --steps STEPS` makes on an empty database.
trips() {
    eval "$(fresh ours)" >/dev/null
    : >"$bench/trips"
    "$root/build/merganser" -C "$bench/m1000/repository" up --quiet --migrations db/migrate --steps "$1" \
        --database "postgresql://postgres@127.0.0.1:$relay_port/ours"
    # The relay counts to the end of the connection, which is a moment after the program's.
    while [ ! -s "$bench/trips" ]; do sleep 0.05; done
    awk '{ n += $1 } END { print n }' "$bench/trips"
}

bench_trips() {
    relay 0
    printf '\nRound trips a migration, as the relay counts: %s (1.00 wanted)\n' \
        "$(awk -v a="$(trips 100)" -v b="$(trips 200)" 'BEGIN { printf "%.2f", (b - a) / 100 }')"
    relay_end
}

# An idle hook as git runs it, its shell included: another branch was checked out, with the same migrations.
bench_hook() {
    local repository=$bench/m1500/repository from
    from=$(git -C "$repository" rev-parse HEAD)
    git -C "$repository" checkout -q -b idle
    git -C "$repository" commit -q --allow-empty -m idle
    "$root/build/merganser" -C "$repository" hook install --quiet
    ours=(sh -c "cd '$repository' && .git/hooks/post-checkout $from $(git -C "$repository" rev-parse HEAD) 1")
    printf '\nAn idle hook, milliseconds of CPU: %s (20 wanted)\n' \
        "$("$bench/measure" 21 "$bench/log" '' '' "${ours[@]}" -- true | cut -d ' ' -f 4)"
    "$root/build/merganser" -C "$repository" hook uninstall --quiet
    git -C "$repository" checkout -q main
}

# A gigabyte of data (or MERGANSER_BENCH_MEGABYTES), from the work tree and from a pack. Only where it is asked for by its
# name: it takes minutes, and several times its size on the disk.
bench_large() {
    local merganser=$root/build/merganser psql=$postgres_bin/psql m=$bench/large s=$bench_server kind file
    local size=${MERGANSER_BENCH_MEGABYTES:-1000} up
    [ "$bench_pattern" = large ] || return 0
    up=("$merganser" -C "$m" up --quiet --migrations db/migrate --database "$s/ours")
    for kind in inserts copy; do
        file=$m/db/migrate/20240101000000_$kind.sql
        mkdir -p "$m/db/migrate"
        tests/bench/large.sh "$kind" "$size" >"$file"
        git -C "$m" init -q
        git -C "$m" add .
        git -C "$m" commit -qm "A large one"
        git -C "$m" gc -q
        prepare_ours=$(fresh ours) prepare_theirs=$(fresh theirs)
        theirs=("$psql" -qX1 -v ON_ERROR_STOP=1 -o /dev/null -d "$s/theirs" -f "$file")
        ours=("${up[@]}")
        row "large, $size MB of $kind, work tree" 1 - - 32
        ours=("${up[@]}" --ref HEAD)
        row "large, $size MB of $kind, a pack" 1 - - 32
        rm -rf "$m"
    done
}

bench_end() {
    local status=$?
    trap - EXIT
    [ -z "${relay_pid:-}" ] || kill "$relay_pid" 2>/dev/null || true
    postgres_stop
    rm -rf "$bench"
    exit "$status"
}

# bench_lexer FOLDER...: cuts the .sql files below the folders as merganser does and as libpg_query's parser does; then how
# fast large scripts are cut, which are made here.
bench_lexer() {
    cc -O2 -std=c17 -D_GNU_SOURCE -I. -include core/base/banned.h -o "$bench/lexer" tests/bench/lexer.c \
        tests/support/pieces.c build/libdialects.a build/libbase.a -lpq -lsqlite3 -lpg_query
    [ $# -eq 0 ] || "$bench/lexer" "$@"
    awk 'BEGIN { for (i = 0; i < 1000000; i++) {
        if (i % 1000 == 0) printf "%sINSERT INTO users VALUES\n", i ? ";\n" : ""
        printf "%s(%d, \047user%d@example.org\047, \047it\047\047s a longer text with some words, number %d\047, %d.5, \0472024-03-20 12:30:00+00\047, NULL, true)", i % 1000 ? ",\n" : "", i, i, i, i
        } print ";" }' >"$bench/rows.sql"
    awk 'BEGIN { for (i = 0; i < 1000000; i++)
        printf "INSERT INTO users (id, email, words, n, at, x, y) VALUES (%d, \047user%d@example.org\047, \047it\047\047s a longer text\047, %d.5, \0472024-03-20 12:30:00+00\047, NULL, true);\n", i, i, i }' >"$bench/single.sql"
    awk 'BEGIN { print "COPY users FROM stdin;"; for (i = 0; i < 2000000; i++)
        printf "%d\tuser%d@example.org\tit\047s a longer text with some words\t%d.5\t2024-03-20 12:30:00+00\t\\N\tt\n", i, i, i
        print "\\." }' >"$bench/copy.sql"
    for made in rows single copy; do
        printf '%s: ' "$made"
        "$bench/lexer" -t "$bench/$made.sql"
    done
}

dev_bench() {
    bench_pattern=${1:-} bench_failed=
    packages_need "${packages_for_building[@]}" "${packages_for_testing[@]}"
    build_release
    bench=$(mktemp -d /tmp/mg.XXXX)
    trap bench_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    isolate "$bench"
    if [ "$bench_pattern" = lexer ]; then
        shift
        bench_lexer "$@"
        return
    fi
    bench_build
    tests/bench/generate.sh "$bench/m1000" 1000
    tests/bench/generate.sh "$bench/m1500" 1500
    postgres_start "$bench" "fsync = off"
    bench_server=postgresql://postgres@127.0.0.1:$postgres_port

    printf '\npsql is %s; its ledger is a plain insert in each transaction. Milliseconds; a ratio is the median of\n' \
        "$("$postgres_bin/psql" --version)"
    printf 'the pairs, with the highest one wanted behind it; memory is the peak beyond that of `version`, in MiB.\n\n'
    printf '| what | wall | theirs | ratio | cpu | theirs | ratio | memory |\n|---|---|---|---|---|---|---|---|\n'

    prepare_ours='' prepare_theirs=''
    ours=("$root/build/merganser" version) theirs=("$postgres_bin/psql" --version)
    bench_base=$("$bench/measure" 5 "$bench/log" '' '' "${ours[@]}" -- "${theirs[@]}" | cut -d ' ' -f 7)
    row "version, beside psql --version" 41 1.25 -
    ours=("$bench/read" "$bench/m1500/repository" main db/migrate)
    theirs=(sh -c "cd '$bench/m1500/repository' && git ls-tree -r --format='%(objectname)' main db/migrate | git cat-file --batch")
    row "list and read 1500 migrations, beside git" 21 - 0.75
    footnotes=
    bench_gone
    bench_history
    bench_schema
    bench_postgres_rows
    bench_large
    bench_hook
    [ -z "$footnotes" ] || printf '\nWho introduced the files, in the order of the rows:\n%s' "$footnotes"
    bench_trips
    [ -z "$bench_failed" ]
}
