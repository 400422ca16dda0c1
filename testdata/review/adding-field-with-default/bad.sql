ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
ALTER TABLE public.users
    ADD COLUMN a text DEFAULT 'x' || random()::text,
    ADD COLUMN b timestamptz DEFAULT clock_timestamp(),
    ADD COLUMN n bigint DEFAULT nextval('users_n_seq');
ALTER TABLE users ADD COLUMN n bigserial;
ALTER TABLE users ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;
ALTER TABLE users ADD COLUMN slug text DEFAULT make_slug();
CREATE TABLE IF NOT EXISTS tags (id bigint);
ALTER TABLE tags ADD COLUMN token uuid DEFAULT extensions.uuid_generate_v4();
