CREATE TABLE a (code char(2), letter character, more bpchar(3));
ALTER TABLE users ADD COLUMN zip char(5);
ALTER TABLE users ALTER COLUMN code TYPE char(3);
