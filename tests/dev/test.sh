# ./dev test: checks, builds, a server, one Criterion program, and no report of a sanitizer.

# Nothing of the caller's git, database or merganser settings reaches a test.
isolate() {
    local folder=$1 name golden=${MERGANSER_UPDATE_GOLDEN:-} soak=${MERGANSER_SOAK:-}
    for name in $(compgen -e); do
        case $name in
        GIT_* | PG* | MERGANSER_* | DATABASE_URL | NO_COLOR | RAILS_ENV | RUBYOPT | NODE_OPTIONS) unset "$name" ;;
        esac
    done
    mkdir -p "$folder/home"
    export HOME=$folder/home XDG_CONFIG_HOME=$folder/home/.config GIT_CONFIG_NOSYSTEM=1
    export GIT_CONFIG_GLOBAL=$HOME/.gitconfig LC_ALL=C.UTF-8 TZ=UTC
    printf '[user]\n\tname = Test\n\temail = test@example.org\n[init]\n\tdefaultBranch = main\n' >"$GIT_CONFIG_GLOBAL"
    [ -z "$golden" ] || export MERGANSER_UPDATE_GOLDEN=$golden
    [ -z "$soak" ] || export MERGANSER_SOAK=$soak
}

# Kills what was started here and nothing else, whatever way the run ends.
test_end() {
    local status=$?
    trap - EXIT
    if [ -n "${test_program:-}" ] && kill -0 "$test_program" 2>/dev/null; then
        kill -TERM "$test_program" 2>/dev/null || true
        wait "$test_program" 2>/dev/null || true
    fi
    postgres_stop
    [ -z "${test_folder:-}" ] || rm -rf "$test_folder"
    exit "$status"
}

sanitizer_reports() { find "$test_folder/san" -type f -size +0 2>/dev/null; }

dev_test() {
    local pattern=${1:-} node status=0 report
    packages_need "${packages_for_building[@]}" "${packages_for_checking[@]}" "${packages_for_testing[@]}"
    packages_need_node
    node=$(node_folder)
    check_format
    check_length
    check_shell
    check_layering
    build_clang
    check_symbols
    build_sanitized

    # Short, for the sake of the socket's path.
    test_folder=$(mktemp -d /tmp/mg.XXXX)
    chmod 755 "$test_folder"
    trap test_end EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    isolate "$test_folder"
    say "starting PostgreSQL"
    postgres_start "$test_folder" "fsync = off" "full_page_writes = off" "max_connections = 60" \
        "max_prepared_transactions = 10" "wal_keep_size = 1GB"

    mkdir "$test_folder/san" "$test_folder/t"
    export PATH=$postgres_bin:$PATH
    export MERGANSER_BINARY=$root/build-test/merganser MERGANSER_TEST_DIR=$test_folder/t MERGANSER_TEST_NODE=$node
    export MERGANSER_TEST_POSTGRES="host=$postgres_socket port=$postgres_port user=postgres"
    # A copy, which a test that gives its rights away can read too.
    cp tests/lsan.supp "$test_folder/leaks.txt"
    # The libraries have no frame pointers, and the suppressions name functions of theirs; the slow unwinding that
    # this takes is bearable for ten frames.
    export ASAN_OPTIONS=log_path=$test_folder/san/address:fast_unwind_on_malloc=0:malloc_context_size=10
    export UBSAN_OPTIONS=log_path=$test_folder/san/undefined:print_stacktrace=1
    export LSAN_OPTIONS=print_suppressions=0:suppressions=$test_folder/leaks.txt

    case $pattern in '' | */*) ;; *) pattern="$pattern/*" ;; esac
    say "running the tests"
    mkfifo "$test_folder/output"
    tee "$test_folder/log" <"$test_folder/output" &
    build-test/merganser_tests --jobs 3 --timeout 600 ${pattern:+--filter "$pattern"} \
        >"$test_folder/output" 2>&1 &
    test_program=$!
    wait "$test_program" || status=$?
    test_program=
    wait

    if grep -q 'Synthesis: Tested: .*0.* | Passing: .*0.* | Failing: .*0.* | Crashing: .*0' "$test_folder/log" &&
        ! grep -q 'Synthesis: Tested: .*[1-9]' "$test_folder/log"; then
        die "no test is called '$pattern'"
    fi
    report=$(sanitizer_reports)
    if [ -n "$report" ]; then
        # shellcheck disable=SC2086
        head -n 200 $report >&2
        die "a sanitizer reported: $(wc -w <<<"$report") processes"
    fi
    [ "$status" = 0 ] || die "the tests failed"
}
