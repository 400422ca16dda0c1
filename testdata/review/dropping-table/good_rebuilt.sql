-- dialect: sqlite
-- script: 1_swap.sql
CREATE TABLE users_new (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
-- script: 2_aside.sql
ALTER TABLE orders RENAME TO orders_old;
CREATE TABLE orders (id integer PRIMARY KEY);
INSERT INTO orders SELECT id FROM orders_old;
DROP TABLE orders_old;
