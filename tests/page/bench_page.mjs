/* bench_page: how long the page takes with a large flame graph; medians of five. */
import { statSync } from "node:fs";
import { FIXTURE, folder, launch, readFlame, readRun, render, writeRecord } from "./lib.mjs";

/* A random tree, 70 deep; head differs by up to a tenth. */
function grow(flame, frames) {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  flame.names = Array.from({ length: 4000 }, (_, i) => ({ name: `example.com/service/internal/package${i % 60}.(*Handler).Method${i}`, file: `package${i % 60}/handler.go`, line: i + 1 }));
  flame.name = []; flame.level = []; flame.base = []; flame.head = [];
  const add = (level, name, base, head) => { flame.name.push(name); flame.level.push(level); flame.base.push(base); flame.head.push(head); };
  const todo = [[0, 1e12, 1e12, frames]];
  while (todo.length) {
    const [level, base, head, budget] = todo.pop();
    add(level, Math.floor(random() * 4000), Math.floor(base), Math.floor(head));
    if (level >= 70 || budget < 2) continue;
    const children = level > 3 && random() < 0.75 ? 1 : Math.min(budget - 1, 2 + Math.floor(random() * 5));
    const parts = Array.from({ length: children }, () => 0.2 + random()), sum = parts.reduce((x, y) => x + y);
    for (const part of parts) {
      const share = part / sum * (0.99 - 0.1 * random());
      todo.push([level + 1, base * share, head * share * (0.9 + 0.1 * random()), (budget - 1) * part / sum]);
    }
  }
  return flame;
}

const median = list => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const browser = await launch();
console.log("page in " + await browser.version());
for (const frames of [20000, 200000]) {
  const flame = grow(readFlame(FIXTURE, "cpu"), frames);
  const file = render(writeRecord("bench" + frames, readRun(), [flame]), "bench" + frames);
  const times = { paint: [], zoom: [], search: [] };
  let drawn = 0;
  for (let i = 0; i < 5; i++) {
    const page = await browser.newPage();
    await page.setViewport({ width: 1400, height: 900 });
    await page.evaluateOnNewDocument(() => {
      new MutationObserver(() => { if (document.documentElement && document.documentElement.dataset.ready) requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = window.painted || performance.now(); })); })
        .observe(document, { subtree: true, attributes: true, childList: true });
    });
    await page.goto("file://" + file);
    await page.waitForFunction(() => window.painted);
    times.paint.push(await page.evaluate(() => window.painted));
    const measured = await page.evaluate(async () => {
      const view = window.stokerPage.view, two = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      const timed = async work => { await two(); const start = performance.now(); work(); await two(); return performance.now() - start; };
      return { drawn: view.flame.drawn, zoom: await timed(() => view.zoom(view.main, 3)), search: await timed(() => view.searchFor("package7 handler, method12")) };
    });
    times.zoom.push(measured.zoom);
    times.search.push(measured.search);
    drawn = measured.drawn;
    await page.close();
  }
  console.log(`  ${flame.name.length} frames, file ${(statSync(file).size / 1e6).toFixed(2)} MB, ${drawn} drawn: first paint ${median(times.paint).toFixed(0)} ms, zoom ${median(times.zoom).toFixed(0)} ms, search ${median(times.search).toFixed(0)} ms`);
}
await browser.close();
