/* page: reads what stands in the page and puts life into it. */

async function start() {
  const data = await readData("data"), flames = await readData("flames") || [];
  const rows = new Map(data.types.map(type => [type.key, type.rows]));
  const page = {
    data, flames,
    rowOf: (key, row) => row >= 0 && rows.has(key) ? rows.get(key)[row] || null : null,
    verdictOf: (key, row) => (page.rowOf(key, row) || [null])[0],
    choose: (key, row) => chooseRow(page, key, row),
    showType: key => { page.tables.showType(key); if (page.view) page.view.showType(key); },
  };
  if (document.getElementById("time-chart")) new TimeChart(document.getElementById("time-chart"), data.time, data.mode).draw();
  page.first = firstType(data, flames);
  page.tables = new Tables(page);
  if (flames.length) {
    page.view = new FlameView(document.getElementById("flame-view"), page);
    addExports(page);
  }
  if (page.first) page.showType(page.first);
  window.stokerPage = page; /* for a look from the console */
  document.documentElement.dataset.ready = "true";
}

/* The type that the verdict is about is shown at first: one with something dearer, else with any change. */
function firstType(data, flames) {
  const having = verdicts => data.types.find(type => type.rows.some(row => row && verdicts.includes(row[0])));
  const first = having(["regression"]) || having(["improvement", "moved", "new", "vanished"]) || data.types[0] || flames[0]; /* a difference of two files has no judged types */
  return first ? first.key : null;
}

/* A row of the table: search for its function in the flame graph. */
function chooseRow(page, key, row) {
  const flame = page.flames.find(one => one.key === key), name = flame ? flame.rows.indexOf(row) : -1;
  if (name < 0) return;
  page.view.enterSandwich(name);
  document.getElementById("flame").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

function addExports(page) {
  const element = document.getElementById("exports");
  if (!element) return;
  for (const flame of page.flames)
    element.append(make("button", { type: "button", text: `${flame.key} for speedscope (JSON)`, on: { click: () =>
      download(`${page.data.run}-${flame.key}.speedscope.json`, new Blob([JSON.stringify(speedscope(flame, page.data.name + " " + flame.key))], { type: "application/json" })) } }));
  element.append(make("button", { type: "button", text: "flame graph as picture (PNG)", on: { click: () =>
    page.view.flame.canvas.toBlob(blob => { if (blob) download(`${page.data.run}-flame.png`, blob); }) } }));
}

document.addEventListener("DOMContentLoaded", () => { start(); });
