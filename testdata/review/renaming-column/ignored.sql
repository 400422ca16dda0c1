-- merganser: ignore renaming-column no release has used it
ALTER TABLE users RENAME COLUMN name TO full_name;
