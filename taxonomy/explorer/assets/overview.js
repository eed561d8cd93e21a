// The overview: an icicle of levels 2 and 1; choosing a node zooms into it, down to the clusters.

// Letters of two sizes: what is too low for the larger may have room for the smaller.
const CELL_SIZES = [{ size: 13, line: 16 }, { size: 11, line: 13 }];
const overviewFocus = { index: null };

/** Draws the overview into the view. */
function renderOverview(page, view) {
  const root = zoomRoot(page);
  const width = page.width;
  const height = isNarrow() ? 760 : 1000;
  const cells = icicleCells(page.model, root, width, height);
  for (const [place, cell] of cells.entries()) cell.place = place;
  const svg = svgEl("svg", {
    class: "icicle", viewBox: `0 0 ${width} ${height}`, width, height, role: "tree",
    "aria-label": `Shares of conversations and automation, ${root ? `below ${codeAndName(root)}` : "levels 2 and 1"}`,
  }, hatching(), cells.map((cell) => cellOf(page, cell)));
  svg.addEventListener("keydown", (event) => onIcicleKey(page, event, cells));
  svg.addEventListener("click", (event) => onIcicleClick(page, event, cells));
  watchTips(page, svg);
  view.append(el("h2", { class: "sr" }, "Overview"), pictureOf({
    page,
    title: "Overview",
    tools: [zoomPath(page, root), zoomOutButton(page, root), el("span", { class: "quiet hint" }, "Click a node to zoom in. Keys: arrows move, Enter zooms in, Escape out.")],
    picture: el("div", { class: "canvas" }, svg),
    legend: splitLegend(page.model, "hatched"),
    caption: `Height is a node's share of conversations. ${baseWords(page.model)}${leftOutWords(page.model)}`,
    nodes: cells.map((cell) => cell.node),
  }));
  const stop = svg.querySelector(`[data-index="${overviewFocus.index}"]`) ?? svg.querySelector("[data-index]");
  if (stop) stop.setAttribute("tabindex", 0);
}

/** The node that the overview is zoomed into; a cluster's parent where the link names a cluster.
    Of a node that has nothing to show, all is shown. */
function zoomRoot(page) {
  const node = page.model.byKey.get(page.state.zoom) ?? null;
  const root = node && !node.children.length ? node.parent : node;
  return root && extentOf(page.model, root) > 0 ? root : null;
}

function zoomOutButton(page, root) {
  if (!root) return null;
  return el("button", { type: "button", on: { click: () => zoomOut(page, root) } }, "Zoom out");
}

function zoomOut(page, root) {
  overviewFocus.index = root.index;
  page.go({ zoom: root.parent ? root.parent.id : "", node: root.parent ? root.parent.id : "" });
  focusCell();
}

function zoomInto(page, node) {
  if (node.values === null) return;
  if (!node.children.length) {
    overviewFocus.index = node.index;
    page.choose(node);
    return;
  }
  overviewFocus.index = node.children[0].index;
  page.go({ node: node.id, zoom: node.id });
  focusCell();
}

function focusCell() {
  document.querySelector('.icicle [tabindex="0"]')?.focus({ preventScroll: true });
}

function cellOf(page, cell) {
  const { node, x, y, width, height } = cell;
  const colour = splitColour(page.model, node);
  const group = svgEl("g", {
    role: "treeitem",
    "aria-label": itemWords(page.model, node),
    "aria-level": pathOf(node).length,
    "aria-selected": String(page.node === node),
    "data-index": node.index,
    class: isFaint(page, node) ? "cell faint" : "cell",
    tabindex: -1,
  });
  group.append(svgEl("rect", { x, y, width, height, fill: colour ?? "url(#hatching)" }));
  group.append(...cellText(page, cell, colour));
  return group;
}

function cellText(page, { node, x, y, width, height }, colour) {
  const { size, line } = CELL_SIZES.find((choice) => choice.line <= height - 3) ?? {};
  if (!size) return [];
  const most = Math.floor((height - 3) / line);
  const font = `${size}px system-ui, "Liberation Sans", sans-serif`;
  const lines = fittedLines(node.name ?? "", width - 14, most > 1 ? Math.min(3, most - 1) : 1, font);
  if (most > 1) lines.push(numberLine(page.model, node, width - 14, font));
  const top = y + (height - lines.length * line) / 2 + line - 4;
  return lines.map((words, place) => svgEl("text", { x: x + 7, y: top + place * line, fill: inkOn(colour), "font-size": size }, words));
}

// Share and automation where both fit, else the share alone.
function numberLine(model, node, width, font) {
  const share = shown(node, model.measures.get("conversation_share"));
  const both = `${share} · ${automationWords(model, node)}`;
  return textWidth(both, font) <= width ? both : share;
}

function automationWords(model, node) {
  const share = valueOf(model, node, "automation_share");
  return share === null ? "automation not shown" : `automation ${Math.round(100 * share)}%`;
}

/** Black or white, whichever stands out from the colour. */
function inkOn(colour) {
  if (!colour) return "#000000";
  const [red, green, blue] = redGreenBlue(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

function hatching() {
  return svgEl("defs", {}, svgEl("pattern", { id: "hatching", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svgEl("rect", { width: 6, height: 6, fill: "#ececec" }), svgEl("rect", { width: 2, height: 6, fill: "#cfcfcf" })));
}

function onIcicleClick(page, event, cells) {
  const target = event.target.closest("[data-index]");
  if (target) zoomInto(page, page.model.nodes[Number(target.dataset.index)]);
}

function onIcicleKey(page, event, cells) {
  const from = cells.find((cell) => cell.node.index === Number(event.target.dataset?.index));
  if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
  const root = zoomRoot(page);
  if (event.key === "Enter" || event.key === " ") zoomInto(page, from.node);
  else if (event.key === "Escape" || event.key === "Backspace") {
    if (!root) return;
    zoomOut(page, root);
  } else {
    const target = icicleTarget(cells, from, event.key);
    if (!target) return;
    moveIcicleFocus(event.target.closest("svg"), target.node);
  }
  event.preventDefault();
}

/** Up and down within a column, right to the first child, left to the parent. */
function icicleTarget(cells, from, key) {
  const column = cells.filter((cell) => cell.x === from.x).sort((a, b) => a.y - b.y);
  const place = column.indexOf(from);
  if (key === "ArrowDown") return column[place + 1] ?? from;
  if (key === "ArrowUp") return column[place - 1] ?? from;
  if (key === "Home") return column[0];
  if (key === "End") return column[column.length - 1];
  if (key === "ArrowRight") return cells.find((cell) => cell.node.parent === from.node) ?? from;
  if (key === "ArrowLeft") return cells.find((cell) => cell.node === from.node.parent) ?? from;
  return null;
}

function moveIcicleFocus(svg, node) {
  for (const stop of svg.querySelectorAll('[tabindex="0"]')) stop.setAttribute("tabindex", -1);
  const stop = svg.querySelector(`[data-index="${node.index}"]`);
  stop.setAttribute("tabindex", 0);
  stop.focus({ preventScroll: true });
  overviewFocus.index = node.index;
}

/** Shows the words of whatever in a picture the pointer or the keyboard is on. */
function watchTips(page, svg) {
  const tell = (event, x, y) => {
    const target = event.target.closest("[data-index]");
    if (target) showTip(x, y, ...tipLines(page.model, page.model.nodes[Number(target.dataset.index)]));
    else hideTip();
  };
  svg.addEventListener("pointermove", (event) => tell(event, event.clientX, event.clientY));
  svg.addEventListener("pointerleave", hideTip);
  svg.addEventListener("focusin", (event) => {
    if (!event.target.matches(":focus-visible")) return;
    const box = event.target.getBoundingClientRect();
    tell(event, box.x + Math.min(40, box.width / 2), Math.min(box.bottom, innerHeight - 40) - 12);
  });
  svg.addEventListener("focusout", hideTip);
}
