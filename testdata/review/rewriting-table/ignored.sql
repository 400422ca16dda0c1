-- merganser: ignore rewriting-table nobody reads it yet
ALTER TABLE events SET LOGGED;
