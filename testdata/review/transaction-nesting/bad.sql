-- script: 1_middle.sql
CREATE TABLE a (id bigint);
COMMIT;
CREATE INDEX CONCURRENTLY ON users (id);
BEGIN;
CREATE TABLE b (id bigint);
-- script: 2_halves.sql
CREATE TABLE c (id bigint);
COMMIT;
BEGIN;
CREATE TABLE d (id bigint);
