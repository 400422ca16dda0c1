ALTER TABLE users ADD COLUMN email text NOT NULL;
ALTER TABLE users
    ADD COLUMN city text,
    ADD COLUMN "País" text CHECK ("País" <> '') NOT NULL;
ALTER TABLE ONLY public.users ADD COLUMN k bigint PRIMARY KEY;
