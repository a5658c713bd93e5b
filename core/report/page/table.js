/* table: sorts, searches and filters the tables of functions; the rows themselves stand in the page. */

const FIRST_ROWS = 15;
const FILTERS = [["all", "all"], ["changed", "changed"], ["regression", "dearer"], ["improvement", "cheaper"], ["moved", "moved"], ["quiet", "nothing seen"], ["rare", "too rare"]];
const FILTER_OF = { regression: ["regression", "changed"], improvement: ["improvement", "changed"], moved: ["moved", "changed"],
  new: ["changed"], vanished: ["changed"], inconclusive: ["changed"], no_change: ["quiet"], quiet: ["quiet"], rare: ["rare"], sure: [] };

class FunctionTable {
  constructor(section, onChoose) {
    this.section = section;
    this.key = section.dataset.type;
    this.body = section.querySelector("tbody");
    this.rows = [...this.body.rows];
    this.texts = this.rows.map(row => row.querySelector("th").textContent.toLowerCase());
    this.order = this.rows.map((_, i) => i);
    this.more = make("button", { type: "button", class: "more", on: { click: () => { this.showsAll = true; this.update(); } } });
    section.append(this.more);
    for (const [column, cell] of [...section.querySelector("thead tr").cells].entries()) {
      const button = cell.querySelector("button");
      if (button) button.addEventListener("click", () => this.sort(cell, column));
    }
    for (const [i, row] of this.rows.entries()) {
      const fn = row.querySelector("th .fn:last-of-type");
      if (onChoose) fn.replaceWith(make("button", { type: "button", class: "fn-button", title: fn.title || "show in the flame graph",
        on: { click: () => onChoose(this.key, Number(row.dataset.row), i) } }, fn.cloneNode(true)));
    }
  }

  sort(cell, column) {
    const down = cell.getAttribute("aria-sort") === "ascending" || (!cell.hasAttribute("aria-sort") && cell.classList.contains("n"));
    for (const other of cell.parentElement.cells) other.removeAttribute("aria-sort");
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keys = this.rows.map(row => {
      const one = row.cells[column];
      return cell.classList.contains("n") ? (one.dataset.v === undefined ? -Infinity : Number(one.dataset.v)) : one.textContent.toLowerCase();
    });
    this.order.sort((a, b) => {
      const way = keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0;
      return (down ? -way : way) || a - b;
    });
    this.body.append(...this.order.map(i => this.rows[i]));
    this.update();
  }

  counts() {
    const counts = { all: this.rows.length };
    for (const row of this.rows) for (const name of FILTER_OF[row.dataset.verdict] || []) counts[name] = (counts[name] || 0) + 1;
    return counts;
  }

  set(filter, text) {
    this.filter = filter;
    this.matcher = makeMatcher(text);
    this.update();
  }

  update() {
    let matching = 0, shown = 0;
    for (const i of this.order) {
      const row = this.rows[i];
      const fits = (!this.filter || this.filter === "all" || (FILTER_OF[row.dataset.verdict] || []).includes(this.filter)) &&
        (!this.matcher || this.matcher(this.texts[i]));
      matching += fits;
      row.hidden = !fits || (!this.showsAll && matching > FIRST_ROWS);
      shown += !row.hidden;
    }
    this.matching = matching;
    this.more.hidden = shown === matching;
    this.more.textContent = `Show all ${grouped(matching)}`;
  }
}

/* The tools above the tables, and which of them is shown. */
class Tables {
  constructor(page) {
    const sections = [...document.querySelectorAll("section.type")];
    if (!sections.length) return;
    this.page = page;
    this.tables = sections.map(section => new FunctionTable(section, page.flames.length ? page.choose : null));
    this.search = make("input", { type: "search", placeholder: "search functions", "aria-label": "Search the table", autocomplete: "off", spellcheck: "false", on: { input: () => this.update() } });
    this.count = make("span", { class: "count", role: "status" });
    this.filters = make("div", { class: "segments", role: "group", "aria-label": "Verdict" });
    const tools = document.getElementById("table-tools");
    if (this.tables.length > 1)
      tools.append(segments("Profile type", this.tables.map(table => [table.key, table.section.querySelector("h3").textContent]), page.first, key => page.showType(key)));
    tools.append(this.search, this.filters, this.count);
    tools.hidden = false;
    this.filter = "all";
  }

  showType(key) {
    if (!this.tables) return;
    for (const table of this.tables) {
      table.section.hidden = table.key !== key;
      if (this.tables.length > 1) table.section.querySelector("h3").className = "sr";
    }
    this.table = this.tables.find(table => table.key === key);
    const counts = this.table.counts();
    const choices = FILTERS.filter(([name]) => counts[name]).map(([name, text]) => [name, `${text} ${counts[name]}`]);
    if (!counts[this.filter]) this.filter = "all";
    const group = segments("Verdict", choices, this.filter, name => { this.filter = name; this.update(); });
    this.filters.replaceWith(group);
    this.filters = group;
    group.hidden = choices.length < 2;
    this.update();
  }

  update() {
    this.table.set(this.filter, this.search.value);
    this.count.textContent = this.search.value ? `${this.table.matching} of ${this.table.rows.length}` : "";
  }
}
