-- merganser: ignore unique-constraint-without-index 200 rows
ALTER TABLE countries ADD UNIQUE (code);
