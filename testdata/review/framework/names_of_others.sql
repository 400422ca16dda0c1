-- rules: adding-required-field changing-column-type
-- script: 1_users.sql applied
CREATE TABLE users (id integer, name text);
-- script: 2_others.sql
CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();
CREATE RULE r AS ON DELETE TO users DO INSTEAD NOTHING;
CREATE POLICY p ON users USING (true);
CREATE FUNCTION users() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE STATISTICS users ON id, name FROM users;
DROP TRIGGER t ON users;
DROP FUNCTION users();
ALTER TABLE users ADD COLUMN found int NOT NULL;
ALTER TABLE users ALTER COLUMN id TYPE bigint;
