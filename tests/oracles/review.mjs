// Proves that the page of `journeyc diff --format html` is safe to open and good to look at, in a real
// browser. One page holds an email that tries all it can: to run something, to call home, to lead
// elsewhere, to leave its frame, to cover what is around it. Nothing may run, no connection may be
// opened, no window, dialog or download may come, and no link in an email may lead anywhere. Copies of
// the page without its guards must be caught, or the test would prove nothing. Pictures of both pages are kept for
// people to look at.
//
//   review.mjs PAGES OUT

import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { load } from "./packages.mjs";
import { check, finish } from "./tally.mjs";

const { chromium } = load("playwright-core");
const [pages, out] = process.argv.slice(2).map((it) => resolve(it));
const ADDRESS = "http://review.example/";
/** What can be clicked in the hostile email. */
const LINKS = ["#go", "#blank", "#self", "#own", "#drawn", "#code", "#mail", "#data", "#file", "#send"];

/** All names of the thief lead here, so that whoever only knocks is heard too. Other names lead nowhere. */
let opened = 0;
const ear = createServer((socket) => {
  opened += 1;
  socket.on("error", () => {});
  socket.destroySoon();
});
await new Promise((done) => ear.listen(0, "127.0.0.1", done));

// A browser that hangs must fail the run, not stop it.
setTimeout(() => {
  console.log("fail this takes longer than five minutes");
  process.exit(1);
}, 300_000).unref();

const browser = await chromium.launch({
  executablePath: process.env.JOURNEYC_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=HttpsUpgrades",
    `--host-resolver-rules=${["thief.example", "*.thief.example"]
      .map((it) => `MAP ${it}:80 127.0.0.1:${ear.address().port}`)
      .join(", ")}, MAP * ~NOTFOUND`,
  ],
});

/** A page in a browser of its own, and everything that it does beyond being shown. */
class Watched {
  static async open(html, { width = 1280, scheme = "light" } = {}) {
    const it = new Watched();
    it.seen = [];
    it.knocks = opened;
    it.context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 }, acceptDownloads: true });
    await it.context.route("**/*", (route) => {
      if (route.request().url() === ADDRESS && !it.isOpen) {
        it.isOpen = true;
        return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
      }
      it.seen.push(`asks for ${route.request().url()}`);
      return route.abort();
    });
    it.context.on("page", (page) => it.page && it.seen.push(`opens a window ${page.url()}`));
    it.page = await it.context.newPage();
    it.page.setDefaultTimeout(5000);
    it.page.on("dialog", (dialog) => {
      it.seen.push(`shows a dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    it.page.on("download", (download) => it.seen.push(`downloads ${download.url()}`));
    it.page.on("framenavigated", (frame) => {
      if (frame === it.page.mainFrame() && frame.url() !== ADDRESS) it.seen.push(`leads to ${frame.url()}`);
    });
    await it.page.goto(ADDRESS, { waitUntil: "commit" }).catch((error) => it.seen.push(`cannot be opened: ${error.message}`));
    await it.settle();
    return it;
  }

  /** Every frame comes into view, for they are made only then, and gets time for its tricks. */
  async settle() {
    const frames = await this.page.locator("iframe").all().catch(() => []);
    for (const frame of frames) await frame.scrollIntoViewIfNeeded({ timeout: 3000 }).catch(() => {});
    await this.page.waitForTimeout(700);
    await within(this.page.evaluate(() => scrollTo(0, 0)).catch(() => {}));
    await this.page.waitForTimeout(100);
  }

  /** The frames of emails. */
  get mails() {
    return this.page.frames().filter((it) => it.parentFrame() === this.page.mainFrame());
  }

  /** Everything that it did, and what can be seen of it. */
  async faults() {
    const found = [...this.seen];
    for (let tries = 0; tries < 10 && opened === this.knocks; tries += 1) await this.page.waitForTimeout(50);
    if (opened > this.knocks) found.push(`opens ${opened - this.knocks} connections`);
    for (const frame of this.page.frames()) {
      const pwned = await within(frame.evaluate(() => window.__pwned).catch(() => undefined));
      if (pwned === SILENT) found.push("a frame does not answer");
      else if (pwned) found.push(`runs a script (${pwned}) in ${frame.url() || "a frame"}`);
    }
    const over = await within(this.page.evaluate(covered).catch((error) => [`is gone: ${error.message}`]));
    found.push(...(over === SILENT ? ["the page does not answer"] : over));
    return found;
  }

  /** Clicks whatever can be clicked in an email, and asks for it with the keyboard too. */
  async follow(links) {
    for (const link of links) {
      for (const mail of this.mails) {
        const it = mail.locator(link).first();
        await it.dispatchEvent("click", {}, { timeout: 500 }).catch(() => {});
        await it.click({ force: true, timeout: 500 }).catch(() => {});
        await it.focus({ timeout: 500 }).catch(() => {});
        await within(this.page.keyboard.press("Enter").catch(() => {}));
      }
      await this.page.waitForTimeout(50);
    }
    await this.page.waitForTimeout(300);
  }

  /** A picture of all of the page. Frames are painted only where the window is, so it has to be as high. */
  async keep(path) {
    const height = await this.page.evaluate(() => document.documentElement.scrollHeight);
    await this.page.setViewportSize({ width: this.page.viewportSize().width, height: Math.min(height, 8000) });
    await this.page.waitForTimeout(500);
    await this.page.screenshot({ path });
  }

  async close() {
    await within(this.context.close());
  }
}

/** What stands for an answer that does not come. */
const SILENT = Symbol("silent");

/** An answer, or SILENT: a frame whose address never answers would keep us waiting for ever. */
function within(answer) {
  let timer;
  const silence = new Promise((resolve) => {
    timer = setTimeout(() => resolve(SILENT), 5000);
  });
  return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
}

/** Runs in the page: what lies over the page's own words, and what leaves its place. */
function covered() {
  const found = [];
  for (const own of document.querySelectorAll("h1, .lead, h2, .subject, footer p")) {
    own.scrollIntoView({ block: "center", behavior: "instant" });
    const box = own.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + Math.min(20, box.width / 2), box.top + box.height / 2);
    if (!top || !(own.contains(top) || top.contains(own))) {
      found.push(`"${own.textContent.slice(0, 30)}" is covered by <${top?.localName}>`);
    }
  }
  for (const frame of document.querySelectorAll("iframe")) {
    const [box, screen] = [frame, frame.parentElement].map((it) => it.getBoundingClientRect());
    if (frame.parentElement.className !== "screen") found.push("a frame stands elsewhere");
    if (box.top < screen.top - 1 || box.bottom > screen.bottom + 1) found.push("a frame is larger than its place");
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`the page is ${wide} pixels too wide`);
  scrollTo({ top: 0, behavior: "instant" });
  return found;
}

const read = (name) => readFileSync(join(pages, name), "utf8");
const hostile = read("hostile.html");
const shop = read("shop.html");
const count = hostile.split("<iframe").length - 1;
mkdirSync(out, { recursive: true });

// The page as it is.
{
  const it = await Watched.open(hostile);
  check("hostile: there are emails before and after", it.mails.length === count && count >= 2 ? [] : [`${it.mails.length} of ${count}`]);
  const shown = await Promise.all(it.mails.map((mail) => mail.locator("#file").count()));
  check("hostile: every email is shown to its end", shown.every((n) => n === 1) ? [] : [`${shown}`]);
  check("hostile: nothing runs, nobody is asked for anything, nothing is covered", await it.faults());
  await it.follow(LINKS);
  check("hostile: no link and no form in an email leads anywhere", await it.faults());
  const kept = await Promise.all(it.mails.map((mail) => mail.locator("#file").count()));
  check("hostile: every email is still there", kept.every((n) => n === 1) ? [] : [`${kept}`]);
  await it.close();
}
{
  const it = await Watched.open(shop);
  const words = await Promise.all(it.mails.map((mail) => mail.locator("body").innerText()));
  check("shop: every email can be read", words.length && words.every((text) => text.length > 20) ? [] : [JSON.stringify(words)]);
  await it.follow(["a"]);
  check("shop: nothing runs, nobody is asked for anything, nothing is covered", await it.faults());
  await it.close();
}
{
  const it = await Watched.open(shop);
  for (const mail of it.mails) await mail.locator("a").first().click({ force: true, timeout: 2000 }).catch(() => {});
  await it.page.waitForTimeout(300);
  const left = await Promise.all(it.mails.map((mail) => mail.locator("a").count()));
  check("shop: an email stays where it is when its links are clicked", left.every((n) => n > 0) ? await it.faults() : [`${left}`]);
  await it.close();
}

// The same without a guard: each copy must be caught by what the guard is for.
const without = {
  sandbox: (html) => html.replaceAll('<iframe sandbox="" ', "<iframe "),
  policies: (html) => html.replaceAll("Content-Security-Policy", "no-policy"),
  refresh: (html) => html.replaceAll("http-equiv=&#34;refresh", "name=&#34;refresh"),
  /** Tags and attributes have their own names again. */
  names: (html) => html.replaceAll("&lt;no-", "&lt;").replaceAll(" no-target", " target"),
};
const weakened = [
  ["no sandbox and no policy: scripts", (it) => without.sandbox(without.policies(it)), /runs a script/],
  ["no sandbox and no policy: requests", (it) => without.sandbox(without.policies(it)), /asks for http:\/\/thief/],
  ["no policy: requests", without.policies, /asks for http:\/\/thief|opens \d+ connections/],
  ["no other names for tags: connections", without.names, /opens \d+ connections/],
  ["no other names for attributes: connections", (it) => it.replaceAll(" no-target", " target"), /opens \d+ connections/, ["#own"]],
  ["no sandbox and no policy: links", (it) => without.refresh(without.sandbox(without.policies(it))), /opens a window|thief\.example\/go/, ["#go"]],
  ["no sandbox and no policy: dialogs", (it) => without.sandbox(without.policies(it)), /shows a dialog/],
  ["a cover over the page", (it) => it.replace("<h1>", '<div style="position:fixed;inset:0;z-index:9"></div><h1>'), /is covered by/],
  ["an end of a frame that is not escaped", (it) => without.policies(it).replace("&lt;p id=&#34;one&#34;&gt;&#34;&amp;gt;", '&lt;p&gt;"></iframe><script>window.__pwned="out"</script>'), /runs a script/],
  ["a page that is too wide", (it) => it.replace("<h1>", '<div style="width:3000px">wide</div><h1>'), /pixels too wide/],
];
for (const [name, weaken, expected, links] of weakened) {
  const copy = weaken(hostile);
  const it = await Watched.open(copy);
  if (links) await it.follow(links);
  const found = copy === hostile ? [] : await it.faults();
  check(`caught: ${name}`, found.some((it) => expected.test(it)) ? [] : [`it passes: ${JSON.stringify(found)}`]);
  await it.close();
}

// Widths, and what is kept for people to look at.
for (const [name, html] of Object.entries({ hostile, shop })) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [1280, 390]) {
      const it = await Watched.open(html, { width, scheme });
      check(`${name}, ${scheme}, ${width} pixels`, await it.faults());
      await it.keep(join(out, `review.${name}.${width}.${scheme}.png`));
      await it.close();
    }
  }
  const narrow = await Watched.open(html, { width: 360 });
  check(`${name}: fits on a telephone`, await narrow.faults());
  await narrow.close();
}
{
  const it = await Watched.open(shop);
  const widths = () => it.page.locator("iframe").evaluateAll((all) => all.map((frame) => frame.clientWidth));
  check("emails are as wide as on a desktop", (await widths()).filter((width) => width < 600).map(String));
  await it.page.locator("label[for=phone]").click();
  check("emails can be as narrow as on a telephone", (await widths()).filter((width) => width !== 360).map(String));
  await it.close();
}

await browser.close();
ear.close();
finish();
