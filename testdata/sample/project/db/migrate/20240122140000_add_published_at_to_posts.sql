BEGIN;

ALTER TABLE "posts" ADD "published_at" datetime;

CREATE INDEX "index_posts_on_published_at" ON "posts" ("published_at");

INSERT INTO schema_migrations (version) VALUES ('20240122140000');
