-- dialect: sqlite
ALTER TABLE users DROP COLUMN name;
