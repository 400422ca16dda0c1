-- merganser: ignore renaming-table no program uses it
ALTER TABLE users RENAME TO people;
