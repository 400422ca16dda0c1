ALTER TABLE users RENAME TO people;
ALTER TABLE IF EXISTS app.orders RENAME TO "Orders";
ALTER TABLE events SET SCHEMA archive;
