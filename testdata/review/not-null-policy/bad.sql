CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL,
    city text,
    "Zip" text DEFAULT ''
);
ALTER TABLE app.orders ADD COLUMN IF NOT EXISTS total numeric;
ALTER TABLE orders ALTER COLUMN n DROP NOT NULL;
