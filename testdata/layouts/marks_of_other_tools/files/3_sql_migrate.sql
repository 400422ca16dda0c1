-- +migrate Up
CREATE TABLE a (id integer);
-- +migrate Down
DROP TABLE a;
