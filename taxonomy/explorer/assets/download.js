// What is shown, as files: rows as CSV, the picture as an SVG that stands by itself.

// A cell that begins so would be run as a formula by a spreadsheet.
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

/** The nodes as CSV: codes, names and every measure as a number; a blank is suppressed. */
function csvOf(model, nodes) {
  const measures = [...model.measures.values()].filter((measure) => !measure.unknown);
  const head = ["node_id", "code", "level", "parent_code", "name", "description", "status", ...measures.map((measure) => measure.key)];
  if (model.groups.length) head.push("onet_major_group");
  const rows = nodes.map((node) => [
    node.id, node.code, node.level, node.parent?.code ?? "", node.name ?? "", node.about,
    node.values ? "published" : SUPPRESSED,
    ...measures.map((measure) => node.values?.[measure.place] ?? ""),
    ...(model.groups.length ? [groupName(model, node)] : []),
  ]);
  return [head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

function csvCell(value) {
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The nodes that the present view shows: rows of the lists, and what is not faint of a picture. */
function nodesOfView(page) {
  if (!byId("view").querySelector("figure svg")) return rowsShown(page);
  const clear = [...byId("view").querySelectorAll("svg [data-index]:not(.faint)")];
  return ordered(page.model, clear.map((shape) => page.model.nodes[Number(shape.dataset.index)]), page.state.sort);
}

// What a picture gets from the style sheet and must bring along.
const SVG_STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "opacity", "font-family", "font-weight", "paint-order", "stroke-linejoin"];

/** The picture as a file of its own: styles as attributes, the page's background behind it. */
function svgFile(svg) {
  const copy = svg.cloneNode(true);
  const [originals, copies] = [svg, copy].map((root) => [...root.querySelectorAll("rect, circle, line, text, path")]);
  originals.forEach((original, place) => {
    const style = getComputedStyle(original);
    for (const name of SVG_STYLES) {
      const value = style.getPropertyValue(name);
      // A pattern is told by an address that only this page has.
      if (value && !value.startsWith("url(")) copies[place].setAttribute(name, value);
    }
  });
  for (const shape of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of ["class", "tabindex", "role", "aria-selected", "aria-level"]) shape.removeAttribute(name);
  }
  copy.setAttribute("xmlns", SVG_SPACE);
  copy.setAttribute("role", "img");
  const background = getComputedStyle(document.body).backgroundColor;
  copy.prepend(svgEl("rect", { width: "100%", height: "100%", fill: background }));
  return new XMLSerializer().serializeToString(copy);
}

function downloadText(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const fileName = (page, ending) => `${page.model.data.title} ${page.state.view}`.replace(/[^\p{L}\p{N}._-]+/gu, "-").toLowerCase() + ending;

function downloadCsv(page) {
  // The mark at the start tells spreadsheets that the letters are UTF-8.
  downloadText(`\uFEFF${csvOf(page.model, nodesOfView(page))}`, fileName(page, ".csv"), "text/csv;charset=utf-8");
}

function downloadSvg(page) {
  const svg = byId("view").querySelector("figure svg");
  if (svg) downloadText(svgFile(svg), fileName(page, ".svg"), "image/svg+xml");
}
