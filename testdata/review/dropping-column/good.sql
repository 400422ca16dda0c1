ALTER TABLE users ADD COLUMN old_name text;
ALTER TABLE users DROP COLUMN old_name;
CREATE TABLE orders (id bigint, sum numeric);
ALTER TABLE orders DROP COLUMN sum;
ALTER TABLE users DROP CONSTRAINT users_check;
-- script: 1_a.down.sql down
ALTER TABLE users DROP COLUMN name;
