// Proves that letters of the shop look right in a real browser: every preview is opened as wide as a
// desktop's pane and as narrow as a telephone, on a light and on a dark screen, and once more with the
// browser turning all colours dark by itself, as mail programs do. Nothing may run out of the window,
// every picture must have an `alt`, and every word must take up room and stand out from what is behind it.
// Pictures of three letters are kept for people to look at.
//
//   screens.mjs DIST OUT

import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const { chromium } = load("playwright-core");
const [dist, out] = process.argv.slice(2).map((it) => resolve(it));
const previews = join(dist, "previews");

const WIDTHS = [600, 360];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** How a screen may be: what the letter is told, and whether the browser turns colours by itself. */
const SCREENS = [
  { name: "light", scheme: "light", forced: false },
  { name: "dark", scheme: "dark", forced: false },
  { name: "forced-dark", scheme: "dark", forced: true },
];
/** MJML with the lines of an order and German words; the layout in HTML; Markdown. */
const KEPT = ["post-purchase/confirmation.de.1", "refund/has-it-arrived.en.1", "newsletter/still-yours.de.1"];

/** Stands for every picture: larger than any screen, so that a missing limit shows. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="600">
<rect width="1200" height="600" fill="#7fa08c"/><circle cx="600" cy="300" r="200" fill="#c9d8c5"/></svg>`;

/** Runs in the page: what is wrong with what is shown. */
function faults() {
  const found = [];
  const width = document.documentElement.clientWidth;
  const name = (it) => `<${it.localName}> "${(it.textContent || it.alt || "").trim().slice(0, 30)}"`;
  const shown = (it) => it.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const most = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  if (most > width) found.push(`the page is ${most} pixels wide in a window of ${width}`);
  for (const element of document.body.querySelectorAll("*")) {
    if (!shown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    if (box.right > width + 1) found.push(`${name(element)} ends at ${Math.round(box.right)} of ${width}`);
    if (box.left < -1) found.push(`${name(element)} begins at ${Math.round(box.left)}`);
  }
  for (const image of document.images) {
    if (shown(image) && !image.hasAttribute("alt")) found.push(`${image.src} has no alt`);
  }
  // What is behind words: the nearest colours that are not clear, down to the empty screen.
  const channels = (it) => it.match(/[\d.]+/g).map(Number);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "Canvas";
  const canvas = channels(getComputedStyle(probe).color);
  probe.remove();
  const over = ([r, g, b, opacity = 1], below) => [r, g, b].map((it, at) => it * opacity + below[at] * (1 - opacity));
  const behind = (it) => (it ? over(channels(getComputedStyle(it).backgroundColor), behind(it.parentElement)) : canvas);
  const light = (it) => {
    const [r, g, b] = it.map((own) => (own > 10.31475 ? ((own / 255 + 0.055) / 1.055) ** 2.4 : own / 255 / 12.92));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    // What joins or pads is no word.
    if (!/[\p{L}\p{N}]/u.test(text.data) || !shown(text.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (box.width < 1 || box.height < 4) found.push(`"${text.data.trim().slice(0, 30)}" takes up no room`);
    const style = getComputedStyle(text.parentElement);
    const back = behind(text.parentElement);
    const pair = [light(over(channels(style.color), back)), light(back)].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const contrast = pair[1] / pair[0];
    if (contrast < needed) found.push(`"${text.data.trim().slice(0, 30)}" stands out by ${contrast.toFixed(1)} only`);
  }
  return found;
}

/** A browser, and a page in it in which letters are opened one after the other. */
class Screen {
  static async open({ name, scheme, forced }) {
    const screen = new Screen();
    screen.name = name;
    screen.browser = await chromium.launch({
      executablePath: process.env.JOURNEYC_CHROMIUM ?? "/usr/bin/chromium",
      args: [...FLAGS, ...(forced ? ["--enable-features=WebContentsForceDark"] : [])],
    });
    const context = await screen.browser.newContext({ colorScheme: scheme });
    // Nothing is asked of any server.
    await context.route("**/*", (route) =>
      route.request().resourceType() === "image"
        ? route.fulfill({ contentType: "image/svg+xml", body: PICTURE })
        : route.abort(),
    );
    screen.page = await context.newPage();
    return screen;
  }

  /** What is wrong with a letter at this width. */
  async show(html, width) {
    await this.page.setViewportSize({ width, height: 800 });
    await this.page.setContent(html, { waitUntil: "load" });
    return this.page.evaluate(faults);
  }

  async keep(path) {
    await this.page.screenshot({ path, fullPage: true });
  }

  /** How light the first pixel of an empty white page comes out, from 0 to 255. */
  async white() {
    await this.show('<body style="margin:0;background:#ffffff"></body>', 100);
    const picture = (await this.page.screenshot()).toString("base64");
    return this.page.evaluate(async (data) => {
      const bytes = Uint8Array.from(atob(data), (it) => it.charCodeAt(0));
      const canvas = new OffscreenCanvas(1, 1).getContext("2d");
      canvas.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0);
      return canvas.getImageData(0, 0, 1, 1).data[0];
    }, picture);
  }
}

const letters = readdirSync(previews, { recursive: true })
  .map(String)
  .filter((it) => it.endsWith(".html"))
  .map((it) => it.replace(/\.html$/, ""))
  .sort();
const read = (letter) => readFileSync(join(previews, `${letter}.html`), "utf8");
/** What is left of a letter for programs that turn colours by themselves and ask for none. */
const unasked = (html) => html.replaceAll("prefers-color-scheme", "no-query").replaceAll("color-scheme:", "no-scheme:");

mkdirSync(out, { recursive: true });
check("there are letters", letters.length ? [] : ["none"]);
check("the letters to keep are there", KEPT.filter((it) => !letters.includes(it)));

for (const kind of SCREENS) {
  const screen = await Screen.open(kind);
  // What the browser turns by itself can only be looked at, and changes no box.
  const opened = kind.forced ? KEPT : letters;
  const white = await screen.white();
  check(`${kind.name}: white comes out ${kind.forced ? "dark" : "white"}`, kind.forced === white < 128 ? [] : [`as ${white}`]);
  for (const width of WIDTHS) {
    const problems = [];
    for (const letter of opened) {
      const html = kind.forced ? unasked(read(letter)) : read(letter);
      problems.push(...(await screen.show(html, width)).map((it) => `${letter}: ${it}`));
      if (KEPT.includes(letter)) {
        await screen.keep(join(out, `${letter.replaceAll("/", ".")}.${width}.${kind.name}.png`));
      }
    }
    check(`${kind.name}, ${width} pixels: ${opened.length} letters`, problems);
  }
  if (!kind.forced) await refuse(screen);
  await screen.browser.close();
}

/** A check that cannot fail is none: spoilt copies of a letter must be refused, each for its own fault. */
async function refuse(screen) {
  const spoilt = {
    "a table of 900 pixels": ['<table width="900"><tr><td>wide</td></tr></table>', /window of/],
    "a box that is cut off": ['<div style="overflow:hidden"><p style="width:800px">cut</p></div>', /ends at/],
    "a picture without alt": ['<img src="https://shop.example/a.png" width="100">', /has no alt/],
    "a picture of its own size": ['<img src="https://shop.example/a.png" alt="">', /window of/],
    "pale words": ['<p style="color:#999999 !important;background:#ffffff">pale</p>', /stands out by 2.8 only/],
    "words without room": ['<p style="font-size:0">nothing</p>', /takes up no room/],
  };
  for (const [name, [html, expected]] of Object.entries(spoilt)) {
    for (const width of WIDTHS) {
      const found = await screen.show(read(KEPT[0]).replace("</body>", `${html}</body>`), width);
      check(`${screen.name}, refused at ${width} pixels: ${name}`, found.some((it) => expected.test(it)) ? [] : ["it passes"]);
    }
  }
}

finish();
