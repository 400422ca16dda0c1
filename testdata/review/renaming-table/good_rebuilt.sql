-- script: 1_view.sql
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT * FROM people;
-- script: 2_anew.sql
ALTER TABLE orders RENAME TO orders_old;
CREATE TABLE orders (id bigint PRIMARY KEY);
INSERT INTO orders SELECT id FROM orders_old;
