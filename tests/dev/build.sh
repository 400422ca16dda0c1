# Three builds, each in its own folder: build (what is installed), build-test (sanitizers), build-clang (warnings, symbols).

jobs=$(nproc)

# quietly COMMAND...: its output only where it fails.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# build FOLDER TARGETS [CMAKE-OPTION...]
build() {
    local folder=$1 targets=$2
    shift 2
    # A folder may hold the settings of an earlier day.
    quietly cmake -S . -B "$folder" -G Ninja -DMERGANSER_SANITIZE=OFF -DMERGANSER_TESTS= "$@" ||
        die "cmake failed for $folder"
    # shellcheck disable=SC2086
    quietly ninja -C "$folder" -j "$jobs" $targets || die "the build in $folder failed"
}

build_release() {
    packages_need "${packages_for_building[@]}"
    say "building build/merganser"
    build build merganser -DCMAKE_BUILD_TYPE=Release
}

build_sanitized() {
    say "building build-test with address and undefined-behaviour sanitizers"
    CC=gcc build build-test "merganser merganser_tests" -DMERGANSER_SANITIZE=ON -DCMAKE_BUILD_TYPE=Release
}

build_clang() {
    say "building build-clang"
    # Nobody debugs it: what it is for are clang's warnings and the symbols.
    CC=clang build build-clang "merganser merganser_tests" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0
}

dev_install() {
    [ $# -eq 1 ] || die "say where to: ./dev install PREFIX"
    local prefix=$1 made=build/install
    build_release
    mkdir -p "$made"
    build/merganser help --man >"$made/merganser.1"
    build/merganser completion bash >"$made/merganser.bash"
    build/merganser completion zsh >"$made/_merganser"
    build/merganser completion fish >"$made/merganser.fish"
    install -D build/merganser "$prefix/bin/merganser"
    install -D -m 644 "$made/merganser.1" "$prefix/share/man/man1/merganser.1"
    install -D -m 644 "$made/merganser.bash" "$prefix/share/bash-completion/completions/merganser"
    install -D -m 644 "$made/_merganser" "$prefix/share/zsh/site-functions/_merganser"
    install -D -m 644 "$made/merganser.fish" "$prefix/share/fish/vendor_completions.d/merganser.fish"
    say "installed $prefix/bin/merganser, its man page and its completions"
}
