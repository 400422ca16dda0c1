-- merganser: ignore adding-field-with-default countries has 200 rows
ALTER TABLE countries ADD COLUMN token uuid DEFAULT gen_random_uuid();
