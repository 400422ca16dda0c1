-- script: 1_a.sql
CREATE TABLE items (a int, b int, c bigserial, d int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (a, b));
CREATE TEMPORARY TABLE rows (a int);
ALTER TABLE orders ADD COLUMN total numeric;
UPDATE orders SET total = 0;
-- script: 2_b.sql
ALTER TABLE public.orders ALTER COLUMN total SET NOT NULL;
-- script: 1_a.down.sql down
ALTER TABLE orders ADD COLUMN old text;
