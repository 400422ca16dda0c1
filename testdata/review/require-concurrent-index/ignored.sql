-- merganser: ignore require-concurrent-index countries has 200 rows
CREATE INDEX countries_name_idx ON countries (name);
CREATE INDEX countries_code_idx ON countries (code);
