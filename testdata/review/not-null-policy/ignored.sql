CREATE TABLE users (id bigint NOT NULL, died_at timestamptz); -- merganser: ignore not-null-policy most are alive
