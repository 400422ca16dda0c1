#!/usr/bin/env bash
# tests/bench/large.sh KIND MEGABYTES: a script of about that size on standard output, always the same one. `inserts`: rows
# one by one, many at once, and what data scripts have between them; `copy`: as pg_dump writes it.
set -euo pipefail

kind=$1 megabytes=$2
case $kind in
inserts)
    awk -v limit="$((megabytes * 1000000))" -v quote="'" '
    function out(line) { written += length(line) + 1; print line }
    BEGIN {
        out("-- Data of a shop; it is a large one.")
        out("CREATE TABLE items (id bigint, name text, price numeric(10,2), tags text[], made timestamptz, note text);")
        # Not of items: without an index each would read all rows so far.
        out("CREATE TABLE progress (batch bigint); INSERT INTO progress VALUES (0);")
        while (written < limit) {
            id++
            if (id % 1000 == 0)
                out("UPDATE progress SET batch = " id ";")
            if (id % 5000 == 0)
                out("/* " id " so far; */ DO $body$ BEGIN PERFORM 1; END $body$;")
            if (id % 50 == 0) {
                row = "INSERT INTO items (id, name, price) VALUES"
                for (i = 1; i <= 200; i++)
                    row = row (i > 1 ? "," : "") "\n  (" id ", " quote "item " id "-" i quote ", " i ".50)"
                out(row ";")
            } else {
                out("INSERT INTO items VALUES (" id ", " quote "it" quote quote "s item; " id quote ", " id % 977 ".25, " \
                    "ARRAY[" quote "a" id quote ", " quote "b" quote "], " quote "2024-03-20 12:00:00+00" quote \
                    ", E" quote "line\\nof text -- and more of it " id quote ");")
            }
        }
    }'
    ;;
copy)
    awk -v limit="$((megabytes * 1000000))" '
    function out(line) { written += length(line) + 1; print line }
    BEGIN {
        out("--\n-- PostgreSQL database dump\n--\n")
        out("SET statement_timeout = 0;\nSET client_encoding = \047UTF8\047;\nSET standard_conforming_strings = on;")
        out("SELECT pg_catalog.set_config(\047search_path\047, \047\047, false);\nSET row_security = off;\n")
        for (table = 1; table <= 4; table++) {
            out("CREATE TABLE public.t" table " (\n    id bigint NOT NULL,\n    name text,\n    note text\n);\n")
            out("COPY public.t" table " (id, name, note) FROM stdin;")
            while (written < limit * table / 4) {
                id++
                out(id "\tthe name of " id "\tsome text with a \\ttab, and some more of it to make a row " id)
            }
            out("\\.\n\n")
        }
        out("ALTER TABLE ONLY public.t1 ADD CONSTRAINT t1_pkey PRIMARY KEY (id);")
    }'
    ;;
*)
    echo "there is no kind '$kind'" >&2
    exit 2
    ;;
esac
