-- script: 1_a.sql
ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;
CREATE TABLE items (n int);
ALTER TABLE items ADD CONSTRAINT items_n CHECK (n > 0) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT items_n;
-- script: 2_b.sql
ALTER TABLE orders VALIDATE CONSTRAINT orders_total;
ALTER TABLE orders VALIDATE CONSTRAINT orders_of_before;
-- script: 3_c.sql
-- merganser: no-transaction
ALTER TABLE orders ADD CONSTRAINT orders_n CHECK (n >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_n;
