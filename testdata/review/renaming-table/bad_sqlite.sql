-- dialect: sqlite
ALTER TABLE users RENAME TO people;
