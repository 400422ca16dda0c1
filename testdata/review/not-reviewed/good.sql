SELECT 1;
INSERT INTO t VALUES (1);
SET search_path TO app, public;
COPY t (a) FROM stdin;
1
\.
VACUUM t;
CREATE OPERATOR === (LEFTARG = box, RIGHTARG = box, FUNCTION = box_same);
DO $$ BEGIN
 ALTER TABLE "orders" ADD CONSTRAINT "orders_user_fk" FOREIGN KEY ("user_id") REFERENCES "users"("id");
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
