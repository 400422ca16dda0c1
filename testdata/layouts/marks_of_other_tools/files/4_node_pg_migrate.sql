-- Up Migration
CREATE TABLE a (id integer);
-- Down Migration
DROP TABLE a;
