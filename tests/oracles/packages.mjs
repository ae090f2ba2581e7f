// Finds the Node packages that tests/run installs outside of the source tree.

import { createRequire } from "node:module";
import { resolve } from "node:path";

const folder = process.env.JOURNEYC_ORACLE_NODE ?? "target/oracles/node";

/** Loads an installed package, or a file of one. */
export const load = createRequire(resolve(folder, "package.json"));
