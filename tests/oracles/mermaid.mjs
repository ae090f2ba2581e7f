// Proves that what we draw is a flow chart and nothing else in the eyes of Mermaid itself: every chart is
// read and drawn in a real browser, as strictly as GitHub draws it. A chart must be drawn without a
// complaint, with as many boxes as it has, and nothing in it may be a link, a script or a request.
//
//   mermaid.mjs FOLDER    of charts (*.mmd) and of reports of `journeyc diff` (*.json)

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const { chromium } = load("playwright-core");
const [folder] = process.argv.slice(2);
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
/** The limits to which journeyc holds itself in a report; `journeyc graph` draws a journey whole. */
const MOST_BYTES = 4500;
const MOST_BOXES = 60;

/** Every chart: its name, its text, and whether it must be small. */
function charts() {
  const found = [];
  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, file), "utf8");
    if (file.endsWith(".mmd")) found.push({ name: file, text, small: false });
    if (!file.endsWith(".json")) continue;
    for (const journey of JSON.parse(text).journeys) {
      if (journey.chart) found.push({ name: `${file}: ${journey.name}`, text: journey.chart, small: true });
    }
  }
  return found;
}

/** Runs in the page: draws a chart, and tells what became of it. */
async function draw(text) {
  try {
    const { svg } = await mermaid.render("chart", text);
    const page = new DOMParser().parseFromString(svg, "text/html");
    const active = [...page.querySelectorAll("a, script, iframe, object, embed, img, image, form")];
    const handlers = [...page.querySelectorAll("*")].flatMap((it) => it.getAttributeNames()).filter((it) => /^on/i.test(it));
    return {
      boxes: page.querySelectorAll("g.node").length,
      active: active.map((it) => it.localName).concat(handlers),
      marked: page.querySelectorAll("g.node.added, g.node.changed").length,
    };
  } catch (error) {
    return { error: String(error.message ?? error) };
  }
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage();
const requests = [];
page.on("request", (it) => requests.push(it.url()));
await page.setContent("<!doctype html><html><body></body></html>");
await page.addScriptTag({ path: join(dirname(load.resolve("mermaid/package.json")), "dist/mermaid.min.js") });
await page.evaluate(() => mermaid.initialize({ startOnLoad: false, securityLevel: "strict" }));
requests.length = 0;

const all = charts();
for (const { name, text, small } of all) {
  const problems = [];
  const drawn = await page.evaluate(draw, text);
  const boxes = new Set(text.split("\n").map((it) => /^ {2}(n\d+|rest|exits)[[({>]/.exec(it)?.[1]).filter(Boolean));
  const marked = (text.match(/:::(added|changed)$/gm) ?? []).length;
  if (drawn.error) problems.push(drawn.error.slice(0, 300));
  else {
    if (drawn.boxes !== boxes.size) problems.push(`${drawn.boxes} boxes are drawn of ${boxes.size}`);
    if (drawn.marked !== marked) problems.push(`${drawn.marked} boxes are marked of ${marked}`);
    for (const it of drawn.active) problems.push(`it has a live ${it}`);
  }
  if (small && Buffer.byteLength(text) > MOST_BYTES) problems.push(`${Buffer.byteLength(text)} bytes`);
  if (small && boxes.size > MOST_BOXES) problems.push(`${boxes.size} boxes`);
  check(name, problems);
}
check("drawing asks for nothing from anywhere", requests.map((it) => `asked for ${it}`));
check("there are charts to look at", all.length >= 12 ? [] : [`only ${all.length}`]);
const spoilt = await page.evaluate(draw, 'flowchart TD\n  n0["a"]]\n');
check("a spoilt chart is refused", spoilt.error ? [] : ["it was drawn"]);
await browser.close();
finish();
