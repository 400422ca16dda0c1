CREATE TABLE orders_new (id bigint);
ALTER TABLE orders_new RENAME TO orders;
ALTER TABLE orders SET SCHEMA app;
ALTER TABLE app.orders RENAME TO sales;
ALTER INDEX users_idx RENAME TO people_idx;
ALTER SEQUENCE users_id_seq RENAME TO people_id_seq;
-- script: 1_a.down.sql down
ALTER TABLE people RENAME TO users;
