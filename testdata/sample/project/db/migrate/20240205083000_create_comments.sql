BEGIN;

CREATE TABLE "comments" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "post_id" integer NOT NULL, "body" text NOT NULL, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_2fd19c0db7"
FOREIGN KEY ("post_id")
  REFERENCES "posts" ("id")
);

CREATE INDEX "index_comments_on_post_id" ON "comments" ("post_id");

INSERT INTO schema_migrations (version) VALUES ('20240205083000');
