ALTER TABLE users RENAME COLUMN name TO full_name;
ALTER TABLE app."Users" RENAME "Name" TO "FullName";
