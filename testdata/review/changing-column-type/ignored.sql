-- merganser: ignore changing-column-type a few hundred rows
ALTER TABLE countries ALTER code TYPE text USING code::text;
