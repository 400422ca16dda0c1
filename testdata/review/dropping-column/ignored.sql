ALTER TABLE users
    DROP COLUMN name; -- merganser: ignore dropping-column unused since 2.4
