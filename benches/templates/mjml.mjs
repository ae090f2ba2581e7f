// How long `mjml` takes for every finished MJML file of a folder: node mjml.mjs NODE_MODULES FOLDER.
// Prints {version, seconds}; reading files and warming up do not count.

import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, folder] = process.argv.slice(2);
const require = createRequire(resolve(modules, '..', 'package.json'));
const { version } = require('mjml/package.json');
const loaded = require('mjml');
const mjml2html = loaded.default ?? loaded;

const names = readdirSync(folder).filter((it) => it.endsWith('.mjml')).sort();
const texts = names.map((it) => readFileSync(join(folder, it), 'utf8'));
for (const text of texts.slice(0, 100)) await mjml2html(text);
const begin = process.hrtime.bigint();
let bytes = 0;
for (const text of texts) bytes += (await mjml2html(text)).html.length;
const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
if (bytes === 0) throw new Error('nothing came out');
console.log(JSON.stringify({ version, seconds }));
