CREATE INDEX users_email_idx ON users (email);

CREATE UNIQUE INDEX IF NOT EXISTS "Key" ON audit."Users"
    USING btree (lower(email)) WHERE email IS NOT NULL;
