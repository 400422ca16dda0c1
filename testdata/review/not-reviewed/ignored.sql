-- merganser: ignore not-reviewed read by two of us
DO $$ BEGIN IF true THEN CREATE INDEX i ON t (a); END IF; END $$;
