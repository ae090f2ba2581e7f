// Proves that `journeyc check --format rdjson` writes reviewdog's diagnostic format, in the eyes of
// a validator of that format that nobody here wrote; spoilt copies are refused.
//
//   rdjson.mjs REPORTS

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const { Validator, rdformatSchema } = load("@umbrelladocs/rdformat-validator");
const [folder] = process.argv.slice(2);

/** What the validator says against a report. */
function problems(value) {
  const validator = new Validator({ strictMode: true, allowExtraFields: false });
  const { valid, errors } = validator.validate(value, rdformatSchema);
  return valid ? [] : [...errors.map((it) => `${it.path}: ${it.message}`), "refused"];
}

const spoilt = {
  "a severity of its own": (it) => (it.severity = "FATAL"),
  "a place on line 0": (it) => (it.location.range.start.line = 0),
  "no message": (it) => delete it.message,
  "no path": (it) => delete it.location.path,
};

const files = readdirSync(folder).filter((it) => it.endsWith(".rdjson")).sort();
check("there are reports", files.length ? [] : [`none in ${folder}`]);
let suggestions = 0;
for (const name of files) {
  const text = readFileSync(join(folder, name), "utf8");
  const report = JSON.parse(text);
  check(`${name} is reviewdog's format`, problems(report));
  suggestions += report.diagnostics.filter((it) => it.suggestions).length;
  if (report.diagnostics.length === 0) continue;
  for (const [what, spoil] of Object.entries(spoilt)) {
    const copy = JSON.parse(text);
    spoil(copy.diagnostics[0]);
    check(`${name} with ${what} is refused`, problems(copy).length ? [] : ["it passed"]);
  }
}
check("some of them suggest a rewrite", suggestions ? [] : ["none does"]);
finish();
