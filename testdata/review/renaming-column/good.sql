CREATE TABLE orders (id bigint, sum numeric);
ALTER TABLE orders RENAME COLUMN sum TO total;
ALTER TABLE users ADD COLUMN nick text;
ALTER TABLE users RENAME COLUMN nick TO nickname;
ALTER TABLE users RENAME CONSTRAINT a TO b;
ALTER INDEX users_idx RENAME TO users_index;
-- script: 1_a.down.sql down
ALTER TABLE users RENAME COLUMN full_name TO name;
