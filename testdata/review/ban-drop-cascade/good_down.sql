-- script: 1_a.sql
CREATE TABLE t (id bigint);
-- script: 1_a.down.sql down
DROP TABLE t CASCADE;
