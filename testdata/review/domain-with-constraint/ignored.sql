CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%'); -- merganser: ignore domain-with-constraint it will never change
