// Proves that the committed JSON Schemas are right in the eyes of another implementation, Ajv in
// strict mode: every YAML file of the shop and every machine-readable result is valid against the
// schema that stands for it, and spoilt copies of them are not.
//
//   schemas.mjs ROOT DIST REPORT…

import { readFileSync, readdirSync, existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const Ajv = load("ajv/dist/2020").default;
const YAML = load("yaml");

const [root, dist, ...reports] = process.argv.slice(2);
const text = (path) => readFileSync(path, "utf8");
const json = (path) => JSON.parse(text(path));

/** Words that only editors read; strict mode wants them named. */
const FOR_EDITORS = ["markdownDescription", "markdownEnumDescriptions", "enumDescriptions", "defaultSnippets"];

/** The validator of a schema file, compiled once. */
const validators = new Map();
function validator(path) {
  if (!validators.has(path)) {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
    ajv.addVocabulary(FOR_EDITORS);
    validators.set(path, ajv.compile(json(path)));
  }
  return validators.get(path);
}

/** What a schema says against a value. */
function problems(schema, value) {
  const validate = validator(schema);
  if (validate(value)) return [];
  return validate.errors.map((it) => `${it.instancePath || "/"} ${it.message} ${JSON.stringify(it.params)}`);
}

/** Every file below a folder whose name ends so. */
function files(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((it) => it.endsWith(ending))
    .sort()
    .map((it) => join(folder, it));
}

/** A copy with a key that nobody declared. */
const withStranger = (value) => ({ ...value, xyzzy: true });

const schemas = files(join(root, "schema"), ".schema.json");
check("schemas are committed", schemas.length ? [] : [`none in ${join(root, "schema")}`]);
for (const path of schemas) {
  const name = basename(path);
  try {
    validator(path);
    check(`${name} compiles in strict mode`, []);
  } catch (error) {
    check(`${name} compiles in strict mode`, [String(error.message)]);
    validators.set(path, Object.assign(() => false, { errors: [] }));
  }
}

// The first line of a file names its schema, for editors; the same line decides here.
const yamls = [join(root, "journeyc.yaml"), ...files(join(root, "journeys"), ".yaml"), ...files(join(root, "scenarios"), ".yaml")];
for (const path of yamls) {
  const name = relative(root, path);
  const named = /^# yaml-language-server: \$schema=(\S+)/.exec(text(path))?.[1];
  const schema = named && resolve(dirname(path), named);
  if (!schema || !existsSync(schema)) {
    check(`${name} names its schema`, [named ? `there is no ${named}` : "its first line does not"]);
    continue;
  }
  const value = YAML.parse(text(path), { version: "1.2", uniqueKeys: true });
  check(`${name} is valid against ${basename(schema)}`, problems(schema, value));
  check(`${name} with an unknown key is refused`, problems(schema, withStranger(value)).length ? [] : ["it passed"]);
}

/** The schema of a report among the cases: those of comparisons have their own. */
const described = (path) => (path.startsWith(join(root, "tests", "cases", "diff")) ? "diff.schema.json" : "report.schema.json");

const results = [
  [join(dist, "manifest.json"), "manifest.schema.json"],
  ...reports.map((it) => [it, "report.schema.json"]),
  ...files(join(root, "tests", "cases"), "report.json").map((it) => [it, described(it)]),
];
for (const [path, schemaName] of results) {
  const schema = join(root, "schema", schemaName);
  const name = relative(root, resolve(path));
  try {
    const value = json(path);
    check(`${name} is valid against ${schemaName}`, problems(schema, value));
    check(`${name} of another version is refused`, problems(schema, { ...value, version: "next" }).length ? [] : ["it passed"]);
  } catch (error) {
    check(`${name} is valid against ${schemaName}`, [String(error.message)]);
  }
}
finish();
