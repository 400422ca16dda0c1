-- merganser: ignore adding-not-null countries has 200 rows
ALTER TABLE countries ALTER COLUMN name SET NOT NULL;
