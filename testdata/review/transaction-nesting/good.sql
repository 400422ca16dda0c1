-- script: 1_lifted.sql
BEGIN;
CREATE TABLE a (id bigint);
SAVEPOINT s;
INSERT INTO a VALUES (1);
ROLLBACK TO s;
COMMIT;
-- script: 2_rails.sql
BEGIN;
CREATE TABLE b (id bigint);
INSERT INTO schema_migrations (version) VALUES ('2');
-- script: 3_outside.sql
-- merganser: no-transaction
CREATE INDEX CONCURRENTLY ON users (id);
BEGIN;
CREATE TABLE c (id bigint);
COMMIT;
-- script: 4_function.sql
CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
-- script: 5_set_before.sql
SET statement_timeout = 0;
BEGIN;
CREATE TABLE e (id bigint);
COMMIT;
