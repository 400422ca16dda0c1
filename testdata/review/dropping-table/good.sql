-- script: 1_a.sql
CREATE TABLE moved (id bigint);
CREATE TEMP TABLE rows AS SELECT 1;
DROP TABLE rows;
-- script: 2_b.sql
DROP TABLE moved;
DROP VIEW v;
DROP INDEX i;
-- script: 2_b.down.sql down
DROP TABLE users;
