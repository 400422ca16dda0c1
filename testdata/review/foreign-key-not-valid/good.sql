-- script: 1_a.sql
CREATE TABLE items (id bigint, order_id bigint REFERENCES orders (id), FOREIGN KEY (id) REFERENCES things);
ALTER TABLE items ADD CONSTRAINT items_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE orders ADD COLUMN city_id bigint REFERENCES cities (id);
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- script: 2_b.sql
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;
