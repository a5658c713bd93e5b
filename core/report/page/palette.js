/* palette: colours of frames: by change of cost, or by package. */

/* Dearer, cheaper, no telling; hue, saturation, lightness for light and dark. The second pair is told
 * apart by people who do not tell red from green. */
const PALETTES = {
  "red-green": { dearer: [4, 74], cheaper: [140, 45] },
  "orange-blue": { dearer: [28, 88], cheaper: [212, 72] },
};

function isDark() {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/* strength 0 to 1. */
function tint([hue, saturation], strength, dark) {
  const lightness = dark ? 24 + strength * 24 : 92 - strength * 34;
  return `hsl(${hue} ${Math.round(saturation * (0.35 + 0.65 * strength))}% ${lightness.toFixed(1)}%)`;
}

function grey(dark, isMerged) {
  return dark ? (isMerged ? "hsl(220 8% 21%)" : "hsl(220 8% 27%)") : (isMerged ? "hsl(220 12% 95%)" : "hsl(220 14% 90%)");
}

/* By package: what stands before the last dot of the last part of the path. */
function packageOf(name) {
  const slash = name.lastIndexOf("/");
  const dot = name.indexOf(".", slash + 1);
  return dot > 0 ? name.slice(0, dot) : name.replace(/::[^:]*$/, "");
}

function packageColour(name, dark) {
  let hash = 2166136261;
  for (const c of packageOf(name)) hash = Math.imul(hash ^ c.codePointAt(0), 16777619);
  const hue = (hash >>> 8) % 360;
  return dark ? `hsl(${hue} 28% 34%)` : `hsl(${hue} 52% 82%)`;
}

/* Full colour from a change of half or twice. */
function strengthOf(base, head) {
  if (base <= 0 || head <= 0) return 1;
  return Math.min(1, Math.abs(Math.log2(head / base)));
}

/* What a frame's colour is in the difference: the palette's key and a strength, or null for grey.
 * Without `all` only functions with a verdict of their own have a colour, and paler what calls them. */
function differenceOf(tree, i, marks, all) {
  const base = tree.base[i], head = tree.head[i];
  if (base === head || tree.name[i] < 0) return null;
  const key = head > base ? "dearer" : "cheaper";
  if (all) return [key, strengthOf(base, head)];
  const mark = marks[i];
  if (!(mark & (head > base ? 5 : 10))) return null;
  return [key, mark & 3 ? Math.max(0.55, strengthOf(base, head)) : Math.min(0.3, 0.12 + strengthOf(base, head))];
}

/* 1 a function that got dearer, 2 cheaper; 4, 8 one above such a frame. The root of a tree of callers
 * lies at its bottom: all that call it stand above it. */
function markFrames(tree, verdictOf, isCallers) {
  const marks = new Uint8Array(tree.len), first = tree.root ? 0 : 1;
  for (let i = tree.len - 1; i >= first; i--) {
    const verdict = tree.name[i] >= 0 ? verdictOf(tree.name[i]) : null;
    if (verdict === "regression" || (verdict === "new" && tree.head[i] > tree.base[i])) marks[i] |= 1;
    if (verdict === "improvement" || (verdict === "vanished" && tree.head[i] < tree.base[i])) marks[i] |= 2;
    if (i === 0 || isCallers) continue;
    if (marks[i] & 5) marks[tree.up[i]] |= 4;
    if (marks[i] & 10) marks[tree.up[i]] |= 8;
  }
  if (isCallers) for (let i = 1; i < tree.len; i++) marks[i] |= (marks[0] & 3) << 2;
  return marks;
}
