ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);
ALTER TABLE app.orders ADD CHECK ("Total" >= 0);
ALTER TABLE orders ADD COLUMN sum numeric CHECK (sum > 0);
ALTER DOMAIN zip ADD CONSTRAINT zip_long CHECK (length(VALUE) = 5);
