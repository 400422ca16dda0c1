-- What a dump and its loading could change in the way that a definition is printed. Behind everything.sql, or by itself where
-- the role everything_reader is there.

CREATE SCHEMA a;
CREATE SCHEMA b;
CREATE TYPE a.e AS ENUM ('x','y','z');
CREATE DOMAIN a.d AS a.e[] CHECK (VALUE IN (ARRAY['x'::a.e], ARRAY['y'::a.e]));
CREATE TABLE a.t (id bigint PRIMARY KEY, v varchar(10), w varchar[] DEFAULT ARRAY['a','b']::varchar[], c char(3), n numeric, e a.e, ts timestamptz, dt date,
    CONSTRAINT c1 CHECK (v IN ('a','b') OR v NOT IN ('c','d') OR c IN ('x','y')),
    CONSTRAINT c2 CHECK (e IN ('x','y')), CONSTRAINT c3 CHECK (v = ANY (ARRAY['p','q']::varchar(5)[])), CONSTRAINT c4 CHECK (n BETWEEN SYMMETRIC -1 AND 1e20),
    CONSTRAINT c5 CHECK (v LIKE ANY (ARRAY['a%','b%'])), CONSTRAINT c6 CHECK ((ARRAY[ARRAY[v],ARRAY['y'::varchar]])::text[] <> '{}'),
    CONSTRAINT c7 CHECK (dt > '2020-01-01' AND ts < '2030-01-01 00:00'::timestamp AT TIME ZONE 'UTC'), CONSTRAINT c8 CHECK (v ~ '^\d+\\$' AND v <> E'\t''"'),
    CONSTRAINT c9 CHECK (CASE WHEN n > 1 THEN v IS NOT NULL ELSE (v, c) IS DISTINCT FROM ('a','b') END), CONSTRAINT c10 CHECK (ts - interval '1 month 2 days' < now()),
    CONSTRAINT c11 CHECK (v COLLATE "C" < 'x'), CONSTRAINT c12 CHECK (v::varchar(3)::text IN ('a'::varchar(3), 'b'::varchar(2))));
CREATE INDEX i1 ON a.t (v) WHERE v IN ('a','b') AND e NOT IN ('x');
CREATE INDEX i2 ON a.t ((v || c) COLLATE "C", (n*2) DESC, lower(v::text) text_pattern_ops);
CREATE INDEX i3 ON a.t USING hash (v);
CREATE INDEX i4 ON a.t USING brin (dt date_minmax_multi_ops(values_per_range=16), id) WITH (pages_per_range=4, autosummarize=on);
CREATE INDEX i5 ON a.t USING gin (w);
CREATE INDEX i6 ON a.t (c bpchar_pattern_ops, v varchar_pattern_ops, e, (ARRAY[v,'x']), (w[1]));
CREATE VIEW a.v1 WITH (security_invoker) AS SELECT t.*, row_number() OVER (PARTITION BY v ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) rn, l.* FROM a.t, LATERAL (SELECT t.id AS x, generate_series(1,3) AS g) l WHERE v IN ('a','b');
CREATE VIEW a.v2 AS SELECT v, count(*) FILTER (WHERE n > 0) AS k, grouping(v, c) AS gr, string_agg(v, ',' ORDER BY c DESC NULLS LAST) FROM a.v1 GROUP BY GROUPING SETS ((v), (c), ()) HAVING count(*) > 1 ORDER BY 1 LIMIT 5;
CREATE VIEW a.v3 AS WITH x AS MATERIALIZED (SELECT * FROM a.t TABLESAMPLE system (10)) SELECT * FROM x FULL JOIN a.v2 USING (v) UNION ALL SELECT v, id, w, c, n, e, ts, dt, 1, 2, 'z' FROM a.t EXCEPT SELECT v, id, w, c, n, e, ts, dt, 3, 4, 'q' FROM a.t;
CREATE VIEW a.v4 AS SELECT (SELECT v FROM a.t LIMIT 1) AS s, EXISTS (SELECT 1 FROM a.t t2 WHERE t2.id = t.id) AS ex, t::a.t AS whole FROM a.t;
CREATE VIEW a.v5 (a, b) AS VALUES (1, 'x'), (2, 'y');
CREATE MATERIALIZED VIEW a.m USING heap AS SELECT * FROM a.v5 WITH DATA;
CREATE INDEX ON a.m (b);
CREATE FUNCTION a.f(x int DEFAULT 1, y text[] DEFAULT ARRAY['a','b'], OUT z a.e) LANGUAGE sql AS $$ SELECT 'x'::a.e $$;
CREATE FUNCTION a.body(x varchar) RETURNS bool LANGUAGE sql RETURN x IN ('a','b');
CREATE FUNCTION a.trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE b.p (id int, k text, x int, y int GENERATED ALWAYS AS (x * 2) STORED, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE b.p1 (junk int, y int GENERATED ALWAYS AS (x * 2) STORED, x int, k text NOT NULL, id int NOT NULL);
ALTER TABLE b.p1 DROP COLUMN junk;
ALTER TABLE b.p ATTACH PARTITION b.p1 FOR VALUES IN ('a');
CREATE TABLE b.p2 PARTITION OF b.p FOR VALUES IN ('b') PARTITION BY RANGE (id);
CREATE TABLE b.p2a PARTITION OF b.p2 FOR VALUES FROM (MINVALUE) TO (10);
CREATE UNIQUE INDEX pu ON b.p (k, id DESC);
CREATE INDEX px ON ONLY b.p (x);
CREATE INDEX p1x ON b.p1 (x);
ALTER INDEX b.px ATTACH PARTITION b.p1x;
ALTER TABLE b.p ADD CONSTRAINT pfk FOREIGN KEY (x) REFERENCES a.t (id) ON DELETE SET NULL (x);
ALTER TABLE b.p1 ADD CONSTRAINT own CHECK (x > 0);
ALTER TABLE b.p ADD CONSTRAINT all_ CHECK (id > 0);
CREATE TABLE b.ref (pid int, pk text, FOREIGN KEY (pid, pk) REFERENCES b.p (id, k) DEFERRABLE INITIALLY DEFERRED);
CREATE TRIGGER t1 AFTER INSERT OR UPDATE OF x OR DELETE ON b.p FOR EACH ROW WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION a.trg();
ALTER TABLE b.p1 ENABLE REPLICA TRIGGER t1;
CREATE TRIGGER t2 AFTER UPDATE ON a.t REFERENCING OLD TABLE AS o NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION a.trg();
CREATE TABLE b.par (id int NOT NULL, v varchar DEFAULT 'q');
CREATE TABLE b.par2 (id int NOT NULL, z int);
CREATE TABLE b.ch (id int DEFAULT 5, own text) INHERITS (b.par2, b.par);
ALTER TABLE b.par ADD COLUMN late int DEFAULT 3;
ALTER TABLE b.ch ALTER late SET DEFAULT 4;
ALTER TABLE b.par ADD CHECK (v IN ('a','b'));
ALTER TABLE b.ch ADD COLUMN after int;
CREATE TABLE b.gch () INHERITS (b.ch);
ALTER TABLE b.gch ALTER own SET NOT NULL;
CREATE TABLE b.loc (id int);
ALTER TABLE b.loc ADD z int;
ALTER TABLE b.loc ALTER id SET NOT NULL;
ALTER TABLE b.loc INHERIT b.par2;
CREATE POLICY pol ON a.t FOR SELECT USING (id IN (SELECT id FROM b.par WHERE v IN ('a','b')));
CREATE RULE r AS ON UPDATE TO a.v5 DO ALSO (UPDATE a.t SET v = new.b WHERE id = old.a AND v IN ('a','b'); DELETE FROM b.par);
CREATE STATISTICS a.st (dependencies) ON v, n, (v || c) FROM a.t;
CREATE STATISTICS a.st2 ON lower(v) FROM a.t;
CREATE SEQUENCE b.s;
CREATE SEQUENCE a.s OWNED BY a.t.id;
ALTER TABLE a.t ALTER id SET DEFAULT nextval('b.s') + 1;
COMMENT ON CONSTRAINT c1 ON a.t IS 'x';
COMMENT ON INDEX a.t_pkey IS 'pk';
COMMENT ON COLUMN a.v1.v IS 'vv';
COMMENT ON COLUMN b.p1.x IS 'px';
COMMENT ON TRIGGER t1 ON b.p IS 't';
COMMENT ON DOMAIN a.d IS 'dom';
COMMENT ON SEQUENCE b.s IS 's';
CREATE DOMAIN b.d2 AS a.d DEFAULT '{x}';
CREATE TYPE b.r AS RANGE (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
CREATE TYPE b.comp AS (a a.e[], b b.r);
CREATE TABLE b.big (LIKE a.t INCLUDING ALL);
CREATE TABLE b.tt OF b.comp (b WITH OPTIONS DEFAULT '[a,b)');
ALTER TABLE b.big SET (toast.autovacuum_enabled = false, parallel_workers = 3);
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA a TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA a TO PUBLIC;
REVOKE ALL ON a.t FROM postgres;
GRANT SELECT ON a.t TO postgres WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO everything_reader;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON TYPES FROM PUBLIC;
ALTER TABLE a.t REPLICA IDENTITY USING INDEX t_pkey;
ALTER TABLE a.t CLUSTER ON t_pkey;
ALTER INDEX a.i2 ALTER COLUMN 2 SET STATISTICS 7;
ALTER TABLE a.t ALTER v SET STATISTICS 0;
CREATE PUBLICATION odd FOR TABLE b.p1, a.t (id, v) WHERE (id > 1) WITH (publish_via_partition_root);
