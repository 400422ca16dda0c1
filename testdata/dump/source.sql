CREATE SCHEMA "odd schema";
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN us_zip AS text CHECK (VALUE ~ '^\d{5}$');
CREATE TABLE authors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'happy', zip us_zip, bio text, tags text[], data jsonb, raw bytea, at timestamptz);
CREATE TABLE books (id serial PRIMARY KEY, author_id bigint REFERENCES authors, title varchar(100), price numeric(10,2), CONSTRAINT positive CHECK (price > 0));
CREATE TABLE "odd schema"."Odd; table" ("a b" int, "from" text);
CREATE TABLE events (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ON books (lower(title));
CREATE UNIQUE INDEX books_title ON books (title) WHERE price > 1;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.at := now(); RETURN NEW; -- ; $$
END $f$;
CREATE FUNCTION add(a int, b int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN a + b ELSE b END; END;
CREATE PROCEDURE clean() LANGUAGE sql AS $$ DELETE FROM books WHERE false; $$;
CREATE TRIGGER touch BEFORE INSERT ON authors FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE authors DISABLE TRIGGER touch;
CREATE RULE r AS ON INSERT TO books WHERE NEW.price IS NULL DO ALSO (SELECT 1; SELECT 2);
CREATE VIEW cheap AS SELECT title, E'a\\b\'c' AS esc FROM books WHERE price < 10;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM books;
COMMENT ON TABLE books IS E'it''s a ; comment \\ with
two lines';
CREATE SEQUENCE extra START 7;
ALTER TABLE books ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON books USING (price > 0);
INSERT INTO authors (name, mood, zip, bio, tags, data, raw) SELECT 'n' || i, 'it''s ok', '12345', E'tab\there\\.\n\\.\nnew\r\nline é', ARRAY['a,b', 'c"d', NULL], '{"k": "v\\n"}', '\x00ff5c2e' FROM generate_series(1, 50) i;
INSERT INTO books (author_id, title, price) SELECT 1 + i % 50, 'title ' || i, i FROM generate_series(1, 200) i;
INSERT INTO "odd schema"."Odd; table" VALUES (1, '\.'), (2, NULL), (3, '\N'), (4, '');
INSERT INTO events VALUES ('2024-05-05', 1);
