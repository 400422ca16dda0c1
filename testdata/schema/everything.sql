-- A PostgreSQL schema with something of every kind that a description knows. Needs a superuser, an empty database and the
-- extensions of PostgreSQL's own contrib. A subscription is not in it: a database that has one can't simply be dropped.

-- Roles belong to the whole cluster: another test may be making them now.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['everything_reader', 'everything "writer"'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$$;

CREATE SCHEMA app;
CREATE SCHEMA "Odd. ""Schema""";
CREATE SCHEMA extensions;
CREATE SCHEMA empty;
COMMENT ON SCHEMA app IS 'the application''s own';

---- extensions: their members belong to no description ----

CREATE EXTENSION hstore WITH SCHEMA extensions;
CREATE EXTENSION btree_gist WITH SCHEMA extensions;
CREATE EXTENSION postgres_fdw WITH SCHEMA extensions;
CREATE EXTENSION pg_trgm WITH SCHEMA public;

---- types ----

CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok', 'happy', 'größer', '');
ALTER TYPE app.mood ADD VALUE 'meh' BEFORE 'happy';
COMMENT ON TYPE app.mood IS E'two\nlines';

CREATE COLLATION app.german (provider = icu, locale = 'de-DE', deterministic = true);
CREATE COLLATION app.folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION app.plain (provider = libc, lc_collate = 'C', lc_ctype = 'POSIX');

CREATE DOMAIN app.positive AS integer DEFAULT 1 NOT NULL CONSTRAINT is_positive CHECK (VALUE > 0);
CREATE DOMAIN app.short AS character varying(20) COLLATE "C";
ALTER DOMAIN app.short ADD CONSTRAINT "not blank" CHECK (VALUE <> '') NOT VALID;
COMMENT ON CONSTRAINT is_positive ON DOMAIN app.positive IS 'more than nothing';

CREATE TYPE app.point3 AS (x double precision, y double precision, z numeric(10, 2), name text COLLATE "C");
COMMENT ON COLUMN app.point3.z IS 'up';

CREATE FUNCTION app.float_distance(a double precision, b double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a - b';
CREATE TYPE app.float_span AS RANGE (
    subtype = double precision,
    subtype_diff = app.float_distance,
    multirange_type_name = app.float_spans
);

CREATE TYPE app.word;
CREATE FUNCTION app.word_in(cstring) RETURNS app.word LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION app.word_out(app.word) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE app.word (
    INPUT = app.word_in,
    OUTPUT = app.word_out,
    LIKE = text,
    CATEGORY = 'U',
    PREFERRED = false,
    DELIMITER = ';',
    DEFAULT = 'none',
    COLLATABLE = true
);
CREATE TYPE app.unfinished;

---- functions, operators, casts ----

CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'app', 'pg_temp' AS $body$
BEGIN
    NEW.updated_at := now(); -- a comment, and a quote: '
    RETURN NEW;
END
$body$;
CREATE FUNCTION app.many(a integer, INOUT b text DEFAULT 'x', VARIADIC rest integer[] DEFAULT ARRAY[]::integer[])
    LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 7 AS $$ BEGIN b := b || a; END $$;
CREATE FUNCTION app.many(a text) RETURNS TABLE (id bigint, "Name" text) LANGUAGE sql ROWS 5 LEAKPROOF AS
    $$ SELECT 1::bigint, a $$;
CREATE FUNCTION app.atomic(a integer) RETURNS integer LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
        SELECT a + 1;
        SELECT a + 2;
    END;
CREATE FUNCTION app.words_equal(a app.word, b app.word) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'texteq';
CREATE FUNCTION app.words_compare(a app.word, b app.word) RETURNS integer LANGUAGE internal IMMUTABLE STRICT
    AS 'bttextcmp';
CREATE PROCEDURE app.reset(INOUT n integer) LANGUAGE plpgsql AS $$ BEGIN n := 0; END $$;
COMMENT ON FUNCTION app.many(text) IS 'one of two';
COMMENT ON PROCEDURE app.reset(integer) IS 'to zero';

CREATE OPERATOR app.=== (
    FUNCTION = app.words_equal,
    LEFTARG = app.word,
    RIGHTARG = app.word,
    COMMUTATOR = OPERATOR(app.===),
    RESTRICT = eqsel,
    JOIN = eqjoinsel,
    HASHES,
    MERGES
);
COMMENT ON OPERATOR app.=== (app.word, app.word) IS 'the same word';
CREATE FUNCTION app.negated(a app.word) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR app.!!! (FUNCTION = app.negated, RIGHTARG = app.word);

CREATE OPERATOR FAMILY app.words USING btree;
CREATE OPERATOR CLASS app.word_ops DEFAULT FOR TYPE app.word USING btree FAMILY app.words AS
    OPERATOR 3 app.=== (app.word, app.word),
    FUNCTION 1 app.words_compare(app.word, app.word);
CREATE OPERATOR CLASS app.other_words FOR TYPE app.word USING hash AS OPERATOR 1 app.=== (app.word, app.word);
COMMENT ON OPERATOR FAMILY app.words USING btree IS 'of words';
COMMENT ON OPERATOR CLASS app.word_ops USING btree IS 'the usual one';

CREATE CAST (app.word AS text) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (app.mood AS integer) WITH INOUT;
CREATE FUNCTION app.to_positive(text) RETURNS app.word LANGUAGE sql IMMUTABLE AS 'SELECT NULL::app.word';
CREATE CAST (text AS app.word) WITH FUNCTION app.to_positive(text) AS IMPLICIT;
COMMENT ON CAST (app.mood AS integer) IS 'by its text';

CREATE AGGREGATE app.total(integer) (
    SFUNC = int4pl, STYPE = integer, COMBINEFUNC = int4pl, INITCOND = '0', PARALLEL = SAFE,
    MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = '0'
);
CREATE AGGREGATE app.nth(double precision ORDER BY anyelement) (
    SFUNC = ordered_set_transition, STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA
);
COMMENT ON AGGREGATE app.total(integer) IS 'a sum';

CREATE DEFAULT CONVERSION app.latin FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
COMMENT ON CONVERSION app.latin IS 'from the west';

CREATE FUNCTION app.call_handler() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE LANGUAGE everything_sql HANDLER app.call_handler;
COMMENT ON LANGUAGE everything_sql IS 'plpgsql by another name';
CREATE FUNCTION app.transform_in(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
CREATE TRANSFORM FOR app.word LANGUAGE everything_sql (FROM SQL WITH FUNCTION app.transform_in(internal));
COMMENT ON TRANSFORM FOR app.word LANGUAGE everything_sql IS 'hardly';
CREATE ACCESS METHOD everything_heap TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD everything_heap IS 'heap by another name';

---- text search ----

CREATE TEXT SEARCH PARSER app.parser (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype
);
CREATE TEXT SEARCH TEMPLATE app.template (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY app.dictionary (TEMPLATE = pg_catalog.simple, stopwords = english, accept = 'false');
CREATE TEXT SEARCH DICTIONARY app.own_dictionary (TEMPLATE = app.template);
CREATE TEXT SEARCH CONFIGURATION app.searching (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION app.searching ADD MAPPING FOR asciiword, word WITH app.dictionary, english_stem;
ALTER TEXT SEARCH CONFIGURATION app.searching ADD MAPPING FOR numword WITH simple;
CREATE TEXT SEARCH CONFIGURATION app.own (PARSER = app.parser);
COMMENT ON TEXT SEARCH CONFIGURATION app.searching IS 'how we look';
COMMENT ON TEXT SEARCH DICTIONARY app.dictionary IS 'words';
COMMENT ON TEXT SEARCH PARSER app.parser IS 'cuts';
COMMENT ON TEXT SEARCH TEMPLATE app.template IS 'shape';

---- tables ----

CREATE SEQUENCE app.numbers AS smallint INCREMENT BY -2 MINVALUE -100 MAXVALUE 100 START WITH 50 CACHE 3 CYCLE;
CREATE SEQUENCE app.plain;
CREATE UNLOGGED SEQUENCE app.unlogged_numbers;
COMMENT ON SEQUENCE app.numbers IS 'backwards';

CREATE TABLE app.users (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 5 CACHE 2),
    dropped integer,
    serial_number serial,
    email character varying(255) NOT NULL,
    status character varying DEFAULT 'new' NOT NULL,
    mood app.mood DEFAULT 'happy',
    name text COLLATE "C",
    folded text COLLATE app.folded,
    city text DEFAULT E'St. John''s \\ new\nline',
    home app.point3,
    marks integer[] DEFAULT '{1,2}',
    small app.positive,
    at timestamp with time zone DEFAULT '2024-03-20 12:30:00.5+02',
    span interval day to second(3) DEFAULT '1 day 02:03:04',
    ratio double precision DEFAULT 0.1,
    raw bytea DEFAULT '\x00ff',
    price money DEFAULT 12.5,
    flags bit varying(5) DEFAULT B'101',
    doc jsonb DEFAULT '{"a": [1, null]}',
    xml xml,
    upper_email text GENERATED ALWAYS AS (upper((email)::text)) STORED,
    "Odd ""column"".x" numeric(8, 3),
    updated_at timestamp(3) without time zone,
    CONSTRAINT users_pkey PRIMARY KEY (id) INCLUDE (email) WITH (fillfactor = 80),
    CONSTRAINT users_email_key UNIQUE (email) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT users_status CHECK (status IN ('new', 'old', 'it''s, (so) [so]') AND ratio > 0),
    CONSTRAINT users_local CHECK (name <> '') NO INHERIT,
    CONSTRAINT users_nulls UNIQUE NULLS NOT DISTINCT (name, city)
) WITH (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = off);
ALTER TABLE app.users DROP COLUMN dropped;
ALTER TABLE app.users ADD COLUMN late text DEFAULT current_user;
ALTER TABLE app.users ALTER COLUMN email SET STATISTICS 500, ALTER COLUMN name SET STORAGE EXTERNAL,
    ALTER COLUMN city SET COMPRESSION pglz, ALTER COLUMN email SET (n_distinct = -0.5, n_distinct_inherited = 100);
ALTER TABLE app.users ADD CONSTRAINT users_not_checked CHECK (length(city) < 100) NOT VALID;
COMMENT ON TABLE app.users IS E'people\\ and
their "things"';
COMMENT ON COLUMN app.users.email IS 'where letters go';
COMMENT ON CONSTRAINT users_email_key ON app.users IS 'one each';
CREATE INDEX users_lower ON app.users (lower(email) varchar_pattern_ops DESC NULLS LAST) WHERE status IN ('new', 'old');
CREATE INDEX users_name ON app.users (name COLLATE "C" text_pattern_ops, city DESC) INCLUDE (status) WITH (fillfactor = 60);
CREATE INDEX users_trigrams ON app.users USING gin (name public.gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX users_trigrams_2 ON app.users USING gist (name public.gist_trgm_ops (siglen = 32));
CREATE INDEX users_expression ON app.users ((ratio * 2), upper(name));
ALTER INDEX app.users_expression ALTER COLUMN 1 SET STATISTICS 300;
CREATE UNIQUE INDEX users_replica ON app.users (serial_number);
COMMENT ON INDEX app.users_lower IS 'for looking up';
ALTER TABLE app.users ALTER COLUMN serial_number SET NOT NULL;
ALTER TABLE app.users REPLICA IDENTITY USING INDEX users_replica;
ALTER TABLE app.users CLUSTER ON users_name;
CREATE STATISTICS app.users_statistics (ndistinct, mcv) ON city, status FROM app.users;
CREATE STATISTICS app.users_expressions ON lower(city), (ratio * 2) FROM app.users;
ALTER STATISTICS app.users_statistics SET STATISTICS 200;
COMMENT ON STATISTICS app.users_statistics IS 'they go together';

CREATE TABLE app.posts (
    id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    user_id bigint CONSTRAINT posts_user REFERENCES app.users ON DELETE CASCADE ON UPDATE SET NULL,
    number integer DEFAULT nextval('app.numbers'),
    during tstzrange,
    room integer,
    title text,
    CONSTRAINT posts_room EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (room > 0)
) USING everything_heap;
ALTER TABLE app.posts ADD CONSTRAINT posts_user_later FOREIGN KEY (user_id) REFERENCES app.users (id) MATCH FULL
    DEFERRABLE NOT VALID;
ALTER TABLE app.posts REPLICA IDENTITY FULL;
CREATE UNLOGGED TABLE app.unlogged (n integer);
CREATE TABLE app.typed OF app.point3 (PRIMARY KEY (x));
CREATE TABLE app.no_columns ();
CREATE TABLE "Odd. ""Schema"""."table with.dot
and line" ("ünï" integer PRIMARY KEY, "select" text);
COMMENT ON COLUMN "Odd. ""Schema"""."table with.dot
and line"."ünï" IS 'tab	and \ backslash';
CREATE TABLE extensions.uses_extension (h extensions.hstore DEFAULT 'a=>1', i integer);
CREATE TABLE public.plain (id integer, word app.word);

---- inheritance and partitions ----

CREATE TABLE app.animals (id integer NOT NULL, name text, CONSTRAINT animals_named CHECK (name <> ''));
CREATE TABLE app.plants (id integer NOT NULL, water integer);
CREATE TABLE app.cats (lives integer DEFAULT 9, name text COLLATE "default" DEFAULT 'Mia') INHERITS (app.animals);
ALTER TABLE app.animals ADD COLUMN born date;
CREATE TABLE app.triffids (legs integer) INHERITS (app.animals, app.plants);
ALTER TABLE app.cats ALTER COLUMN born SET DEFAULT '2020-02-29';

CREATE TABLE app.events (
    id bigint NOT NULL,
    at date NOT NULL,
    kind text DEFAULT 'x',
    user_id bigint REFERENCES app.users (id),
    CONSTRAINT events_pkey PRIMARY KEY (id, at),
    CONSTRAINT events_kind CHECK (kind <> '')
) PARTITION BY RANGE (at);
CREATE TABLE app.events_2024 PARTITION OF app.events (kind DEFAULT 'y') FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE app.events_2025 PARTITION OF app.events FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)
    PARTITION BY RANGE (at);
CREATE TABLE app.events_2025_a PARTITION OF app.events_2025 FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE app.events_2025_rest PARTITION OF app.events_2025 DEFAULT;
CREATE TABLE app.logs (kind text COLLATE "C", line text) PARTITION BY LIST (lower(kind) COLLATE "C");
CREATE TABLE app.logs_a PARTITION OF app.logs FOR VALUES IN ('a', 'it''s', NULL);
CREATE TABLE "Odd. ""Schema"""."logs""b" PARTITION OF app.logs DEFAULT;
CREATE TABLE app.events_old (user_id bigint, kind text DEFAULT 'old', id bigint NOT NULL, at date NOT NULL,
    CONSTRAINT events_kind CHECK (kind <> ''), CONSTRAINT old_key PRIMARY KEY (id, at));
ALTER TABLE app.events ATTACH PARTITION app.events_old FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE INDEX events_at ON app.events (at, kind);
CREATE INDEX events_only ON ONLY app.events (kind);
CREATE TABLE app.hashed (id integer, name text) PARTITION BY HASH (id, name text_pattern_ops);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 90);
CREATE TABLE app.refers (id bigint, at date, FOREIGN KEY (id, at) REFERENCES app.events (id, at));

---- views, rules, triggers, policies ----

CREATE VIEW app.user_names WITH (security_barrier = true) AS
    SELECT u.*, p.title FROM app.users u LEFT JOIN app.posts p ON p.user_id = u.id WHERE u.status IN ('new', 'old');
CREATE VIEW app.checked AS SELECT id, title FROM app.posts WHERE title IS NOT NULL WITH LOCAL CHECK OPTION;
ALTER VIEW app.checked ALTER COLUMN title SET DEFAULT 'untitled';
CREATE VIEW app.counting AS WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c;
CREATE VIEW app.joined AS SELECT * FROM app.animals JOIN app.plants USING (id);
ALTER TABLE app.animals RENAME COLUMN name TO called;
COMMENT ON VIEW app.checked IS 'with a title';
COMMENT ON COLUMN app.checked.title IS 'never null';
CREATE MATERIALIZED VIEW app.counts WITH (fillfactor = 75) AS
    SELECT status, count(*) AS n, '2024-01-01 00:00:00+00'::timestamp with time zone AS since FROM app.users GROUP BY 1
    WITH NO DATA;
CREATE UNIQUE INDEX counts_status ON app.counts (status);
ALTER MATERIALIZED VIEW app.counts ALTER COLUMN status SET STATISTICS 50;
COMMENT ON MATERIALIZED VIEW app.counts IS 'how many';

CREATE RULE no_delete AS ON DELETE TO app.plants DO INSTEAD NOTHING;
CREATE RULE checked_insert AS ON INSERT TO app.user_names DO INSTEAD
    (INSERT INTO app.plants (id) VALUES (new.id); NOTIFY users);
ALTER TABLE app.plants DISABLE RULE no_delete;
COMMENT ON RULE no_delete ON app.plants IS 'they stay';

CREATE TRIGGER touch BEFORE UPDATE OF email, "Odd ""column"".x" ON app.users FOR EACH ROW
    WHEN (old.status IS DISTINCT FROM new.status) EXECUTE FUNCTION app.touch('one', 'it''s');
CREATE TRIGGER statement_level AFTER INSERT ON app.users REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION app.touch();
CREATE TRIGGER disabled AFTER TRUNCATE ON app.users EXECUTE FUNCTION app.touch();
ALTER TABLE app.users DISABLE TRIGGER disabled;
ALTER TABLE app.users ENABLE ALWAYS TRIGGER statement_level;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON app.posts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION app.touch();
CREATE TRIGGER instead INSTEAD OF UPDATE ON app.joined FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER partitioned AFTER INSERT ON app.events FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.events_2024 DISABLE TRIGGER partitioned;
COMMENT ON TRIGGER touch ON app.users IS 'keeps the time';

ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.users FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON app.users AS RESTRICTIVE FOR UPDATE TO everything_reader, "everything ""writer"""
    USING (name = CURRENT_USER) WITH CHECK (status IN ('new'));
CREATE POLICY everybody ON app.users USING (true);
COMMENT ON POLICY own ON app.users IS 'hands off';

CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER everything_ddl ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE')
    EXECUTE FUNCTION app.on_ddl();
CREATE EVENT TRIGGER everything_drop ON sql_drop EXECUTE FUNCTION app.on_ddl();
ALTER EVENT TRIGGER everything_drop ENABLE REPLICA;
COMMENT ON EVENT TRIGGER everything_ddl IS 'watches';

---- foreign data ----

CREATE FOREIGN DATA WRAPPER everything_wrapper HANDLER extensions.postgres_fdw_handler OPTIONS (debug 'true');
CREATE SERVER elsewhere TYPE 'postgres' VERSION '15' FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host 'db.example.org', dbname 'it''s');
CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'bob', password 'swordfish');
CREATE USER MAPPING FOR everything_reader SERVER elsewhere OPTIONS (user 'carol', password 'marlin');
CREATE FOREIGN TABLE app.far (
    id integer OPTIONS (column_name 'ID') NOT NULL,
    name text COLLATE "C" DEFAULT 'far',
    CONSTRAINT far_id CHECK (id > 0)
) SERVER elsewhere OPTIONS (schema_name 'public', table_name 'far');
COMMENT ON FOREIGN TABLE app.far IS 'away';
COMMENT ON SERVER elsewhere IS 'another one';
COMMENT ON FOREIGN DATA WRAPPER everything_wrapper IS 'wraps';

---- publications ----

CREATE PUBLICATION everything_tables FOR TABLE app.users (id, email) WHERE (id > 5 AND email IS NULL), ONLY app.animals
    WITH (publish = 'insert, update', publish_via_partition_root = true);
CREATE PUBLICATION everything_schema FOR TABLES IN SCHEMA app;
CREATE PUBLICATION everything_all FOR ALL TABLES;
COMMENT ON PUBLICATION everything_all IS 'all of it';

---- owners and grants ----

ALTER TABLE app.posts OWNER TO everything_reader;
ALTER FUNCTION app.many(text) OWNER TO everything_reader;
ALTER TYPE app.mood OWNER TO "everything ""writer""";
GRANT USAGE ON SCHEMA app TO everything_reader WITH GRANT OPTION;
GRANT SELECT, INSERT ON app.users TO everything_reader WITH GRANT OPTION;
SET ROLE everything_reader;
GRANT SELECT ON app.users TO "everything ""writer""";
RESET ROLE;
GRANT UPDATE (email), SELECT (email, name) ON app.users TO "everything ""writer""";
GRANT USAGE ON SEQUENCE app.numbers TO PUBLIC;
REVOKE EXECUTE ON FUNCTION app.many(text) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE app.reset(integer) TO everything_reader;
REVOKE USAGE ON TYPE app.mood FROM PUBLIC;
REVOKE DELETE ON app.posts FROM everything_reader;
GRANT USAGE ON FOREIGN SERVER elsewhere TO everything_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER everything_wrapper TO everything_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO everything_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE everything_reader REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
