ALTER TABLE countries ADD COLUMN zone text;
-- merganser: ignore backfill-in-same-transaction countries has 200 rows
UPDATE countries SET zone = 'utc' WHERE zone IS NULL;
