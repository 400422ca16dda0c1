ALTER SCHEMA accounting RENAME TO billing; -- merganser: ignore renaming-schema nobody uses it
