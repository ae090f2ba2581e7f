// The table of MJML's elements and attributes, against MJML itself.
//
// Usage: node mjml_facts.mjs FOLDER [--write]. FOLDER holds node_modules with `mjml` 4.15.3. Without
// --write the committed table is compared with what MJML says; the last line counts.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const table = fileURLToPath(new URL("../../src/lint/facts/mjml.txt", import.meta.url));
const require = createRequire(resolve(process.argv[2], "package.json"));
const { version } = require("mjml/package.json");
const licence = readFileSync(require.resolve("mjml/LICENSE.md"), "utf8").trim();
const loaded = require("mjml-preset-core");
const preset = loaded.default ?? loaded;

// What every element of the body takes.
const anywhere = ["css-class", "mj-class"];
// Elements that are no components of their own, and attributes that MJML reads elsewhere.
const besides = {
  mjml: ["owa", "lang", "dir"],
  "mj-include": ["path", "type", "css-inline"],
  "mj-selector": ["path"],
  "mj-html-attribute": ["name"],
  "mj-all": ["*"],
  "mj-class": ["*"],
};

const elements = new Map(Object.entries(besides));
for (const it of preset.components) {
  elements.set(it.componentName, Object.keys(it.allowedAttributes ?? {}));
}
const inside = (name) => {
  const children = preset.dependencies[name] ?? [];
  return children.every((it) => typeof it === "string") ? children : ["*"];
};
const lines = [...elements].sort().map(([name, attributes]) => {
  const [own, children] = [attributes, inside(name)].map((it) => [...it].sort().join(" "));
  return `${name}: ${own}; ${children}`.replace("  ", " ").trim();
});
const comment = (text) => text.split("\n").map((it) => `# ${it}`.trimEnd()).join("\n");
const made = `${comment(`MJML's elements, one a line: the attributes of each, and after a \`;\` the elements that may stand right in
it; \`*\` stands for any. In the body, each takes ${anywhere.map((it) => `\`${it}\``).join(" and ")} too.
From the npm package mjml ${version} (https://github.com/mjmlio/mjml). Made by
tests/oracles/mjml_facts.mjs; do not edit. MJML has this licence:

${licence}`)}\n${lines.join("\n")}\n`;

if (process.argv.includes("--write")) writeFileSync(table, made);
const same = readFileSync(table, "utf8") === made;
if (!same) console.log("FAILED: src/lint/facts/mjml.txt is not what MJML says");
console.log(`${same ? 1 : 0} passed, ${same ? 0 : 1} failed`);
process.exit(same ? 0 : 1);
