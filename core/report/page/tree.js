/* tree: a flame graph as flat arrays in pre-order, and what is asked of it. */

/* name, level, base, head by frame; end: the first frame behind its subtree; up: its parent. Costs
 * are per request. A negative name, -n, stands for n frames too small to be kept apart. */
function makeTree(flame) {
  const len = flame.name.length;
  const tree = { flame, len, names: flame.names, name: Int32Array.from(flame.name), level: Uint16Array.from(flame.level),
    base: new Float64Array(len), head: new Float64Array(len), end: new Uint32Array(len), up: new Int32Array(len), depth: 0 };
  const open = [];
  for (let i = 0; i < len; i++) {
    tree.base[i] = flame.base[i] / flame.divisor[0];
    tree.head[i] = flame.head[i] / flame.divisor[1];
    const level = tree.level[i];
    while (open.length > level) tree.end[open.pop()] = i;
    tree.up[i] = level > 0 ? open[level - 1] : -1;
    open.push(i);
    if (level > tree.depth) tree.depth = level;
  }
  while (open.length) tree.end[open.pop()] = len;
  return tree;
}

function frameName(tree, i) {
  const name = tree.name[i];
  if (name < 0) return -name + " smaller";
  return i === 0 && !tree.root ? "all" : tree.names[name] || "(no name)";
}

/* What a frame costs itself: without what lies below it. */
function selfCost(tree, i) {
  let base = tree.base[i], head = tree.head[i];
  for (let child = i + 1; child < tree.end[i]; child = tree.end[child]) {
    base -= tree.base[child];
    head -= tree.head[child];
  }
  return [Math.max(0, base), Math.max(0, head)];
}

/* Words are all to be in a name, in any order; a comma separates alternatives. */
function makeMatcher(text) {
  const groups = text.toLowerCase().split(",").map(part => part.split(/\s+/).filter(Boolean)).filter(part => part.length);
  return groups.length ? name => groups.some(words => words.every(word => name.includes(word))) : null;
}

/* Which names match, how many frames carry them, and their cost: frames below a match count with it. */
function searchTree(tree, text) {
  const matcher = makeMatcher(text);
  if (!matcher) return null;
  const hit = new Uint8Array(tree.names.length);
  const found = { hit, frames: 0, functions: 0, base: 0, head: 0 };
  const lower = tree.lower || (tree.lower = tree.names.map(name => name.toLowerCase()));
  const seen = new Uint8Array(tree.names.length);
  for (let n = 0; n < hit.length; n++) hit[n] = matcher(lower[n]) ? 1 : 0;
  for (let i = 1, covered = 0; i < tree.len; i++) {
    const name = tree.name[i];
    if (name < 0 || !hit[name]) continue;
    found.frames++;
    if (!seen[name]) { seen[name] = 1; found.functions++; }
    if (i < covered) continue;
    covered = tree.end[i];
    found.base += tree.base[i];
    found.head += tree.head[i];
  }
  return found;
}

/* A tree that grows by paths, written out in pre-order at the end. */
function makeGrower() {
  const nodes = [{ name: 0, base: 0, head: 0, children: new Map() }];
  return {
    root: nodes[0],
    child(node, name) {
      let child = node.children.get(name);
      if (!child) node.children.set(name, child = { name, base: 0, head: 0, children: new Map() });
      return child;
    },
    finish(tree, name) {
      const out = { name: [], level: [], base: [], head: [] };
      nodes[0].name = name;
      const todo = [[nodes[0], 0]];
      while (todo.length) {
        const [node, level] = todo.pop();
        out.name.push(node.name); out.level.push(level); out.base.push(node.base); out.head.push(node.head);
        const children = [...node.children.values()].sort((a, b) => a.base + a.head - b.base - b.head);
        for (const child of children) todo.push([child, level + 1]);
      }
      const grown = makeTree(Object.assign({}, tree.flame, out, { divisor: [1, 1] }));
      grown.root = true;
      return grown;
    },
  };
}

/* One function, merged over all its occurrences: who calls it, and what it calls. An occurrence
 * below another one of the same function is part of that. */
function sandwich(tree, name) {
  const callers = makeGrower(), callees = makeGrower();
  let occurrences = 0;
  for (let i = 1; i < tree.len; i++) {
    if (tree.name[i] !== name) continue;
    occurrences++;
    addCallers(tree, i, callers);
    addCallees(tree, i, callees);
    i = tree.end[i] - 1;
  }
  return { callers: callers.finish(tree, name), callees: callees.finish(tree, name), occurrences };
}

function addCallers(tree, i, grower) {
  for (let node = grower.root, at = i; ; at = tree.up[at], node = grower.child(node, tree.name[at])) {
    node.base += tree.base[i];
    node.head += tree.head[i];
    if (tree.up[at] <= 0) return;
  }
}

function addCallees(tree, i, grower) {
  const path = [grower.root];
  for (let at = i; at < tree.end[i]; at++) {
    const level = tree.level[at] - tree.level[i];
    if (level > 0) path[level] = grower.child(path[level - 1], tree.name[at]);
    path[level].base += tree.base[at];
    path[level].head += tree.head[at];
  }
}

/* As speedscope reads it: both sides as a profile each, in the values that were sampled. */
function speedscope(flame, title) {
  const unit = flame.unit === "nanoseconds" || flame.unit === "bytes" ? flame.unit : "none";
  const frames = flame.names.map((name, i) => ({ name, file: flame.places[i].replace(/:\d+$/, "") || undefined }));
  const profiles = ["base", "head"].map(side => {
    const values = flame[side], samples = [], weights = [], stack = [];
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      stack.length = flame.level[i];
      stack.push(flame.name[i]);
      let self = values[i];
      for (let j = i + 1; j < values.length && flame.level[j] > flame.level[i]; j++)
        if (flame.level[j] === flame.level[i] + 1) self -= values[j];
      if (self <= 0) continue;
      samples.push(stack.slice(1).filter(name => name >= 0));
      weights.push(self);
      total += self;
    }
    const name = flame.idle ? (side === "base" ? "idle" : "load") : side;
    return { type: "sampled", name: title + " " + name, unit, startValue: 0, endValue: total, samples, weights };
  });
  return { $schema: "https://www.speedscope.app/file-format-schema.json", name: title, exporter: "stoker",
    activeProfileIndex: 1, shared: { frames }, profiles };
}
