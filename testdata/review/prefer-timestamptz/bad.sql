CREATE TABLE a (created_at timestamp NOT NULL DEFAULT now(), at timestamp(6) without time zone);
ALTER TABLE users ADD COLUMN seen_at timestamp;
ALTER TABLE users ALTER COLUMN born TYPE timestamp;
