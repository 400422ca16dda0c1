-- merganser: ignore renaming-table a view stays behind
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT * FROM people;
