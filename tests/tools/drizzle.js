// drizzle.js URL: drizzle-orm's own migrator on the folder drizzle, as an application runs it at its start.
const { createRequire } = require("node:module");
const from = createRequire(process.env.MERGANSER_TEST_NODE + "/package.json");
const { Pool } = from("pg");
const { drizzle } = from("drizzle-orm/node-postgres");
const { migrate } = from("drizzle-orm/node-postgres/migrator");

(async () => {
  const pool = new Pool({ connectionString: process.argv[2] });
  await migrate(drizzle(pool), { migrationsFolder: "drizzle" });
  await pool.end();
})().catch((error) => {
  console.error(error.message, error.cause ? error.cause.message : "");
  process.exit(1);
});
