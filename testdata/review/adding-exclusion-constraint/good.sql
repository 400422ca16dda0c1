CREATE TABLE bookings (room int, during tstzrange, EXCLUDE USING gist (room WITH =, during WITH &&));
ALTER TABLE bookings ADD CONSTRAINT no_other EXCLUDE USING gist (during WITH &&);
ALTER TABLE other ADD CONSTRAINT k CHECK (a > 0) NOT VALID;
