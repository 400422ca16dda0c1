BEGIN;

CREATE TABLE "users" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar NOT NULL, "name" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);

CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email");

INSERT INTO schema_migrations (version) VALUES ('20240108090000');
