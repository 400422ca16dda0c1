DROP FUNCTION f(int) CASCADE; -- merganser: ignore ban-drop-cascade its triggers go with it
