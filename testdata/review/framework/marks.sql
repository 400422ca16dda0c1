-- rules: dropping-table dropping-column
-- script: 1_head.sql
-- What this is about.
-- merganser: ignore dropping-table all of it is unused
DROP TABLE a;
DROP TABLE b;
ALTER TABLE c DROP COLUMN found;
-- script: 2_one.sql
DROP TABLE found; -- merganser: ignore dropping-column the wrong rule
/* -- merganser: ignore dropping-table within another comment: a line all the same */
-- merganser: ignore dropping-table

DROP TABLE found;
-- merganser: ignore dropping-table far above, but nothing is between

DROP TABLE a;
DROP TABLE found; DROP TABLE b; -- merganser: ignore dropping-table the last one of the line
-- merganser: ignore dropping-tabel there is no such rule
DROP TABLE found;
-- merganser: ignore dropping-table nothing follows
