/* test_page: the page in a real Chromium: what people do with it, how it looks, and what hostile names try. */
import { readFileSync, statSync } from "node:fs";
import { FIXTURE, check, finish, frameAt, launch, open, readFlame, readRun, render, renderDifference, settle, writeRecord } from "./lib.mjs";

const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const text = (page, selector) => page.$eval(selector, element => element.textContent);
const shownRows = page => page.$$eval("section.type:not([hidden]) tbody tr:not([hidden])", rows => rows.map(row => ({
  name: row.querySelector("th .fn:last-of-type").textContent, verdict: row.dataset.verdict, change: row.cells[4].dataset.v })));
const state = page => page.evaluate(() => {
  const view = window.stokerPage.view, main = view.main;
  return { zoom: frameName(main.tree, main.zoom), sandwich: view.state.sandwich === null ? null : main.tree.names[view.state.sandwich],
    focus: view.focus && frameName(view.focus.pane.tree, view.focus.frame), search: view.state.search, mode: view.state.mode, drawn: view.flame.drawn };
});

async function press(page, selector, label) {
  await page.evaluate((where, words) => {
    const button = [...document.querySelectorAll(where + " button")].find(one => one.textContent.startsWith(words));
    if (!button) throw new Error("no button " + words);
    button.click();
  }, selector, label);
  await settle(page);
}

async function testTable(page) {
  const all = await shownRows(page);
  check("table: worst first", all[0].name === "pricing.apply_rules" && all[0].verdict === "regression", all[0]);
  check("table: a screen of rows", all.length === 15, all.length);
  await press(page, "section.type:not([hidden])", "Show all");
  check("table: show all", (await shownRows(page)).length === 20);

  await page.click("section.type:not([hidden]) thead th:nth-child(5) button");
  let rows = await shownRows(page);
  const changes = rows.filter(row => row.change !== undefined).map(row => Number(row.change));
  check("sort: largest change first", changes.every((value, i) => i === 0 || changes[i - 1] >= value), changes);
  check("sort: aria-sort", await page.$eval("section.type:not([hidden]) thead th:nth-child(5)", cell => cell.getAttribute("aria-sort")) === "descending");
  await page.click("section.type:not([hidden]) thead th:nth-child(2) button");
  rows = await shownRows(page);
  check("sort: by name", rows.every((row, i) => i === 0 || rows[i - 1].name <= row.name), rows.map(row => row.name).slice(0, 4));

  await press(page, "#table-tools", "dearer");
  rows = await shownRows(page);
  check("filter: dearer only", rows.length === 1 && rows[0].verdict === "regression", rows);
  await press(page, "#table-tools", "all");
  await page.type("#table-tools input", "price quote, tokens");
  check("search: words and alternatives", (await shownRows(page)).map(row => row.name).join() === "search.tokens", await shownRows(page));
  await page.$eval("#table-tools input", input => { input.value = ""; input.dispatchEvent(new Event("input")); });
  await press(page, "#table-tools", "Allocated");
  check("type: the other table", (await shownRows(page)).some(row => row.name === "catalog.render" && row.verdict === "regression"));
  check("type: the other flame graph", await page.evaluate(() => window.stokerPage.view.main.tree.flame.key) === "alloc_space");
  await press(page, "#table-tools", "CPU");
}

async function testFlame(page) {
  await page.$eval("#flame", element => element.scrollIntoView());
  check("flame: something is drawn", (await state(page)).drawn > 10, await state(page));
  const at = await frameAt(page, "products.list");
  await page.mouse.move(at.x, at.y);
  const tip = await text(page, "#flame-view .tip");
  check("flame: tooltip", ["products.list", "demo/products.lua", "per request", "share", "samples"].every(word => tip.includes(word)), tip);
  await page.mouse.click(at.x, at.y);
  await settle(page);
  check("flame: a click zooms", (await state(page)).zoom === "products.list", await state(page));
  check("flame: crumbs", (await text(page, ".crumbs")).includes("shop.handle"), await text(page, ".crumbs"));
  check("flame: fills the width", await page.evaluate(() => {
    const { flame, main } = window.stokerPage.view;
    return Math.abs(flame.placeOf(main, main.zoom).w - flame.width) < 1;
  }));
  await press(page, ".crumbs", "all");
  check("flame: back by the crumbs", (await state(page)).zoom === "all");

  await page.type("#flame-view input[type=search]", "apply_rules");
  await settle(page);
  const count = await text(page, "#flame-view .count");
  check("flame: search counts and shares", /^1 function in \d+ frames, [\d.]+\s%.* of base, [\d.]+\s%.* of head$/.test(count), count);
  await page.$eval("#flame-view input[type=search]", input => { input.value = "nosuch"; input.dispatchEvent(new Event("input")); });
  check("flame: nothing found is said", await text(page, "#flame-view .count") === "nothing found");
  await page.$eval("#flame-view input[type=search]", input => { input.value = ""; input.dispatchEvent(new Event("input")); });

  for (const mode of ["base", "head", "difference"]) {
    await press(page, "#flame-view .tools", mode);
    check("flame: mode " + mode, (await state(page)).mode === mode.replace("difference", "diff") && (await state(page)).drawn > 10);
  }
  await press(page, "#flame-view .tools", "package");
  check("flame: colours by package are said", (await text(page, "#flame-view .legend")).includes("package"));
  await press(page, "#flame-view .tools", "change");
}

/* The pixel in the middle of a frame. */
async function pixel(page, name) {
  return page.evaluate(wanted => {
    const flame = window.stokerPage.view.flame, pane = flame.panes[0], ratio = devicePixelRatio;
    for (let i = 0; i < pane.tree.len; i++) {
      const place = frameName(pane.tree, i) === wanted && flame.placeOf(pane, i);
      if (place && place.w > 8) return [...flame.context.getImageData((place.x + place.w - 4) * ratio, (place.y + 4) * ratio, 1, 1).data].slice(0, 3);
    }
    return null;
  }, name);
}

async function testColours(page) {
  const spread = ([r, g, b]) => Math.max(r, g, b) - Math.min(r, g, b);
  const dearer = await pixel(page, "pricing.apply_rules"), same = await pixel(page, "orders.validate");
  check("colours: dearer is red", dearer[0] > dearer[1] + 40 && dearer[0] > dearer[2] + 40, dearer);
  check("colours: what is not significant is grey", spread(same) < 16, same);
  await page.click("#flame-view .check input");
  await settle(page);
  check("colours: every difference on request", spread(await pixel(page, "orders.validate")) >= 8, await pixel(page, "orders.validate"));
  await page.click("#flame-view .check input");
  await page.select("#flame-view select", "orange-blue");
  await settle(page);
  const orange = await pixel(page, "pricing.apply_rules");
  check("colours: a palette without red and green", orange[0] > orange[2] + 40 && orange[1] > orange[2] + 10, orange);
  await page.select("#flame-view select", "red-green");
}

async function testKeyboard(page) {
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  check("keys: / goes to the search", await page.evaluate(() => document.activeElement.getAttribute("aria-label")) === "Search the flame graph");
  await page.keyboard.type("cart");
  await page.keyboard.press("Escape");
  check("keys: Esc clears the search", (await state(page)).search === "");
  await page.keyboard.press("Escape");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
  let now = await state(page);
  check("keys: down goes to the widest child", now.focus === "products.list", now);
  check("keys: the focus is told", (await text(page, ".frame-details")).includes("products.list"));
  await page.keyboard.press("ArrowLeft");
  now = await state(page);
  check("keys: left goes to a sibling", now.focus === "orders.place", now);
  await page.keyboard.press("Enter");
  check("keys: Enter zooms", (await state(page)).zoom === "orders.place");
  await page.keyboard.press("Backspace");
  check("keys: Backspace goes back", (await state(page)).zoom === "shop.handle", await state(page));
  await page.keyboard.press("s");
  await settle(page);
  check("keys: S shows callers and callees", (await state(page)).sandwich === "shop.handle", await state(page));
  await page.keyboard.press("Escape");
  check("keys: Esc clears all", (await state(page)).zoom === "all" && (await state(page)).sandwich === null);
}

async function testSandwich(page) {
  await page.$eval("section.type:not([hidden]) tbody tr[data-row='0'] .fn-button", button => button.click());
  await settle(page);
  const seen = await page.evaluate(() => {
    const view = window.stokerPage.view, tree = view.main.tree, wanted = view.state.sandwich, [callers, callees] = view.panes;
    let base = 0;
    for (let i = 1; i < tree.len; i++) if (tree.name[i] === wanted) base += tree.base[i];
    const direct = [];
    for (let i = 1; i < callers.tree.len; i = callers.tree.end[i]) direct.push(frameName(callers.tree, i));
    return { name: tree.names[wanted], base, root: callees.tree.base[0], callersRoot: callers.tree.base[0], direct, flip: callers.flip };
  });
  check("sandwich: of the row that was chosen", seen.name === "pricing.apply_rules", seen);
  check("sandwich: all occurrences together", Math.abs(seen.base - seen.root) < 1e-6 * seen.base && Math.abs(seen.callersRoot - seen.base) < 1e-6 * seen.base, seen);
  check("sandwich: callers above", seen.flip === true && seen.direct.length > 1 && seen.direct.includes("products.list"), seen.direct);
  const [own, caller] = [await pixel(page, "pricing.apply_rules"), await pixel(page, "products.list")];
  check("sandwich: the dearer one is red, its callers paler", own[0] > own[1] + 40 && caller[0] > caller[1] + 5 && caller[1] > own[1], [own, caller]);
  await press(page, ".crumbs", "all");
}

/* A run of one build: rows of hotspots lead into the flame graph, and the same slices open elsewhere. */
async function testHotspots(browser) {
  const run = readRun(), [first] = run.comparisons, flame = { ...readFlame(FIXTURE, first.short_name), is_idle: true };
  const spots = first.rows.map(row => ({ function: row.function, cost: row.head_cost, lo: row.head_cost * 0.9, hi: row.head_cost * 1.1,
    background_per_s: 0, share: row.share, samples: row.n_head, link: row.link }));
  run.hotspots = [{ type_id: first.type_id, short_name: first.short_name, unit: first.unit, slices_idle: 0, slices_load: 4,
    total: first.total.head_cost, total_lo: first.total.head_cost, total_hi: first.total.head_cost, samples: 1000, rows: spots }];
  Object.assign(run, { mode: "idle", comparisons: [] });
  const page = await open(browser, render(writeRecord("hotspots", run, [flame]), "hotspots"));
  const name = await text(page, "tbody tr[data-row='0'] .fn");
  await page.$eval("tbody tr[data-row='0'] .fn-button", button => button.click());
  await settle(page);
  check("hotspots: a row leads to its function in the flame graph", (await state(page)).sandwich === name, [await state(page), name]);
  check("hotspots: they open elsewhere", (await text(page, "#exports")).includes("speedscope"));
  await page.close();
}

async function testExport(page) {
  const document = await page.evaluate(() => {
    const flame = window.stokerPage.flames[0];
    return { made: speedscope(flame, "x"), base: flame.base[0], head: flame.head[0] };
  });
  const sums = document.made.profiles.map(profile => profile.weights.reduce((a, b) => a + b, 0));
  check("speedscope: both sides with all they cost", sums[0] === document.base && sums[1] === document.head, [sums, document.base, document.head]);
  check("speedscope: frames exist", document.made.profiles.every(profile => profile.samples.flat().every(i => document.made.shared.frames[i].name)));
}

async function testLooks(browser, file) {
  for (const width of [390, 1400])
    for (const scheme of ["light", "dark"]) {
      const page = await open(browser, file, { width, scheme });
      await settle(page);
      const looks = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, paper: getComputedStyle(document.body).backgroundColor }));
      check(`looks: ${width} px ${scheme}, no scrolling sideways`, looks.scroll <= width, looks.scroll);
      const light = Number(looks.paper.match(/\d+/)[0]) > 128;
      check(`looks: ${width} px ${scheme}, the paper`, light === (scheme === "light"), looks.paper);
      await page.evaluate(axe);
      const result = await page.evaluate(() => axe.run());
      check(`accessible: ${width} px ${scheme}`, result.violations.length === 0, result.violations.map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 120)]));
      check(`quiet: ${width} px ${scheme}`, page.trouble.length === 0, page.trouble);
      await page.close();
    }
}

async function testWithoutScripts(browser, file) {
  const page = await open(browser, file, { javascript: false });
  const names = await page.$$eval("section.type tbody tr", rows => rows.length).catch(() => -1);
  const session = await page.createCDPSession();
  const { root } = await session.send("DOM.getDocument", { depth: -1 });
  const { outerHTML } = await session.send("DOM.getOuterHTML", { nodeId: root.nodeId });
  check("no scripts: verdict and functions are there", outerHTML.includes("REGRESSION") && outerHTML.includes("pricing.apply_rules"), names);
  await page.close();
}

const HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "\"'><svg onload=alert(3)>", "🔴🧨 naïve", "\u202eevil\u202c", "שלום.עולם(مرحبا)",
  "a".repeat(10000), "javascript:alert(4)", "{{constructor.constructor('alert(5)')()}}", "__proto__", "constructor", "<!--", "]]>", "&lt;b&gt;&amp;", "x\u2028y\u2029z", "a\\u003cb"];

async function testHostile(browser) {
  const run = readRun();
  let n = 0;
  const rename = () => HOSTILE[n++ % HOSTILE.length] + (n > HOSTILE.length ? n : "");
  run.name = HOSTILE[1];
  run.base.title = HOSTILE[0];
  run.head.title = HOSTILE[2];
  run.notes = [{ level: "warn", text: HOSTILE[1] }];
  for (const window of run.windows) window.name = HOSTILE[0];
  for (const slice of run.slices) slice.why_not = slice.counted ? null : HOSTILE[1];
  const flames = run.comparisons.map(one => readFlame(FIXTURE, one.short_name));
  run.comparisons.forEach((comparison, i) => {
    n = 0;
    for (const row of comparison.rows) { row.function.name = rename(); row.function.file = HOSTILE[1] + ".go"; }
    n = 0;
    for (const name of flames[i].names) { name.name = rename(); name.file = HOSTILE[1] + ".go"; name.was = HOSTILE[0]; }
  });
  const record = writeRecord("hostile", run, flames);
  const file = render(record, "hostile");
  for (const width of [390, 1400]) {
    const page = await open(browser, file, { width });
    await settle(page);
    check(`hostile: ${width} px, one request`, page.requests.length === 1, page.requests);
    check(`hostile: ${width} px, no scrolling sideways`, await page.evaluate(() => document.documentElement.scrollWidth) <= width, await page.evaluate(() => document.documentElement.scrollWidth));
    check(`hostile: ${width} px, no element of theirs`, await page.evaluate(() => document.querySelectorAll("img, svg[onload], iframe, object").length) === 0);
    check(`hostile: ${width} px, names as they are`, (await page.$$eval("tbody th .fn", cells => cells.map(one => one.textContent))).includes(HOSTILE[0]));
    const names = await page.evaluate(() => window.stokerPage.view.main.tree.names);
    check(`hostile: ${width} px, no direction marks`, names.length > 5 && !names.some(name => /[\u202a-\u202e\u2028\u2029]/.test(name)), names.length);
    await page.evaluate(() => {
      const { flame, main } = window.stokerPage.view, view = window.stokerPage.view;
      for (let i = 0; i < main.tree.len; i++) { view.select(main, i); if (main.tree.name[i] >= 0) { view.enterSandwich(main.tree.name[i]); view.leaveSandwich(); } view.zoom(main, i); }
      const box = flame.box.getBoundingClientRect();
      view.hover({ clientX: box.left + 20, clientY: box.top + 10 });
    });
    await settle(page);
    check(`hostile: ${width} px, quiet`, page.trouble.length === 0, page.trouble);
    await page.close();
  }
}

/* A run of many functions: both limits of the table and data that is packed. */
async function testLarge(browser) {
  const run = readRun(), flame = readFlame(FIXTURE, "cpu"), rows = run.comparisons[0].rows;
  const like = rows[rows.length - 1];
  for (let i = 0; rows.length < 1500; i++)
    rows.push(Object.assign({}, like, { function: Object.assign({}, like.function, { name: `example.com/service/internal/package${i % 40}.(*Handler).Function${i}` }) }));
  for (let i = 0; i < 40000; i++) {
    if (i < 20000) flame.names.push({ name: `example.com/service/internal/package${i % 40}.(*Handler).Function${i}`, file: "handler.go", line: i + 1 });
    flame.name.push(flame.names.length - 1); flame.level.push(1); flame.base.push(0); flame.head.push(0);
  }
  const file = render(writeRecord("large", run, [flame]), "large");
  const size = statSync(file).size;
  check("large: under 2 MB", size < 2e6, size);
  const page = await open(browser, file);
  await settle(page);
  check("large: the packed flame graph is drawn", (await state(page)).drawn > 10, await state(page));
  check("large: packed", await page.$eval("#flames", element => element.dataset.packed) === "gzip");
  check("large: what is left out is said", (await text(page, "section.type")).includes("500 more functions stand in run.json"));
  check("large: quiet", page.trouble.length === 0, page.trouble);
  await page.close();
}

/* The page opens at the type that the verdict is about, and says which one is drawn. */
async function testFirstType(browser) {
  const run = readRun(), rows = run.comparisons[0].rows;
  for (const row of rows) if (row.verdict !== "inconclusive") row.verdict = "no_change";
  Object.assign(run.comparisons[1].rows[0], { base_cost: 0, change: null, lo: 4.95, hi: null });
  run.gates = [{ name: "cpu", limit: "+5%", text: "+1 %", crossed: false }, { name: "functions", limit: "none", text: "catalog.render", crossed: true }];
  const page = await open(browser, render(writeRecord("alloc", run, [readFlame(FIXTURE, "cpu"), readFlame(FIXTURE, "alloc_space")]), "alloc"), { width: 390 });
  await settle(page);
  check("first: the type with a finding", (await shownRows(page))[0].verdict === "regression", (await shownRows(page))[0]);
  check("first: pressed", await page.$eval("#table-tools button[aria-pressed=true]", button => button.textContent) === "Allocated per request");
  check("first: the flame graph says which", await text(page, "#flame h2") === "Flame graph: Allocated per request", await text(page, "#flame h2"));
  check("first: what is new has no upper limit", (await text(page, "section.type:not([hidden]) tbody")).includes("[+495, +∞]"));
  check("first: a gate without a limit", (await text(page, "main")).includes("✗ functions: catalog.render"));
  check("first: narrow figures say what they are", await page.$eval("section.type:not([hidden]) tbody td:nth-child(8)", cell => getComputedStyle(cell, "::after").content) === '" of total"');
  const baselines = await page.$$eval("section.type:not([hidden]) tbody tr:not([hidden])", all => all.map(row => row.querySelector("th").getBoundingClientRect().top <= row.querySelector("td").getBoundingClientRect().top));
  check("first: names above their figures", baselines.every(Boolean));
  await page.setViewport({ width: 1400, height: 900 });
  await settle(page);
  const apart = await page.$$eval("section.type:not([hidden]) tbody tr:not([hidden])", all => Math.max(...all.map(row => {
    const word = document.createRange(), figure = document.createRange();
    word.selectNodeContents(row.querySelector(".v").lastChild);
    figure.selectNodeContents(row.cells[2]);
    return Math.abs(word.getBoundingClientRect().bottom - figure.getBoundingClientRect().bottom);
  })));
  check("first: verdict and figures stand on one line", apart < 1.5, apart);
  await page.close();
}

/* stoker diff: nothing was judged and no requests are known, so nothing is grey and nobody says per request. */
async function testDifference(browser) {
  const page = await open(browser, renderDifference("main;a 100\nmain;b 50\n", "main;a 150\nmain;<i>c</i> 50\n"));
  await settle(page);
  const seen = await state(page);
  check("difference: drawn", seen.drawn >= 3 && seen.mode === "diff", seen);
  check("difference: every difference has a colour", await page.$eval("#flame-view input[type=checkbox]", box => box.checked));
  check("difference: no word of requests", !(await text(page, "main")).includes("per request"), await text(page, ".legend"));
  const heads = await page.$$eval("main .scroll thead th", cells => cells.map(cell => [cell.textContent, getComputedStyle(cell).textAlign]));
  check("difference: heads stand over their figures", heads.every(([name, align]) => (align === "right") === (name !== "function")), heads);
  check("difference: names are text", await page.$("main i:not(.gradient i):not([aria-hidden])") === null);
  check("difference: quiet", page.trouble.length === 0, page.trouble);
  await page.close();
}

const browser = await launch();
try {
  const file = render(FIXTURE, "report");
  const page = await open(browser, file);
  await settle(page);
  check("offline: exactly one request", page.requests.length === 1, page.requests);
  await testTable(page);
  await testFlame(page);
  await testColours(page);
  await testKeyboard(page);
  await testSandwich(page);
  await testExport(page);
  check("quiet: no error, no dialog, no broken policy", page.trouble.length === 0, page.trouble);
  await testLooks(browser, file);
  await testWithoutScripts(browser, file);
  await testHostile(browser);
  await testLarge(browser);
  await testHotspots(browser);
  await testFirstType(browser);
  await testDifference(browser);
} catch (error) {
  check("the test itself", false, error.stack);
} finally {
  await browser.close();
}
finish();
