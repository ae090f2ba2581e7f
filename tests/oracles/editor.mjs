// Proves that writing journeys in an editor is pleasant: the language server that VS Code, Neovim
// and others use for YAML completes every step kind with its documentation, explains keys under the
// cursor, finds nothing wrong in the shop, and marks a misspelt key at its place.
//
//   editor.mjs ROOT

import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const root = resolve(process.argv[2]);
const KINDS = ["send", "task", "touch", "wait", "wait_for", "wait_until", "branch", "split", "repeat", "set", "enter", "exit"];
const SETTINGS = {
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false }, schemas: {}, yamlVersion: "1.2" },
};

/** A language server over standard input and output: just enough of the protocol. */
class Server {
  constructor() {
    const packageFile = load.resolve("yaml-language-server/package.json");
    const program = join(dirname(packageFile), "bin", "yaml-language-server");
    this.child = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.child.stdout.on("data", (bytes) => this.take(bytes));
    this.buffer = Buffer.alloc(0);
    this.waiting = new Map();
    this.diagnostics = new Map();
    this.next = 0;
  }

  take(bytes) {
    this.buffer = Buffer.concat([this.buffer, bytes]);
    for (;;) {
      const end = this.buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.buffer.subarray(0, end).toString())[1]);
      if (this.buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.buffer.subarray(end + 4, end + 4 + length).toString());
      this.buffer = this.buffer.subarray(end + 4 + length);
      this.handle(message);
    }
  }

  handle({ id, method, params, result, error }) {
    if (method === undefined) {
      const { accept, refuse } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error) refuse(new Error(error.message));
      else accept(result);
    } else if (method === "textDocument/publishDiagnostics") {
      this.diagnostics.get(params.uri)?.(params.diagnostics);
    } else if (method === "workspace/configuration") {
      this.send({ id, result: params.items.map(({ section }) => SETTINGS[section] ?? {}) });
    } else if (id !== undefined) {
      this.send({ id, result: null });
    }
  }

  send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  notify(method, params) {
    this.send({ method, params });
  }

  ask(method, params) {
    const id = this.next++;
    return within(20_000, method, new Promise((accept, refuse) => {
      this.waiting.set(id, { accept, refuse });
      this.send({ id, method, params });
    }));
  }

  async start() {
    const folder = { uri: pathToFileURL(root).href, name: "shop" };
    await this.ask("initialize", {
      processId: process.pid,
      rootUri: folder.uri,
      workspaceFolders: [folder],
      capabilities: {
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown", "plaintext"] } },
          hover: { contentFormat: ["markdown", "plaintext"] },
          publishDiagnostics: {},
        },
        workspace: { configuration: true, workspaceFolders: true },
      },
    });
    this.notify("initialized", {});
    this.notify("workspace/didChangeConfiguration", { settings: SETTINGS });
  }

  /** Opens a text as if it were the file at this path; gives the diagnostics for it. */
  async open(path, text) {
    const uri = pathToFileURL(path).href;
    const diagnostics = new Promise((accept) => this.diagnostics.set(uri, accept));
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    return within(20_000, `diagnostics of ${path}`, diagnostics);
  }

  async at(method, path, line, character) {
    return this.ask(`textDocument/${method}`, { textDocument: { uri: pathToFileURL(path).href }, position: { line, character } });
  }

  async stop() {
    await this.ask("shutdown", null);
    this.notify("exit");
    this.child.stdin.end();
  }
}

/** Gives up after a while, so that a silent server fails the check instead of hanging it. */
function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`no answer in ${ms / 1000} s: ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const server = new Server();
await server.start();

// 1. Nothing to complain about in the shop.
const journeys = readdirSync(join(root, "journeys"), { recursive: true }).map(String).filter((it) => it.endsWith(".yaml")).sort();
for (const path of [join(root, "journeyc.yaml"), ...journeys.map((it) => join(root, "journeys", it))]) {
  const found = await server.open(path, readFileSync(path, "utf8"));
  check(`${relative(root, path)} has no diagnostics`, found.map((it) => `${it.range.start.line + 1}: ${it.message}`));
}

// 2. A draft that nobody has saved yet. Its first line names the schema, as `journeyc init` writes it.
const HEAD = `# yaml-language-server: $schema=../schema/journey.schema.json
journey: draft
class: commercial
from: care
trigger: {event: order_paid}
steps:
`;
const line = HEAD.split("\n").length - 1;
const draft = (name) => join(root, "journeys", `${name}.yaml`);
const words = (it) => (typeof it === "string" ? it : it?.value ?? "");

await server.open(draft("draft-completion"), `${HEAD}  - \n`);
const completion = await server.at("completion", draft("draft-completion"), line, 4);
const items = new Map((completion.items ?? completion).map((it) => [it.label, it]));
check("a new step offers all twelve kinds", KINDS.filter((it) => !items.has(it)).map((it) => `\`${it}\` is not offered`));
check("a new step offers nothing else", [...items.keys()].filter((it) => !KINDS.includes(it)).map((it) => `\`${it}\` is offered`));
for (const kind of KINDS) {
  const documented = words(items.get(kind)?.documentation).trim().length > 10;
  check(`\`${kind}\` is offered with its documentation`, documented ? [] : [`it says: ${JSON.stringify(items.get(kind)?.documentation)}`]);
}

const hovered = `${HEAD}  - wait_for:
      id: delivery
      event: order_delivered
  - send:
      id: thanks
      template: post-purchase/thanks
      purpose: thank_you
`;
await server.open(draft("draft-hover"), hovered);
for (const [word, expected] of [["wait_for", /until an event comes/i], ["purpose", /is for.*`thank_you`: /is], ["template", /template/i]]) {
  const row = hovered.split("\n").findIndex((it) => it.includes(`${word}:`));
  const hover = await server.at("hover", draft("draft-hover"), row, hovered.split("\n")[row].indexOf(word) + 1);
  const shown = words(hover?.contents);
  check(`the cursor on \`${word}\` shows what it is`, expected.test(shown) ? [] : [`it shows: ${JSON.stringify(shown)}`]);
}

// 3. A misspelt key is marked at that key.
const misspelt = `${HEAD}  - send:
      id: thanks
      template: post-purchase/thanks
      purpos: thank_you
      purpose: thank_you
`;
const marks = await server.open(draft("draft-misspelt"), misspelt);
const row = misspelt.split("\n").findIndex((it) => it.includes("purpos:"));
const hit = marks.find((it) => it.range.start.line === row && it.range.start.character === 6 && it.message.includes("purpos"));
check("a misspelt key is marked at that key", hit ? [] : [`marked: ${JSON.stringify(marks.map((it) => [it.range.start, it.message]))}`]);

const unknownKind = `${HEAD}  - emial:\n      id: thanks\n`;
const kindMarks = await server.open(draft("draft-kind"), unknownKind);
const kindHit = kindMarks.find((it) => it.range.start.line === line && it.range.start.character === 4);
check("an unknown step kind is marked at its key", kindHit ? [] : [`marked: ${JSON.stringify(kindMarks.map((it) => [it.range.start, it.message]))}`]);

const drafts = ["draft-completion", "draft-hover", "draft-misspelt", "draft-kind"].map(draft).filter(existsSync);
check("drafts lived in the editor only", drafts.map((it) => `${it} was written`));
await server.stop();
finish();
