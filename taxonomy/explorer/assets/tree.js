// The tree as nested lists; a branch is drawn when it is opened. Arrow keys: tree_keys.js.

// Beyond so many rows a search opens no more branches by itself.
const OPENED_BY_SEARCH = 400;

const treeCache = { key: null, rows: new Map() };

/** Draws the tree into the view. */
function renderTree(page, view) {
  const { model, state, selection } = page;
  const key = JSON.stringify([state.q, [...selection.words]]);
  if (treeCache.key !== key) {
    treeCache.key = key;
    treeCache.rows.clear();
  }
  const drawing = { page, open: openNodes(page), largest: largestShares(model) };
  const tops = shownAmong(page, model.tops);
  const list = el("ul", { role: "tree", class: "tree", "aria-label": `${model.data.title}: ${counted(tops.length, "branch", "branches")}` });
  list.append(...items(drawing, tops));
  view.append(el("h2", { class: "sr" }, "Tree"), treeTools(page));
  if (!tops.length) return;
  view.append(list);
  setTreeFocus(list, focusedNode(page, list));
}

/** The children that the search and the filters leave, sorted. */
function shownAmong(page, nodes) {
  const { model, state, selection } = page;
  return ordered(model, nodes.filter((node) => selection.shown.has(node)), state.sort);
}

/** Which branches are open: those opened by hand, and those above what was found. */
function openNodes(page) {
  const { model, state, selection } = page;
  const byHand = openSet(state);
  const open = new Set();
  for (const node of model.nodes) if (byHand.has(node.code)) open.add(node);
  if (!selection.isFiltered) return open;
  const found = openedBySearch(model, selection);
  for (const node of found) if (!byHand.has(`-${node.code}`)) open.add(node);
  return open;
}

function openedBySearch(model, selection) {
  const leading = [...selection.shown].filter((node) => node.children.some((child) => selection.shown.has(child)));
  if (selection.shown.size <= OPENED_BY_SEARCH) return leading;
  const broad = leading.filter((node) => !node.parent);
  const rows = model.tops.length + broad.flatMap((node) => node.children).length;
  return rows <= OPENED_BY_SEARCH ? broad : [];
}

/** Opens or closes branches. What a search opened is closed with a minus. */
function setOpen(page, nodes, isOpen) {
  const codes = openSet(page.state);
  for (const { code } of nodes) {
    codes.delete(isOpen ? `-${code}` : code);
    if (isOpen) codes.add(code);
    else if (page.selection.isFiltered) codes.add(`-${code}`);
  }
  page.go({ open: openText(codes) }, { replace: true });
}

function largestShares(model) {
  const largest = new Map();
  for (const node of model.nodes) {
    largest.set(node.level, Math.max(largest.get(node.level) ?? 0, shareOf(model, node) ?? 0));
  }
  return largest;
}

function items(drawing, nodes) {
  return nodes.map((node, place) => treeItem(drawing, node, place + 1, nodes.length));
}

function treeItem(drawing, node, place, size) {
  const { page, open } = drawing;
  const below = shownAmong(page, node.children);
  const isOpen = below.length > 0 && open.has(node);
  const item = el("li", {
    role: "treeitem",
    "aria-label": itemWords(page.model, node),
    "aria-level": pathOf(node).length,
    "aria-setsize": size,
    "aria-posinset": place,
    "aria-expanded": below.length ? String(isOpen) : null,
    "aria-selected": String(page.node === node),
    "data-index": node.index,
    tabindex: -1,
  });
  item.append(rowOf(drawing, node));
  item.classList.toggle("leads", !page.selection.hits.has(node));
  if (isOpen) item.append(el("ul", { role: "group" }, items(drawing, below)));
  return item;
}

function itemWords(model, node) {
  if (node.values === null) return `${node.code}, ${SUPPRESSED}, ${model.data.why.node}`;
  return [...tipLines(model, node)].join(", ");
}

function rowOf(drawing, node) {
  const { rows } = treeCache;
  if (!rows.has(node)) rows.set(node, newRow(drawing, node));
  const row = rows.get(node);
  const link = row.querySelector("a");
  if (link) link.href = hashOf({ ...drawing.page.state, node: node.id });
  return row;
}

function newRow({ page, largest }, node) {
  const { model, selection } = page;
  const row = el("div", { class: `row level-${node.level}` });
  const twisty = el("span", { class: "twisty", "aria-hidden": "true" });
  const code = el("span", { class: "code" }, node.code);
  if (node.values === null) {
    row.append(twisty, code, el("a", { class: "name quiet", tabindex: -1 }, `${SUPPRESSED} (${model.data.why.node})`));
    return row;
  }
  const share = shareOf(model, node);
  row.append(
    twisty,
    code,
    el("a", { class: "name", tabindex: -1, dir: "auto" }, marked(node.name, selection.words)),
    el("span", { class: "share" }, shareBar(share, largest.get(node.level)), share === null ? SUPPRESSED : percent(share)),
    patternBar(model, node),
  );
  if (node.about) {
    const text = marked(node.about, selection.words);
    row.append(el("p", { class: text.length > 1 ? "about found" : "about", dir: "auto" }, text));
  }
  return row;
}

function treeTools(page) {
  const { model } = page;
  const branches = (deepest) => model.nodes.filter((node) => node.children.length && node.level > deepest);
  const button = (words, nodes, isOpen) =>
    el("button", { type: "button", on: { click: () => setOpen(page, nodes(), isOpen) } }, words);
  return el("div", { class: "tools" },
    button("Open level 1", () => branches(1), true),
    button("Open all", () => branches(0), true),
    button("Close all", () => branches(0), false),
    patternLegend(model),
  );
}
