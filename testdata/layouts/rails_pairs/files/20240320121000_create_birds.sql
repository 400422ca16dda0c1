--
-- CreateBirds : 20240320121000
--

BEGIN;

CREATE TABLE "birds" ("id" bigserial primary key);

INSERT INTO schema_migrations (version) VALUES ('20240320121000');
