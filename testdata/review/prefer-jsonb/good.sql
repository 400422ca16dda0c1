CREATE TABLE a (settings jsonb NOT NULL, json text);
ALTER TABLE users ALTER COLUMN other TYPE jsonb USING other::jsonb;
CREATE FUNCTION f(a json) RETURNS json LANGUAGE sql AS 'SELECT a';
CREATE TEMP TABLE t (a json);
