CREATE TABLE items (n int CHECK (n > 0), CHECK (n < 9));
ALTER TABLE items ADD CHECK (n <> 5);
ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0) NOT VALID;
CREATE DOMAIN zip AS text;
ALTER DOMAIN zip ADD CONSTRAINT zip_long CHECK (length(VALUE) = 5);
ALTER DOMAIN code ADD CONSTRAINT code_long CHECK (length(VALUE) = 5) NOT VALID;
