/* lib: records to render, a Chromium that counts what must not happen, and a tally of checks. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import puppeteer from "puppeteer-core";

const STOKER = process.env.STOKER || "build/stoker";
export const FIXTURE = "tests/fixtures/runs/page";
export const folder = mkdtempSync(join(tmpdir(), "stoker-page-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

let passed = 0, failed = 0;

export function check(name, ok, seen) {
  if (ok) passed++;
  else { failed++; console.log(`not ok ${name}${seen === undefined ? "" : ": " + JSON.stringify(seen)}`); }
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

/* The page of a record, as a file. */
export function render(record, name) {
  const page = join(folder, name + ".html");
  writeFileSync(page, execFileSync(STOKER, ["report", join(record, "run.json"), "--format", "html"], { maxBuffer: 1 << 28 }));
  return page;
}

/* The page of a difference of two folded texts, as a file. */
export function renderDifference(base, head) {
  const page = join(folder, "difference.html"), files = ["base", "head"].map(side => join(folder, side + ".folded"));
  writeFileSync(files[0], base);
  writeFileSync(files[1], head);
  execFileSync(STOKER, ["diff", ...files, "-o", page]);
  return page;
}

export function readFlame(record, key) {
  return JSON.parse(gunzipSync(readFileSync(join(record, `flame-${key}.json.gz`))));
}

/* A record of its own: the fixture with run and flame graph as they were made. */
export function writeRecord(name, run, flames) {
  const record = join(folder, name);
  mkdirSync(record);
  writeFileSync(join(record, "run.json"), typeof run === "string" ? run : JSON.stringify(run));
  for (const flame of flames) writeFileSync(join(record, `flame-${flame.short_name}.json.gz`), gzipSync(JSON.stringify(flame)));
  return record;
}

export function readRun() {
  return JSON.parse(readFileSync(join(FIXTURE, "run.json"), "utf8"));
}

export async function launch() {
  return puppeteer.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"] });
}

/* Open a page; page.trouble collects console errors (a broken policy is one), exceptions, dialogs, and
 * page.requests every request. */
export async function open(browser, file, { width = 1400, scheme = "light", javascript = true } = {}) {
  const page = await browser.newPage();
  page.trouble = [];
  page.requests = [];
  page.on("console", message => { if (message.type() === "error") page.trouble.push(message.text()); });
  page.on("pageerror", error => page.trouble.push(error.message));
  page.on("dialog", dialog => { page.trouble.push("dialog: " + dialog.message()); dialog.dismiss(); });
  page.on("request", request => page.requests.push(request.url()));
  await page.setJavaScriptEnabled(javascript);
  await page.setOfflineMode(true);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setViewport({ width, height: 900 });
  await page.goto("file://" + file);
  if (javascript) await page.waitForFunction(() => document.documentElement.dataset.ready === "true", { timeout: 20000 });
  return page;
}

/* Two frames later everything that was asked for is drawn. */
export function settle(page) {
  return page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))));
}

/* The middle of a frame of the flame graph by its function's name, in the page's coordinates. */
export async function frameAt(page, name) {
  return page.evaluate(wanted => {
    const flame = window.stokerPage.view.flame, box = flame.box.getBoundingClientRect();
    for (const pane of flame.panes)
      for (let i = 0; i < pane.tree.len; i++) {
        if (frameName(pane.tree, i) !== wanted) continue;
        const place = flame.placeOf(pane, i);
        if (place && place.w > 2) return { x: box.left + place.x + place.w / 2, y: box.top + place.y + 10 };
      }
    return null;
  }, name);
}
