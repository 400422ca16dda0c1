ALTER TABLE users ADD COLUMN email text NOT NULL; -- merganser: ignore adding-required-field it is empty
