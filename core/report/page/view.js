/* view: the flame graph with everything around it: modes, search, crumbs, details, keyboard. */

class FlameView {
  constructor(element, page) {
    this.page = page; /* { data, flames, verdictOf(key, row) } */
    this.state = { key: null, mode: "diff", colours: "change", palette: "red-green", all: false, search: "", sandwich: null };
    this.element = element;
    this.trees = new Map();
    this.build();
  }

  /* --- the elements around the canvas --- */

  build() {
    const state = this.state;
    this.search = make("input", { type: "search", placeholder: "search functions", "aria-label": "Search the flame graph", autocomplete: "off", spellcheck: "false",
      on: { input: () => { state.search = this.search.value; this.update(); }, keydown: event => this.searchKey(event) } });
    this.count = make("span", { class: "count", role: "status" });
    this.modes = make("span");
    this.colours = segments("Colours", [["change", "change"], ["package", "package"]], "change", value => { state.colours = value; this.update(); });
    this.palette = make("select", { "aria-label": "Palette", on: { change: () => { state.palette = this.palette.value; this.update(); } } },
      make("option", { value: "red-green", text: "red, green" }), make("option", { value: "orange-blue", text: "orange, blue" }));
    this.all = make("input", { type: "checkbox", on: { change: () => { state.all = this.all.checked; this.update(); } } });
    this.crumbs = make("nav", { class: "crumbs", "aria-label": "Where the flame graph is zoomed to" });
    this.box = make("div", { class: "canvas-box", tabindex: "0", role: "application", "aria-describedby": "flame-help",
      "aria-label": "Flame graph; the table of functions above has the same figures" });
    this.tip = make("div", { class: "tip", hidden: true });
    this.details = make("div", { class: "frame-details", "aria-live": "polite" });
    this.legend = make("div", { class: "legend" });
    this.element.replaceChildren(
      make("div", { class: "tools" }, this.search, this.count, this.modes, this.colours, this.palette,
        make("label", { class: "check" }, this.all, "colour every difference")),
      this.crumbs, this.box, this.details, this.legend,
      make("p", { id: "flame-help", class: "dim" }, "Click a frame to zoom. Keys: arrows walk, Enter zooms, Backspace goes back, S shows callers and callees, / searches, Esc clears."));
    this.element.append(this.tip);
    this.flame = new Flame(this.box);
    this.box.addEventListener("mousemove", event => this.hover(event));
    this.box.addEventListener("mouseleave", () => { this.tip.hidden = true; });
    this.box.addEventListener("click", event => this.click(event));
    this.box.addEventListener("keydown", event => this.key(event));
    document.addEventListener("keydown", event => this.pageKey(event));
  }

  /* --- what is shown --- */

  /* The flame graph of a profile type; false if there is none. */
  showType(key) {
    const flame = this.page.flames.find(one => one.key === key);
    this.element.parentElement.hidden = !flame;
    if (!flame) return false;
    const idle = flame.idle, type = this.page.data.types.find(one => one.key === key);
    if (type) this.element.parentElement.querySelector("h2").textContent = "Flame graph: " + type.title;
    Object.assign(this.state, { key, sandwich: null, mode: idle ? "head" : "diff", colours: idle ? "package" : "change" });
    if (flame.rows.every(row => !this.page.rowOf(key, row))) this.state.all = true; /* nothing was judged: nothing is noise */
    this.all.checked = this.state.all;
    this.sides = idle ? ["idle", "load"] : ["base", "head"];
    this.modes.replaceChildren(segments("Which side", [["diff", "difference"], ["base", this.sides[0]], ["head", this.sides[1]]],
      this.state.mode, value => { this.state.mode = value; this.update(); }));
    press(this.colours, this.state.colours);
    if (!this.trees.has(key)) this.trees.set(key, this.prepare(flame));
    this.main = this.trees.get(key);
    this.main.zoom = 0;
    this.showPanes([this.main]);
    return true;
  }

  prepare(flame) {
    const tree = makeTree(flame);
    tree.verdictOf = name => this.page.verdictOf(flame.key, flame.rows[name]);
    return this.pane(tree, {});
  }

  pane(tree, options) {
    return Object.assign({ tree, zoom: 0, marks: markFrames(tree, tree.verdictOf || this.main.tree.verdictOf, options.flip) }, options);
  }

  showPanes(panes) {
    this.panes = panes;
    this.focus = null;
    this.box.scrollTop = 0;
    this.update();
    if (panes.length > 1) this.select(panes[1], 0);
  }

  update() {
    const { state } = this;
    this.found = searchTree(this.main.tree, state.search);
    this.flame.style = { mode: state.mode, colours: state.colours, palette: state.palette, all: state.all, hit: this.found && this.found.hit, focus: this.focus };
    this.flame.show(this.panes);
    this.showCount();
    this.showCrumbs();
    this.showDetails();
    this.showLegend();
    this.palette.hidden = state.colours !== "change";
    this.all.parentElement.hidden = state.colours !== "change";
  }

  share(value, side) {
    const all = this.main.tree[side][0];
    return all > 0 ? percent(value / all) : "–";
  }

  showCount() {
    const found = this.found;
    if (!found) { this.count.textContent = ""; return; }
    const functions = found.functions + (found.functions === 1 ? " function" : " functions");
    this.count.textContent = found.frames === 0 ? "nothing found"
      : `${functions} in ${grouped(found.frames)} frames, ${this.share(found.base, "base")} of ${this.sides[0]}, ${this.share(found.head, "head")} of ${this.sides[1]}`;
  }

  showCrumbs() {
    const crumbs = [];
    if (this.state.sandwich !== null) {
      crumbs.push(make("button", { type: "button", text: "all", on: { click: () => this.leaveSandwich() } }),
        make("span", { text: "callers and callees of " + this.main.tree.names[this.state.sandwich] }));
    } else {
      const { tree, zoom } = this.main;
      for (let i = zoom; i >= 0; i = tree.up[i])
        crumbs.unshift(i === zoom ? make("span", { "aria-current": "true", text: frameName(tree, i) })
          : make("button", { type: "button", text: frameName(tree, i), on: { click: () => this.zoom(this.main, i) } }));
    }
    this.crumbs.replaceChildren(...crumbs);
  }

  /* --- one frame --- */

  figures(pane, i) {
    const tree = pane.tree, flame = this.main.tree.flame, unit = flame.unit;
    const base = tree.base[i], head = tree.head[i], [selfBase, selfHead] = selfCost(tree, i);
    const rows = [["", this.sides[0], this.sides[1], "change"],
      [flame.level_type ? "with callees" : "per request", cost(base, unit, head), cost(head, unit, base), change(base, head)],
      ["itself", cost(selfBase, unit, selfHead), cost(selfHead, unit, selfBase), change(selfBase, selfHead)],
      ["share", this.share(base, "base"), this.share(head, "head"), ""]];
    if (flame.period > 0)
      rows.push(["samples", ...[[base, 0], [head, 1]].map(([value, side]) => grouped(value * flame.divisor[side] / flame.period)), ""]);
    return rows;
  }

  /* What was concluded of the function itself. */
  verdictText(name) {
    const flame = this.main.tree.flame, row = name >= 0 ? this.page.rowOf(flame.key, flame.rows[name]) : null;
    if (!row) return "";
    const [verdict, , , changed, lo, hi] = row;
    const words = { regression: "dearer", improvement: "cheaper", moved: "moved", new: "new", vanished: "gone", inconclusive: "unclear",
      no_change: "same", rare: "too rare to tell", quiet: "nothing seen" };
    const interval = Number.isFinite(lo) && Number.isFinite(hi) && lo !== null && hi !== null ? ` [${percent(lo, true)}, ${percent(hi, true)}]` : "";
    return "the function itself: " + words[verdict] + (changed !== null && interval ? " " + percent(changed, true) + interval : "");
  }

  figuresTable(pane, i) {
    const table = make("table", {});
    for (const [n, cells] of this.figures(pane, i).entries())
      table.append(make("tr", {}, ...cells.map((text, k) => make(n === 0 || k === 0 ? "th" : "td", { text, scope: n === 0 ? "col" : k === 0 ? "row" : null }))));
    return table;
  }

  hover(event) {
    const box = this.box.getBoundingClientRect();
    const found = this.flame.find(event.clientX - box.left, event.clientY - box.top);
    this.box.style.cursor = found ? "pointer" : "default";
    this.tip.hidden = !found;
    if (!found) return;
    const { pane, frame } = found, tree = pane.tree, name = tree.name[frame];
    if (this.tip.frame !== frame || this.tip.tree !== tree) {
      Object.assign(this.tip, { frame, tree });
      const text = frameName(tree, frame);
      this.tip.replaceChildren(make("bdi", { class: "fn", text: text.length > 400 ? text.slice(0, 400) + "…" : text }),
        make("small", { text: name > 0 || (name === 0 && tree.root) ? this.placeText(name) : "" }), this.figuresTable(pane, frame), make("p", { text: this.verdictText(name) }));
    }
    const width = this.tip.offsetWidth, height = this.tip.offsetHeight;
    const x = Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 12));
    const y = event.clientY + 18 + height > innerHeight ? Math.max(8, event.clientY - height - 12) : event.clientY + 18;
    this.tip.style.transform = `translate(${x}px, ${y}px)`;
  }

  placeText(name) {
    const flame = this.main.tree.flame, was = flame.was[name];
    return [flame.places[name], was ? "was " + was : ""].filter(Boolean).join(" · ");
  }

  select(pane, frame) {
    this.focus = { pane, frame };
    this.flame.style.focus = this.focus;
    this.flame.redraw();
    this.showDetails();
  }

  showDetails() {
    const focus = this.focus;
    this.details.hidden = !focus;
    if (!focus) return;
    const { pane, frame } = focus, tree = pane.tree, name = tree.name[frame];
    const isFunction = name >= 0 && (frame > 0 || tree.root);
    const buttons = make("div", { class: "buttons" });
    if (pane === this.main && this.main.zoom !== frame)
      buttons.append(make("button", { type: "button", text: "Zoom", on: { click: () => this.zoom(pane, frame) } }));
    if (isFunction) {
      buttons.append(make("button", { type: "button", text: "Callers and callees", on: { click: () => this.enterSandwich(name) } }),
        make("button", { type: "button", text: "Search for it", on: { click: () => this.searchFor(tree.names[name]) } }),
        make("button", { type: "button", text: "Copy name", on: { click: () => copyText(tree.names[name]) } }));
    }
    const text = frameName(tree, frame);
    this.details.replaceChildren(make("div", {}, make("bdi", { class: "fn", text }), make("small", { text: isFunction ? this.placeText(name) : "" }),
      make("p", { text: this.verdictText(isFunction ? name : -1) }), buttons), this.figuresTable(pane, frame));
  }

  searchFor(text) {
    this.search.value = this.state.search = text;
    this.update();
  }

  /* --- moving about --- */

  zoom(pane, frame) {
    pane.zoom = frame;
    this.focus = { pane, frame };
    this.box.scrollTop = 0;
    this.update();
  }

  click(event) {
    const box = this.box.getBoundingClientRect();
    const found = this.flame.find(event.clientX - box.left, event.clientY - box.top);
    if (found) this.zoom(found.pane, found.frame);
  }

  enterSandwich(name) {
    const parts = sandwich(this.main.tree, name);
    if (parts.occurrences === 0) return;
    this.state.sandwich = name;
    this.showPanes([this.pane(parts.callers, { flip: true, gap: -ROW }), this.pane(parts.callees, {})]);
  }

  leaveSandwich() {
    this.state.sandwich = null;
    this.showPanes([this.main]);
  }

  /* From the frame in focus to a neighbour that is drawn. */
  walk(key) {
    if (!this.focus) { this.select(this.panes[0], this.panes[0].zoom); return; }
    const { pane, frame } = this.focus, tree = pane.tree, up = tree.up[frame];
    const value = i => this.flame.value(tree, i);
    let to = -1;
    if (pane.flip && (key === "ArrowUp" || key === "ArrowDown")) key = key === "ArrowUp" ? "ArrowDown" : "ArrowUp";
    if (key === "ArrowUp") to = up;
    if (key === "ArrowDown")
      for (let i = frame + 1; i < tree.end[frame]; i = tree.end[i]) if (to < 0 || value(i) > value(to)) to = i;
    if (key === "ArrowLeft" && up >= 0)
      for (let i = up + 1; i < frame; i = tree.end[i]) if (value(i) > 0) to = i;
    if (key === "ArrowRight" && up >= 0)
      for (let i = tree.end[frame]; i < tree.end[up] && to < 0; i = tree.end[i]) if (value(i) > 0) to = i;
    if (to < 0) return;
    this.select(pane, to);
    this.flame.reveal(pane, to);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.box) return;
    const focus = this.focus;
    if (event.key.startsWith("Arrow")) this.walk(event.key);
    else if (event.key === "Enter" && focus) this.zoom(focus.pane, focus.frame);
    else if (event.key === "Backspace") this.back();
    else if (event.key.toLowerCase() === "s" && focus && focus.pane.tree.name[focus.frame] >= 0 && (focus.frame > 0 || focus.pane.tree.root))
      this.enterSandwich(focus.pane.tree.name[focus.frame]);
    else return;
    event.preventDefault();
  }

  back() {
    const pane = this.focus ? this.focus.pane : this.main;
    if (pane.zoom > 0) this.zoom(pane, pane.tree.up[pane.zoom]);
    else if (this.state.sandwich !== null) this.leaveSandwich();
  }

  pageKey(event) {
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && !this.element.parentElement.hidden) {
      event.preventDefault();
      this.search.focus();
      this.search.select();
    } else if (event.key === "Escape" && !inField) {
      this.clear();
    }
  }

  searchKey(event) {
    if (event.key === "Escape") { this.searchFor(""); this.box.focus(); }
    if (event.key === "Enter") this.box.focus();
  }

  clear() {
    this.searchFor("");
    this.main.zoom = 0;
    if (this.state.sandwich !== null) this.leaveSandwich();
    else this.showPanes([this.main]);
  }

  /* --- legend --- */

  showLegend() {
    const { state, sides } = this, dark = isDark(), tree = this.main.tree, parts = [];
    if (state.colours === "change") {
      const palette = PALETTES[state.palette], bar = make("span", { class: "gradient" });
      for (let i = -4; i <= 4; i++) {
        const cell = make("i", {});
        cell.style.background = i === 0 ? grey(dark, false) : tint(palette[i < 0 ? "cheaper" : "dearer"], Math.abs(i) / 4, dark);
        bar.append(cell);
      }
      parts.push(make("span", { text: "half the cost" }), bar, make("span", { text: tree.flame.level_type ? "twice the cost" : "twice the cost, per request" }),
        make("span", { class: "dim", text: state.all ? "every difference, also what is only noise" : "grey: no change that could be told from noise; underlined: a function with a verdict; pale: what calls it" }));
    } else {
      parts.push(make("span", { class: "dim", text: "one colour per package" }));
    }
    const width = { diff: `both sides together`, base: sides[0], head: sides[1] }[state.mode];
    parts.push(make("span", { class: "dim", text: `width: ${tree.flame.level_type ? "amount" : "cost per request"}, ${width}` }));
    if (tree.flame.merged > 0) parts.push(make("span", { class: "dim", text: `${grouped(tree.flame.merged)} small frames stand together as “n smaller”` }));
    this.legend.replaceChildren(...parts);
  }
}

/* file:// and sandboxes may have no clipboard. */
function copyText(text) {
  try { navigator.clipboard.writeText(text).catch(() => {}); } catch (error) { /* nothing to copy with */ }
}
