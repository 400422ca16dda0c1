-- merganser: ignore drop-index-concurrently nobody reads it
DROP INDEX countries_code_idx;
