// Counts what an oracle checked: one line a check, and `N passed, N failed` at the end.

let passed = 0;
let failed = 0;

/** Passes if there are no problems. `problems` is a list of sentences. */
export function check(name, problems) {
  if (problems.length === 0) {
    passed += 1;
    console.log(`ok   ${name}`);
    return;
  }
  failed += 1;
  console.log(`FAIL ${name}`);
  for (const problem of problems.slice(0, 10)) console.log(`     ${problem}`);
  if (problems.length > 10) console.log(`     … and ${problems.length - 10} more`);
}

/** Prints the closing line and sets the exit status. */
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
