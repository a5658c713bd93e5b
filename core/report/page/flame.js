/* flame: draws flame graphs on a canvas: only what is wide enough and in sight; tells what lies where. */

const ROW = 20, FONT_SIZE = 11.5, LEAST = 0.5;
const FONT = FONT_SIZE + "px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/* box: an element that scrolls; its canvas stays in sight. panes: { tree, flip, zoom, title }, from top
 * to bottom; flip draws the root at the bottom. style: { mode, colours, palette, all, hit, focus }. */
class Flame {
  constructor(box) {
    this.box = box;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.spacer = make("div", { class: "spacer" });
    box.append(this.canvas, this.spacer);
    this.context = this.canvas.getContext("2d");
    this.panes = [];
    this.style = {};
    this.drawn = 0;
    this.pending = 0;
    box.addEventListener("scroll", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  show(panes) {
    this.panes = panes;
    this.redraw();
  }

  redraw() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => { this.pending = 0; this.draw(); });
  }

  value(tree, i) {
    const mode = this.style.mode;
    return mode === "base" ? tree.base[i] : mode === "head" ? tree.head[i] : tree.base[i] + tree.head[i];
  }

  /* Rows that a pane takes: from the root down to the deepest frame of what it is zoomed to. */
  rowsOf(pane) {
    const { tree, zoom } = pane;
    let deepest = tree.level[zoom];
    for (let i = zoom; i < tree.end[zoom]; i++) if (tree.level[i] > deepest) deepest = tree.level[i];
    return deepest + 1;
  }

  draw() {
    const width = this.box.clientWidth, ratio = devicePixelRatio || 1;
    if (!width) return;
    let top = 0;
    for (const pane of this.panes) {
      const key = pane.zoom;
      if (pane.rowsFor !== key) { pane.rows = this.rowsOf(pane); pane.rowsFor = key; }
      pane.top = top;
      top += pane.rows * ROW + (pane.gap || 0);
    }
    const canvas = this.canvas, scrolled = this.box.scrollTop;
    canvas.style.height = this.spacer.style.marginTop = "0";
    this.spacer.style.height = top + "px";
    const height = Math.min(top, this.box.clientHeight || top);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = width + "px";
    }
    canvas.style.height = height + "px";
    this.spacer.style.marginTop = -height + "px"; /* the canvas lies on it */
    if (this.box.scrollTop !== scrolled) this.box.scrollTop = scrolled;
    this.width = width;
    this.height = height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.context.font = FONT;
    this.context.textBaseline = "middle";
    this.letter = this.context.measureText("0").width;
    this.dark = isDark();
    this.ink = { text: colour("ink"), dim: colour("dim"), line: colour("page"), focus: colour("focus"), hit: colour("hit") };
    this.drawn = 0;
    for (const pane of this.panes) this.drawPane(pane);
  }

  /* x and width of frames in sight, by row, for looking up what lies under the pointer. */
  drawPane(pane) {
    const { tree, zoom } = pane, whole = this.value(tree, zoom);
    pane.at = Array.from({ length: pane.rows }, () => ({ frames: [], x: [], w: [] }));
    for (let up = tree.up[zoom]; up >= 0; up = tree.up[up]) this.frame(pane, up, 0, this.width, true);
    if (!(whole > 0)) { this.frame(pane, zoom, 0, this.width, false); return; }
    const scale = this.width / whole, cursor = new Float64Array(tree.depth + 3);
    const from = tree.level[zoom];
    for (let i = zoom; i < tree.end[zoom];) {
      const level = tree.level[i] - from, w = this.value(tree, i) * scale, x = cursor[level];
      cursor[level] = x + w;
      if (w < LEAST) { this.sliver(pane, tree.level[i], x, w); i = tree.end[i]; continue; }
      cursor[level + 1] = x;
      this.frame(pane, i, x, w, false);
      i++;
    }
    this.flushSliver(pane);
  }

  y(pane, level) {
    return pane.top + (pane.flip ? pane.rows - 1 - level : level) * ROW - this.box.scrollTop;
  }

  /* Frames that are too narrow stand together as one grey strip. */
  sliver(pane, level, x, w) {
    const last = this.strip;
    if (last && last.level === level && x - (last.x + last.w) < 0.01) { last.w += w; return; }
    this.flushSliver(pane);
    this.strip = { level, x, w };
  }

  flushSliver(pane) {
    const strip = this.strip;
    this.strip = null;
    if (!strip || strip.w < LEAST) return;
    const y = this.y(pane, strip.level);
    if (y < -ROW || y > this.height) return;
    this.context.fillStyle = grey(this.dark, true);
    this.context.fillRect(strip.x, y, strip.w, ROW - 1);
  }

  frame(pane, i, x, w, isAbove) {
    const level = pane.tree.level[i], y = this.y(pane, level), row = pane.at[level];
    row.frames.push(i); row.x.push(x); row.w.push(w);
    if (y < -ROW || y > this.height) return;
    const context = this.context, fill = this.fill(pane, i);
    this.drawn++;
    context.globalAlpha = isAbove ? 0.55 : 1;
    context.fillStyle = fill;
    context.fillRect(x, y, Math.max(w - (w > 3 ? 1 : 0), LEAST), ROW - 1);
    if (pane.marks && pane.marks[i] & 3 && w > 8) this.stripe(x, y, w);
    if (w > 22) this.label(pane, i, x, y, w);
    context.globalAlpha = 1;
    if (this.style.focus && this.style.focus.pane === pane && this.style.focus.frame === i) {
      context.strokeStyle = this.ink.focus;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, Math.max(w - 3, 1), ROW - 3);
    }
  }

  /* A verdict is told by more than its colour. */
  stripe(x, y, w) {
    this.context.fillStyle = this.ink.text;
    this.context.globalAlpha *= 0.75;
    this.context.fillRect(x, y + ROW - 4, w - 1, 2);
    this.context.globalAlpha = 1;
  }

  fill(pane, i) {
    const { style, dark } = this, { tree } = pane, name = tree.name[i];
    if (style.hit) {
      if (name >= 0 && style.hit[name]) return this.ink.hit;
      return grey(dark, true);
    }
    if (name < 0) return grey(dark, true);
    if (style.colours === "package") return i === 0 && !tree.root ? grey(dark, false) : packageColour(tree.names[name], dark);
    const difference = differenceOf(tree, i, pane.marks || [], style.all);
    return difference ? tint(PALETTES[style.palette][difference[0]], difference[1], dark) : grey(dark, false);
  }

  label(pane, i, x, y, w) {
    const context = this.context, tree = pane.tree, from = Math.max(x, 0);
    const room = Math.floor((w - 8) / this.letter);
    let text = frameName(tree, i);
    if (text.length > room) {
      const short = text.slice(text.lastIndexOf("/", text.length - 2) + 1);
      text = short.length <= room ? short : room > 2 ? short.slice(0, room - 1) + "…" : "";
    }
    if (!text) return;
    context.fillStyle = tree.name[i] < 0 || (this.style.hit && !(tree.name[i] >= 0 && this.style.hit[tree.name[i]])) ? this.ink.dim : this.ink.text;
    if (/^[\x20-\x7e…]*$/.test(text)) { context.fillText(text, from + 4, y + ROW / 2); return; }
    context.save(); /* other scripts are not as wide as they are long */
    context.beginPath();
    context.rect(x, y, w - 4, ROW);
    context.clip();
    context.fillText(text, from + 4, y + ROW / 2);
    context.restore();
  }

  /* What lies at a point of the box: { pane, frame }, or null. */
  find(x, y) {
    const at = y + this.box.scrollTop;
    for (const pane of [...this.panes].reverse()) { /* the last one lies on top */
      const row = Math.floor((at - pane.top) / ROW);
      if (row < 0 || row >= pane.rows || !pane.at) continue;
      const level = pane.flip ? pane.rows - 1 - row : row, { frames, x: xs, w } = pane.at[level];
      let low = 0, high = frames.length - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        if (x < xs[middle]) high = middle - 1;
        else if (x >= xs[middle] + w[middle]) low = middle + 1;
        else return { pane, frame: frames[middle] };
      }
    }
    return null;
  }

  /* Where a frame is, in the box's coordinates; null when it is not drawn. */
  placeOf(pane, frame) {
    const row = pane.at && pane.at[pane.tree.level[frame]], at = row ? row.frames.indexOf(frame) : -1;
    return at < 0 ? null : { x: row.x[at], w: row.w[at], y: this.y(pane, pane.tree.level[frame]) };
  }

  /* Scroll so that a frame can be seen. */
  reveal(pane, frame) {
    const level = pane.tree.level[frame], y = pane.top + (pane.flip ? pane.rows - 1 - level : level) * ROW;
    if (y < this.box.scrollTop) this.box.scrollTop = y;
    else if (y + ROW > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = y + ROW - this.box.clientHeight;
  }
}
