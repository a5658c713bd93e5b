/* time: one axis for the whole run: windows, requests, latency, cost of each slice. */

const LANES = { windows: 22, requests: 64, latency: 76, cost: 76, gap: 22, left: 64, right: 10, axis: 22 };

class TimeChart {
  constructor(element, time, mode) {
    this.element = element;
    this.time = time;
    this.isPaired = mode === "paired";
    this.tip = make("div", { class: "tip", hidden: true });
    document.body.append(this.tip);
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener("mousemove", event => this.hover(event));
    element.addEventListener("mouseleave", () => { this.tip.hidden = true; });
  }

  draw() {
    const width = this.element.clientWidth, { time } = this;
    if (!width || width === this.width || !(time.length > 0)) return;
    this.width = width;
    this.x = ms => LANES.left + ms / time.length * (width - LANES.left - LANES.right);
    this.root = svg("svg", { width, role: "img", "aria-label": "Requests, latency and cost over the time of the run; the table below has the same figures" });
    let y = 4;
    y = this.windowsLane(y);
    y = this.requestsLane(y);
    y = this.latencyLane(y);
    y = this.costLane(y);
    y = this.axis(y);
    this.root.setAttribute("height", y);
    this.element.replaceChildren(this.root, this.legend());
  }

  add(tag, attributes, text) {
    const element = svg(tag, attributes, text);
    this.root.append(element);
    return element;
  }

  title(y, height, text, most) {
    this.add("text", { x: 0, y: y + 11, class: "lane" }, text);
    if (most) this.add("text", { x: LANES.left - 8, y: y + 26, class: "tick", "text-anchor": "end" }, most);
    this.add("path", { class: "rule", d: `M${LANES.left} ${y + height + 0.5}H${this.width - LANES.right}` });
  }

  sideClass(window) {
    if (window.kind === "warmup") return "warm";
    if (window.kind === "idle") return "base";
    return window.side === 0 ? "base" : "head";
  }

  windowsLane(y) {
    const height = LANES.windows;
    this.add("text", { x: 0, y: y + 15, class: "lane" }, this.isPaired ? "blocks" : "windows");
    for (const window of this.time.windows) {
      const x = this.x(window.start), w = Math.max(this.x(window.end) - x - 1, 1), kind = this.sideClass(window);
      this.add("rect", { x, y, width: w, height: height - 2, rx: 2, class: "window " + kind });
      const text = window.kind === "warmup" ? "warm-up" : window.kind === "block" ? kind : window.kind;
      if (w > text.length * 6.5 + 6) this.add("text", { x: x + w / 2, y: y + 14, class: "tag " + kind, "text-anchor": "middle" }, text);
    }
    return y + height + LANES.gap / 2;
  }

  requestsLane(y) {
    const height = LANES.requests, rates = this.time.rates, most = Math.max(1, ...rates[0], ...rates[1]);
    this.title(y, height, "requests/s", digits(most));
    rates.forEach((line, side) => {
      let path = "", open = false;
      line.forEach((rate, i) => {
        const from = this.x(i * this.time.step), to = this.x(Math.min((i + 1) * this.time.step, this.time.length));
        const at = (y + height - rate / most * (height - 16)).toFixed(1);
        if (rate <= 0) { if (open) path += `V${y + height}Z`; open = false; return; }
        path += open ? `V${at}H${to.toFixed(1)}` : `M${from.toFixed(1)} ${y + height}V${at}H${to.toFixed(1)}`;
        open = true;
      });
      if (open) path += `V${y + height}Z`;
      if (path) this.add("path", { d: path, class: "area " + (side === 0 ? "base" : "head") });
    });
    return y + height + LANES.gap;
  }

  /* p50 as a line, p95 as a paler one, per window; a scale of logarithms where one stall hides the rest. */
  latencyLane(y) {
    const height = LANES.latency, windows = this.time.windows.filter(one => one.p95 > 0);
    if (!windows.length) return y;
    const most = Math.max(...windows.map(one => one.p95)), least = Math.min(...windows.map(one => one.p50).filter(v => v > 0));
    const isLog = most / least > 12;
    const at = value => y + height - (isLog ? Math.log(value / least * 1.2) / Math.log(most / least * 1.2) : value / most) * (height - 18);
    this.title(y, height, isLog ? "latency, log" : "latency", cost(most, "ms"));
    for (const window of windows) {
      const from = this.x(window.start) + 1, to = this.x(window.end) - 1, side = this.sideClass(window);
      this.add("path", { class: "spread " + side, d: `M${from} ${at(window.p50)}H${to}V${at(window.p95)}H${from}Z` });
      this.add("path", { class: "line " + side, d: `M${from} ${at(window.p50)}H${to}` });
      this.add("path", { class: "line thin " + side, d: `M${from} ${at(window.p95)}H${to}` });
    }
    return y + height + LANES.gap;
  }

  costLane(y) {
    const height = LANES.cost, slices = this.time.slices.filter(one => one.cost > 0);
    if (!slices.length) return y;
    const counted = slices.filter(one => one.counted);
    const most = Math.max(...(counted.length ? counted : slices).map(one => one.cost)) * 1.05;
    this.title(y, height, (this.time.unit === "nanoseconds" ? "CPU" : "cost") + "/request", cost(most, this.time.unit));
    for (const slice of slices) {
      const x = Math.max(this.x(slice.start), LANES.left), w = Math.max(this.x(slice.end) - x - 1, 1);
      const h = Math.min(slice.cost / most, 1) * (height - 18);
      this.add("rect", { x, y: y + height - h, width: w, height: h, class: "bar " + (slice.side === 0 ? "base" : "head") + (slice.counted ? "" : " out") });
    }
    return y + height + LANES.gap / 2;
  }

  axis(y) {
    const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400];
    const room = (this.width - LANES.left) / 70, seconds = this.time.length / 1000;
    const step = steps.find(one => seconds / one <= room) || 86400;
    for (let at = 0; at <= seconds; at += step) {
      const x = this.x(at * 1000);
      const text = at >= 60 ? Math.floor(at / 60) + " min" + (at % 60 ? " " + at % 60 : "") : at + " s";
      this.add("path", { class: "rule", d: `M${x} ${y}v4` });
      this.add("text", { x, y: y + 16, class: "tick", "text-anchor": at === 0 ? "start" : x > this.width - 40 ? "end" : "middle" }, text);
    }
    return y + LANES.axis;
  }

  legend() {
    const names = this.isPaired ? ["base", "head"] : ["idle", "load"];
    const parts = names.map((name, side) => make("span", {}, make("i", { class: "key " + (side === 0 ? "base" : "head") }), name));
    if (this.time.windows.some(one => one.p95 > 0)) parts.push(make("span", { class: "dim", text: "latency: from p50 to p95" }));
    if (this.time.slices.some(one => !one.counted)) parts.push(make("span", { class: "dim", text: "pale bars: profile slices that do not count" }));
    return make("div", { class: "legend" }, ...parts);
  }

  hover(event) {
    const box = this.element.getBoundingClientRect(), share = (event.clientX - box.left - LANES.left) / (this.width - LANES.left - LANES.right);
    const at = share * this.time.length, window = this.time.windows.find(one => at >= one.start && at < one.end);
    this.tip.hidden = !window || share < 0;
    if (this.tip.hidden) return;
    const rows = [[window.name + (window.kind === "block" ? ", " + this.sideClass(window) : ""), ""], ["requests", grouped(window.requests)]];
    for (const key of ["p50", "p95", "p99"]) if (window[key] > 0) rows.push([key, cost(window[key], "ms")]);
    if (window.cpu > 0) rows.push(["CPU per request", cost(window.cpu, "nanoseconds")]);
    for (const slice of this.time.slices)
      if (at >= slice.start && at < slice.end) rows.push([`slice of ${slice.side === 0 ? "base" : "head"}`, slice.cost > 0 ? cost(slice.cost, this.time.unit) : "–"], ...(slice.why ? [["does not count", slice.why]] : []));
    const table = make("table", {});
    for (const [name, value] of rows) table.append(make("tr", {}, make("th", { text: name }), make("td", { text: value })));
    this.tip.replaceChildren(table);
    const x = Math.max(8, Math.min(event.clientX + 14, innerWidth - this.tip.offsetWidth - 12));
    this.tip.style.transform = `translate(${x}px, ${event.clientY + 18}px)`;
  }
}
