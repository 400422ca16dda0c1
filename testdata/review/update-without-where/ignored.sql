-- merganser: ignore update-without-where countries has 200 rows
UPDATE countries SET zone = 'utc';
