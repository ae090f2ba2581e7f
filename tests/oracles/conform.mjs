// Runs a real engine over what a dialect printed of the whole corpus, and prints its row of the table.
//
// The test suite fills a folder (tests/suite/dialect/proof.rs): `samples.json` holds the recipients,
// `DIALECT.jsonl` one printed template a line with what each recipient must see, `DIALECT.json` how many
// templates were printed and refused. An oracle in JavaScript says how its engine reads a template and
// how it renders one, and calls `prove`. Equal or refused: whatever is different is a failure.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHOWN = 25;

/** Each printed template of a dialect: `{name, surface, template, samples: [{name, contact, event, variables, expected}]}`. */
export function templates(folder, dialect) {
  const recipients = JSON.parse(readFileSync(join(folder, 'samples.json'), 'utf8'));
  const lines = readFileSync(join(folder, `${dialect}.jsonl`), 'utf8').split('\n').filter(Boolean);
  const sample = (it) => ({ name: it.sample, variables: it.variables ?? {}, expected: it.expected, ...recipients[it.sample] });
  return lines.map((line) => JSON.parse(line)).map((it) => ({ ...it, samples: it.samples.map(sample) }));
}

/**
 * Renders everything and sets the exit status. `parse(text, surface)` gives what
 * `render(parsed, sample, way)` takes; both may be asynchronous. `ways` are what the provider's
 * documentation leaves open: in each of them the same must come out.
 */
export async function prove(folder, dialect, engine, parse, render, ways = ['']) {
  const begin = Date.now();
  let passed = 0;
  let failed = 0;
  let equal = 0;
  for (const { name, surface, template, samples } of templates(folder, dialect)) {
    const problems = [];
    let parsed;
    let readable = samples;
    try {
      parsed = await parse(template, surface, samples);
    } catch (error) {
      problems.push(`${engine} cannot read it: ${error}`);
      readable = [];
    }
    for (const sample of readable) {
      for (const way of ways) {
        let shown;
        try {
          shown = await render(parsed, sample, way);
        } catch (error) {
          shown = String(error);
        }
        if (shown === sample.expected) equal += 1;
        else problems.push(`${sample.name}${way && `, ${way}`}:\n       ${engine} ${JSON.stringify(shown)}\n       preview ${JSON.stringify(sample.expected)}`);
      }
    }
    if (problems.length === 0) {
      passed += 1;
      continue;
    }
    failed += 1;
    if (failed > SHOWN) continue;
    console.log(`FAIL ${name}, ${surface}: ${JSON.stringify(template)}`);
    for (const problem of problems.slice(0, 5)) console.log(`     ${problem}`);
    if (problems.length > 5) console.log(`     … and ${problems.length - 5} more`);
  }
  if (failed > SHOWN) console.log(`… and ${failed - SHOWN} more templates`);
  const { refused } = JSON.parse(readFileSync(join(folder, `${dialect}.json`), 'utf8'));
  const seconds = Math.round((Date.now() - begin) / 1000);
  console.log(`${dialect}: ${passed + failed} templates printed, ${refused} refused, ${equal} renderings equal, ${failed} templates different (${engine}, ${seconds} s)`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
}
