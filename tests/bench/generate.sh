#!/bin/bash
# generate.sh FOLDER N: N small Rails migrations as a git repository, a commit each, and the same SQL for psql.
#
#   FOLDER/repository      db/migrate/VERSION_name.sql and .down.sql
#   FOLDER/up.sql          all of them, each in a transaction with its ledger row
#   FOLDER/down.sql        the newest hundred rolled back likewise
set -euo pipefail

folder=$1 n=$2
mkdir -p "$folder"
git init -q -b main "$folder/repository"
awk -v n="$n" -v folder="$folder" '
    # Of ten: three tables, three columns, two indexes, two fillings with rows.
    function migration(i,    t) {
        if (i % 10 < 3) {
            tables++
            t = "t_" tables
            name = "create_" t
            up = "CREATE TABLE " t " (\n  id bigint PRIMARY KEY,\n  name text NOT NULL,\n  kind integer NOT NULL DEFAULT 0\n);\n"
            down = "DROP TABLE " t ";\n"
        } else if (i % 10 < 6) {
            t = "t_" (1 + (i * 7) % tables)
            name = "add_c_" i "_to_" t
            up = "ALTER TABLE " t " ADD COLUMN c_" i " integer;\n"
            down = "ALTER TABLE " t " DROP COLUMN c_" i ";\n"
        } else if (i % 10 < 8) {
            t = "t_" (1 + (i * 7) % tables)
            name = "index_" t "_" i
            up = "CREATE INDEX i_" i " ON " t " (kind, name);\n"
            down = "DROP INDEX i_" i ";\n"
        } else {
            t = "t_" (1 + (i * 7) % tables)
            name = "fill_" t "_" i
            up = "INSERT INTO " t " (id, name) VALUES\n  (" i "1, \x27one\x27),\n  (" i "2, \x27two\x27);\n" \
                "UPDATE " t " SET kind = kind + 1 WHERE id = " i "1;\n"
            down = "DELETE FROM " t " WHERE id IN (" i "1, " i "2);\n"
        }
    }
    function file(path, content) {
        printf "M 100644 inline %s\ndata %d\n%s\n", path, length(content), content
    }
    BEGIN {
        psql = folder "/up.sql"
        print "CREATE TABLE IF NOT EXISTS schema_migrations (version character varying NOT NULL PRIMARY KEY);" >psql
        for (i = 0; i < n; i++) {
            migration(i)
            version[i] = sprintf("2024%02d%02d%02d%02d00", 1 + i / 10000, 1 + i / 500 % 20, i / 50 % 10, i % 50)
            downs[i] = down
            message = "migration " i
            printf "commit refs/heads/main\ncommitter Bench <bench@example.org> %d +0000\n", 1704067200 + i * 60
            printf "data %d\n%s\n", length(message), message
            file("db/migrate/" version[i] "_" name ".sql", up)
            file("db/migrate/" version[i] "_" name ".down.sql", down)
            printf "BEGIN;\n%sINSERT INTO schema_migrations VALUES (\x27%s\x27);\nCOMMIT;\n", up, version[i] >psql
        }
        for (i = n - 1; i >= 0 && i >= n - 100; i--)
            printf "BEGIN;\n%sDELETE FROM schema_migrations WHERE version = \x27%s\x27;\nCOMMIT;\n", downs[i], version[i] \
                >(folder "/down.sql")
    }' | git -C "$folder/repository" fast-import --quiet
git -C "$folder/repository" checkout -q -f main
