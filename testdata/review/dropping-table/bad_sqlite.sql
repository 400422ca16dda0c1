-- dialect: sqlite
DROP TABLE users;
