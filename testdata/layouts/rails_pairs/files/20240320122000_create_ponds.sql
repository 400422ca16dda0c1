--
-- CreatePonds : 20240320122000
--

BEGIN;

CREATE TABLE "ponds" ("id" bigserial primary key);

INSERT INTO schema_migrations (version) VALUES ('20240320122000');
