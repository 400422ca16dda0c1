-- merganser: ignore dropping-not-null 2.4 reads NULL
ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
