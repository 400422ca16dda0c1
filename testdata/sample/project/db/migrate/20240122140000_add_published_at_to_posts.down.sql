DROP INDEX "index_posts_on_published_at";
ALTER TABLE "posts" DROP COLUMN "published_at";
