// The nodes as a table: every column sorts, and what is sorted is told.

// What most readers come for stands first.
const LEADING = ["conversation_share", "automation_share", "augmentation_share", "thinking_share"];

/** The columns of the table: what stands in the head, and the cell of a node. */
function tableColumns(page) {
  const { model } = page;
  const texts = [
    { key: "code", label: "Code", cell: (node) => node.code },
    { key: "name", label: "Name", isName: true, cell: (node) => node.name },
  ];
  const known = [...model.measures.values()].filter((measure) => !measure.unknown);
  const leading = known.filter((measure) => LEADING.includes(measure.key));
  const numbers = [...leading, ...known.filter((measure) => !leading.includes(measure))]
    .map((measure) => ({ key: measure.key, label: measure.label, base: isCount(measure) ? null : measure.base, isNumber: true, cell: (node) => shown(node, measure) }));
  const groups = model.groups.length ? [{ key: null, label: "O*NET major group", cell: (node) => groupName(model, node) }] : [];
  return [...texts, ...numbers, ...groups];
}

const groupName = (model, node) => linksAt(model, node, "major")[0]?.text ?? "";

/** Draws the table of what is left by search and filters into the view. */
function renderTable(page, view) {
  const rows = rowsShown(page);
  const columns = tableColumns(page);
  const note = `Suppressed: ${page.model.data.why.number}. ${baseWords(page.model)}`;
  view.append(
    el("h2", { class: "sr" }, "Table"),
    el("p", { class: "base" }, note),
    nodeTable(page, rows, columns, { caption: counted(rows.length, "node"), sorts: true }),
  );
}

/** The nodes that a list of the present state has, in its order. */
function rowsShown(page) {
  return ordered(page.model, page.selection.hits, page.state.sort);
}

/** A table of nodes that scrolls by itself where it is too wide. */
function nodeTable(page, rows, columns, { caption, sorts = false }) {
  const head = el("tr", {}, columns.map((column) => (sorts ? sortHead(page, column) : plainHead(column))));
  const body = el("tbody", {}, rows.map((node) => tableRow(page, node, columns)));
  const table = el("table", {}, el("caption", {}, caption), el("thead", {}, head), body);
  return el("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Table, scrolls sideways" }, table);
}

const shareOfWords = ({ base }) => (base ? `Share of: ${base}` : null);

function plainHead(column) {
  return el("th", { scope: "col", class: column.isNumber ? "number" : null, title: shareOfWords(column) }, column.label);
}

function sortHead(page, column) {
  if (!column.key) return plainHead(column);
  const [key, isTurned] = [page.state.sort.replace(/^-/u, ""), page.state.sort.startsWith("-")];
  const isSorted = key === column.key;
  // Texts rise and numbers fall unless turned round.
  const rises = column.isNumber ? isTurned : !isTurned;
  const next = isSorted && !isTurned ? `-${column.key}` : column.key;
  const button = el("button", { type: "button", "data-sort": column.key, title: shareOfWords(column) }, column.label,
    el("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (rises ? " ▲" : " ▼") : ""));
  button.addEventListener("click", () => {
    page.go({ sort: next });
    document.querySelector(`[data-sort="${column.key}"]`)?.focus();
  });
  return el("th", {
    scope: "col",
    class: column.isNumber ? "number" : null,
    "aria-sort": isSorted ? (rises ? "ascending" : "descending") : "none",
  }, button);
}

function tableRow(page, node, columns) {
  const cells = columns.map((column) => {
    if (column.isName) return el("th", { scope: "row" }, nameLink(page, node));
    const text = column.cell(node);
    return el("td", { class: cellClass(column, text) }, text);
  });
  return el("tr", { "data-index": node.index, class: page.node === node ? "chosen" : null }, cells);
}

function cellClass(column, text) {
  const names = [column.isNumber ? "number" : "", text === SUPPRESSED || text === UNKNOWN ? "quiet" : ""];
  return names.filter(Boolean).join(" ") || null;
}

/** A link to a node in the present state, its name marked where it was found. */
function nameLink(page, node) {
  if (node.values === null) return el("span", { class: "quiet" }, `${SUPPRESSED} (${page.model.data.why.node})`);
  return el("a", { href: hashOf({ ...page.state, node: node.id }), dir: "auto" }, marked(node.name, page.selection.words));
}
