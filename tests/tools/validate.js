// validate.js SCHEMA FILE... [-- SCHEMA FILE...]: whether each JSON file is what the schema (a file, or "sarif") allows.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const from = createRequire(process.env.MERGANSER_TEST_NODE + "/package.json");
const Ajv = from("ajv");
const schemas = { sarif: "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" };

const groups = process.argv.slice(2).join("\n").split("\n--\n").map((group) => group.split("\n"));

for (const [name, ...files] of groups) {
  const schema = schemas[name] ? from(schemas[name]) : JSON.parse(readFileSync(name));
  const ajv = new Ajv({ schemaId: "auto", meta: false, allErrors: true, logger: false });
  ajv.addMetaSchema(from("ajv/lib/refs/json-schema-draft-04.json"));
  const valid = ajv.compile(schema);
  if (!files.length) throw new Error("no file to validate");
  for (const file of files) {
    if (valid(JSON.parse(readFileSync(file)))) continue;
    console.error(file, JSON.stringify(valid.errors, null, 1));
    process.exitCode = 1;
  }
}
