ALTER SCHEMA accounting RENAME TO billing;
