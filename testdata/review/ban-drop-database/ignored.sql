-- merganser: no-transaction
DROP DATABASE scratch; -- merganser: ignore ban-drop-database a test's own
