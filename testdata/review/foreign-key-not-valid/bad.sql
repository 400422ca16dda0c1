ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE ONLY "Shop".orders
    ADD FOREIGN KEY (user_id, city) REFERENCES app.users ON DELETE CASCADE;
ALTER TABLE orders ADD COLUMN city_id bigint DEFAULT 1 REFERENCES cities (id);
