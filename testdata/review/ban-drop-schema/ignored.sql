DROP SCHEMA old CASCADE; -- merganser: ignore ban-drop-schema unused since 2019
