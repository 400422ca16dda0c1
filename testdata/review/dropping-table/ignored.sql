-- merganser: ignore dropping-table empty since March
DROP TABLE users;
