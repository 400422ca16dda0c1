ALTER TABLE orders
    -- merganser: ignore check-not-valid 200 rows
    ADD CONSTRAINT orders_total CHECK (total >= 0);
