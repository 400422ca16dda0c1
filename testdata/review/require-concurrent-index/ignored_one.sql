SELECT 1;
-- It is small.
-- merganser: ignore require-concurrent-index 200 rows
CREATE INDEX countries_name_idx ON countries (name);
CREATE INDEX countries_code_idx ON countries (code); -- merganser: ignore require-concurrent-index 200 rows
CREATE INDEX countries_zone_idx
    -- merganser: ignore require-concurrent-index 200 rows
    ON countries (zone);
