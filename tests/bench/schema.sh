#!/bin/bash
# schema.sh N: SQL of a PostgreSQL schema with N tables of ten columns or so, three indexes and a trigger each, foreign keys,
# checks, and a view for every fourth.
set -euo pipefail

awk -v n="$1" 'BEGIN {
    print "CREATE SCHEMA shop; SET search_path = shop;"
    print "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;"
    print "CREATE TYPE mood AS ENUM (\047sad\047, \047happy\047);"
    for (i = 1; i <= n; i++) {
        printf "CREATE TABLE t_%d (id bigserial PRIMARY KEY, name character varying(255) NOT NULL,", i
        printf " kind character varying DEFAULT \047new\047 NOT NULL CHECK (kind IN (\047new\047, \047old\047)),"
        printf " note text, amount numeric(12, 2) DEFAULT 0 CHECK (amount >= 0), mood mood,"
        printf " doc jsonb DEFAULT \047{}\047, created_at timestamp(6) without time zone NOT NULL,"
        printf " updated_at timestamp with time zone DEFAULT now(), parent_id bigint%s);\n", i % 14 == 0 ? ", more boolean" : ""
        printf "CREATE INDEX i_%d_name ON t_%d (name, created_at DESC);\n", i, i
        printf "CREATE UNIQUE INDEX i_%d_lower ON t_%d (lower(name), kind);\n", i, i
        printf "CREATE INDEX i_%d_parent ON t_%d (parent_id)%s;\n", i, i, i % 3 ? "" : " WHERE amount > 0"
        printf "CREATE TRIGGER touch BEFORE UPDATE ON t_%d FOR EACH ROW EXECUTE FUNCTION touch();\n", i
        printf "ALTER TABLE t_%d ADD CONSTRAINT f_%d FOREIGN KEY (parent_id) REFERENCES t_%d (id) ON DELETE CASCADE;\n", \
            i, i, i > 1 ? i - 1 : 1
        if (i % 4 == 0)
            printf "CREATE VIEW v_%d AS SELECT a.id, a.name, b.amount FROM t_%d a JOIN t_%d b ON b.parent_id = a.id WHERE a.kind = \047new\047;\n", \
                i, i, i - 1
    }
}'
