CREATE TABLE a (settings json NOT NULL, more json[]);
ALTER TABLE users ADD COLUMN settings pg_catalog.json;
ALTER TABLE users ALTER COLUMN other TYPE json USING other::json;
