ALTER TABLE bookings ADD EXCLUDE USING gist (during WITH &&); -- merganser: ignore adding-exclusion-constraint it is empty
