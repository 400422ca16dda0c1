#!/bin/bash
# tests/symbols.sh FOLDER: in an unsanitized build, the only writable object is the stop flag.
# Constant tables that hold pointers land in .data.rel.ro, which the loader makes read-only.
set -euo pipefail

folder=$1
mapfile -t objects < <(find "$folder" -name '*.o' -not -path '*/merganser_tests.dir/*' -not -name 'empty.c.o' | sort)
[ ${#objects[@]} -gt 0 ] || { echo "symbols: no objects below $folder" >&2; exit 1; }

objdump -t "${objects[@]}" | awk '
    / file format / { file = $1; sub(/:$/, "", file); next }
    # VALUE FLAGS SECTION<tab>SIZE NAME; the flags are seven columns, the last one O for an object. A thread-local
    # one has no O; the section itself is listed with a d.
    match($0, /^[0-9a-f]+ ....... /) {
        flags = substr($0, RLENGTH - 7, 7)
        section = substr($0, RLENGTH + 1)
        sub(/[ \t].*/, "", section)
        name = $NF
        object = flags ~ /O$/ && (section ~ /^\.(data|bss)(\.|$)/ || section == "*COM*")
        thread = flags !~ /d/ && section ~ /^\.(tdata|tbss)(\.|$)/
        if (!(object || thread) || section ~ /^\.data\.rel\.ro/)
            next
        if (file ~ /core\/base\/interrupt\.c\.o$/ && name == "stop") {
            flag = 1
            next
        }
        printf "%s: %s in %s\n", file, name, section
        bad = 1
    }
    END {
        if (!flag) {
            print "symbols: the stop flag was not found, so this check sees nothing"
            bad = 1
        }
        exit bad
    }' >&2
