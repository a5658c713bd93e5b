/* base: what all scripts of the page use: elements, numbers, data. */
"use strict";

/* make("td", { class: "n", text: "x", on: { click: f } }, child, …). Texts go in as text only. */
function make(tag, options, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options || {})) {
    if (key === "text") element.textContent = value;
    else if (key === "on") for (const [name, fn] of Object.entries(value)) element.addEventListener(name, fn);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

function svg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/* A group of buttons of which one is pressed; choices are [value, text]. */
function segments(label, choices, value, choose) {
  const group = make("div", { class: "segments", role: "group", "aria-label": label });
  for (const [key, text] of choices)
    group.append(make("button", { type: "button", "data-value": key, "aria-pressed": String(key === value), text,
      on: { click: () => { press(group, key); choose(key); } } }));
  return group;
}

function press(group, value) {
  for (const button of group.children)
    button.setAttribute("aria-pressed", String(button.dataset.value === value));
}

const SCALES = {
  nanoseconds: [["s", 1e9, 1e9], ["ms", 1e6, 1e5], ["µs", 1e3, 1e3], ["ns", 1, 0]],
  bytes: [["GiB", 2 ** 30, 2 ** 30], ["MiB", 2 ** 20, 2 ** 20], ["KiB", 1024, 1024], ["B", 1, 0]],
  ms: [["s", 1000, 1000], ["ms", 1, 0]],
};

function digits(value) {
  const size = Math.abs(value);
  if (size >= 999.5) return grouped(Math.round(value));
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2).replace("-", "−");
}

function grouped(count) {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/* Three significant digits; a pair of numbers has one unit, that of the larger. */
function cost(value, unit, beside) {
  if (!Number.isFinite(value)) return "–";
  const largest = Math.max(Math.abs(value), Math.abs(beside || 0));
  const scales = SCALES[unit] || [["", 1, 0]];
  const scale = scales.find(one => largest >= one[2] * 0.9995) || scales[scales.length - 1];
  return digits(value / scale[1]) + (scale[0] ? "\u00a0" + scale[0] : "");
}

function percent(fraction, sign) {
  if (!Number.isFinite(fraction)) return "–";
  const text = (Math.abs(fraction) * 100).toFixed(Math.abs(fraction) < 9.995 ? 1 : 0);
  return (fraction < 0 ? "−" : sign ? "+" : "") + text + "\u00a0%";
}

/* The change from base to head in words where there is no ratio. */
function change(base, head) {
  if (base <= 0) return head > 0 ? "new" : "–";
  return head <= 0 ? "gone" : percent(head / base - 1, true);
}

/* Colours are the style's: scripts ask for them by name, and again when the scheme changes. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

async function readData(id) {
  const element = document.getElementById(id);
  if (!element) return null;
  if (element.dataset.packed !== "gzip") return JSON.parse(element.textContent);
  const text = atob(element.textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i); /* ten times as fast as Uint8Array.from */
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/* Hand a text over as a file. */
function download(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = make("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
