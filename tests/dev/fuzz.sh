# ./dev fuzz: libFuzzer on what reads scripts, under the sanitizers. MERGANSER_FUZZ_SECONDS says for how long, ten minutes
# unless told. What it finds goes to testdata/fuzz/script, which the normal tests replay: minimise it before it is kept.

dev_fuzz() {
    local seconds=${MERGANSER_FUZZ_SECONDS:-600} corpus=testdata/fuzz/script
    packages_need "${packages_for_building[@]}" "${packages_for_checking[@]}"
    say "building build-fuzz"
    CC=clang build build-fuzz "base dialects" -DMERGANSER_SANITIZE=ON -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_FLAGS=-fsanitize=fuzzer-no-link
    clang -std=c17 -g -O1 -D_GNU_SOURCE -I. -include core/base/banned.h -fno-sanitize-recover=all \
        -fsanitize=fuzzer,address,undefined -o build-fuzz/script tests/fuzz/script.c tests/support/pieces.c \
        build-fuzz/libdialects.a build-fuzz/libbase.a -lpg_query -lpq -lsqlite3 || die "the fuzzer's build failed"
    mkdir -p build-fuzz/corpus
    say "fuzzing for $seconds seconds"
    if ! LSAN_OPTIONS=suppressions=tests/lsan.supp:print_suppressions=0 build-fuzz/script -timeout=20 -max_len=4096 \
        -max_total_time="$seconds" -print_final_stats=1 -dict=testdata/fuzz/script.dict -artifact_prefix=$corpus/ \
        build-fuzz/corpus $corpus >build-fuzz/log 2>&1; then
        grep -vE '^#[0-9]+' build-fuzz/log | head -n 60 >&2
        die "it found something: the newest file of $corpus"
    fi
    grep -E '^(Done|stat::)' build-fuzz/log >&2
}
