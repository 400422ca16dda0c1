ALTER TABLE orders DROP CONSTRAINT orders_user_fk;
-- script: 1_a.down.sql down
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
