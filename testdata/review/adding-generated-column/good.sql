CREATE TABLE users (email text, email_lower text GENERATED ALWAYS AS (lower(email)) STORED);
ALTER TABLE users ADD COLUMN n int GENERATED ALWAYS AS (length(email)) STORED;
ALTER TABLE orders ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;
