# What holds for every source, without running it.

sources() { find cmd core vcs dialects tests -name '*.[ch]' -print0 | sort -z; }

dev_format() {
    packages_need clang-format
    sources | xargs -0 clang-format -i
}

check_format() {
    say "checking the format"
    sources | xargs -0 clang-format --dry-run -Werror || die "the format is off: ./dev format"
}

check_length() {
    local long
    long=$(find cmd core vcs dialects tests -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 400 { print $2 ": " $1 }')
    [ -z "$long" ] || die "over 400 lines, split by topic:"$'\n'"$long"
}

check_shell() {
    say "checking the action's scripts"
    shellcheck -x -P .github/actions/merganser .github/actions/merganser/*.sh || die "shellcheck has found something"
}

check_layering() {
    say "checking the layers"
    cmake -DROOT="$root" -P tests/layering.cmake || die "the layers are broken"
}

check_symbols() {
    say "checking that nothing is writable but the stop flag"
    tests/symbols.sh build-clang || die "there is state outside the stop flag"
}
