// The map: clusters as circles where their centres lie, named as there is room.

const NO_MAP = [
  "This release has no map: its folder holds no map.parquet.",
  "A published table has no vectors to make one from. Of your own conversations, run taxonomy build again, which makes the map, and then taxonomy release.",
];
const GROUP_COLOURS = ["#0072b2", "#c2570c", "#00805f", "#a3418c", "#7a6a00", "#7d5fd0", "#c0392b", "#2e86c1"];
const OTHER_COLOUR = "#8a8a8a";
// Part of the picture that all circles cover together.
const COVERED = 0.16;
// Pixels: the largest radius, and how far from a circle a press still means it.
const LARGEST = 44;
const NEAR_ENOUGH = 24;
const mapFocus = { index: null };

/** Draws the map into the view. */
function renderMap(page, view) {
  const { model } = page;
  view.append(el("h2", { class: "sr" }, "Map"));
  const points = model.nodes.filter((node) => node.level === 0 && node.values && node.x !== null).map((node) => ({ node, x: node.x, y: node.y }));
  if (!points.length) {
    view.append(el("div", { class: "empty" }, NO_MAP.map((line) => el("p", {}, line))));
    return;
  }
  const drawing = newDrawing(page, points);
  watchMap(page, drawing);
  watchTips(page, drawing.svg);
  view.append(pictureOf({
    page,
    title: "Map",
    tools: mapTools(page, drawing),
    picture: el("div", { class: "canvas" }, drawing.svg),
    legend: page.state.colour === "group" ? groupLegend(model) : splitLegend(model, "dashed"),
    caption: `Circles are clusters, sized by their share of conversations; like lies beside like (UMAP of the clusters' centres), the axes mean nothing. ${baseWords(model)}${leftOutWords(model)}`,
    nodes: points.map((point) => point.node),
  }));
  drawAt(drawing, drawing.seen);
}

function newDrawing(page, points) {
  const width = page.width;
  const height = Math.round(Math.max(320, Math.min(680, width * 0.72, innerHeight - 240)));
  const shares = points.map((point) => shareOf(page.model, point.node) ?? 0);
  const total = shares.reduce((sum, share) => sum + share, 0) || 1;
  // Areas are as shares; where there are few clusters, all circles are smaller alike.
  const unit = Math.min(Math.sqrt((COVERED * width * height) / total / Math.PI), LARGEST / Math.sqrt(Math.max(...shares) || 1));
  points.forEach((point, place) => {
    point.radius = Math.max(2.5, unit * Math.sqrt(shares[place]));
    point.shape = circleOf(page, point);
  });
  const plane = planeOf(points, width, height, Math.max(...points.map((point) => point.radius)) + 6);
  const labels = svgEl("g", { "aria-hidden": "true" });
  // Small circles lie over large ones.
  const byRadius = [...points].sort((a, b) => b.radius - a.radius);
  const svg = svgEl("svg", { class: "map", viewBox: `0 0 ${width} ${height}`, width, height, role: "listbox", "aria-label": `Map of ${counted(points.length, "cluster")}` },
    hatching(), byRadius.map((point) => point.shape), labels);
  const stop = points.find((point) => point.node.index === (mapFocus.index ?? page.node?.index)) ?? points[0];
  stop.shape.setAttribute("tabindex", 0);
  return { page, points, plane, svg, labels, anchors: anchorsOf(page.model), seen: readSeen(plane, page.state.at) };
}

function circleOf(page, { node }) {
  const colour = colourOnMap(page, node);
  const classes = ["dot", colour ? "" : "blank", isFaintOnMap(page, node) ? "faint" : "", pathOf(node).includes(page.node) ? "chosen" : ""];
  return svgEl("circle", {
    role: "option",
    "aria-label": itemWords(page.model, node),
    "aria-selected": String(page.node === node),
    "data-index": node.index,
    class: classes.filter(Boolean).join(" "),
    fill: colour ?? "none",
    tabindex: -1,
  });
}

// The map has clusters only: asked for a broader level, it shows what lies below the nodes found.
const isFaintOnMap = (page, node) => page.selection.isFiltered && !pathOf(node).some((step) => page.selection.hits.has(step) && (step === node || page.state.level));

/** The colour of a cluster, or null where its automation is not shown. */
function colourOnMap(page, node) {
  if (page.state.colour === "group") return groupColour(page.model, pathOf(node)[0]);
  return splitColour(page.model, node);
}

/** The largest broad nodes, which have a colour each; the others share a grey. */
function colouredTops(model) {
  const named = model.tops.filter((top) => top.values);
  return ordered(model, named, "conversation_share").slice(0, GROUP_COLOURS.length);
}

const groupColour = (model, top) => GROUP_COLOURS[colouredTops(model).indexOf(top)] ?? OTHER_COLOUR;

function groupLegend(model) {
  const items = colouredTops(model).map((top, place) => el("li", {}, swatch(GROUP_COLOURS[place]), el("bdi", {}, codeAndName(top))));
  if (model.tops.filter((top) => top.values).length > items.length) items.push(el("li", {}, swatch(OTHER_COLOUR), "the others"));
  return el("ul", { class: "legend", "aria-label": "Level-2 nodes" }, items);
}

// Broad levels first, large nodes first: these keep their names where room is short.
function anchorsOf(model) {
  const named = model.nodes.filter((node) => node.values && node.x !== null);
  return named.sort((a, b) => b.level - a.level || (shareOf(model, b) ?? 0) - (shareOf(model, a) ?? 0));
}

/** Draws what is seen: circles grow more slowly than the plane, so that they come apart. */
function drawAt(drawing, seen) {
  const { plane, points, labels } = drawing;
  drawing.seen = seen;
  const grown = Math.sqrt(seen.k);
  for (const point of points) {
    const pixel = pixelOf(plane, seen, point);
    [point.px, point.py] = [pixel.x, pixel.y];
    point.shape.setAttribute("cx", pixel.x.toFixed(1));
    point.shape.setAttribute("cy", pixel.y.toFixed(1));
    point.shape.setAttribute("r", (point.radius * grown).toFixed(1));
  }
  const wanted = drawing.anchors.filter((node) => seen.k >= (LABEL_SCALES[node.level] ?? 1));
  const pixels = wanted.map((node) => ({ node, ...pixelOf(plane, seen, node) }));
  labels.replaceChildren(...placeLabels(pixels, plane.width, plane.height).map(labelShape));
  drawing.svg.classList.toggle("enlarged", seen.k > 1);
}

function mapTools(page, drawing) {
  const { plane } = drawing;
  const middle = { x: plane.width / 2, y: plane.height / 2 };
  const button = (words, name, act) => el("button", { type: "button", "aria-label": name, title: name, on: { click: () => seeNow(page, drawing, act()) } }, words);
  const choice = el("select", { id: "colour" }, [["group", "level-2 node"], ["automation", "automation"]].map(([value, words]) =>
    el("option", { value, selected: page.state.colour === value }, words)));
  choice.addEventListener("change", () => page.go({ colour: choice.value }));
  return [
    button("+", "Zoom in", () => enlarged(plane, drawing.seen, 1.6, middle)),
    button("−", "Zoom out", () => enlarged(plane, drawing.seen, 1 / 1.6, middle)),
    button("All", "Show all", () => wholeOf(plane)),
    el("label", { for: "colour" }, "Colour by"), choice,
    el("span", { class: "quiet hint" }, "Drag to move, scroll or + and − to zoom, arrow keys to go from cluster to cluster."),
  ];
}

// The state knows at once; the address, which browsers let change only so often, a little later.
const keepSeen = settled((page) => page.go({}, { replace: true, isDrawn: true }), 250);

function seeNow(page, drawing, seen) {
  hideTip();
  drawAt(drawing, seen);
  page.state = { ...page.state, at: seenText(seen) };
  keepSeen(page);
}

function watchMap(page, drawing) {
  const { svg, plane } = drawing;
  svg.addEventListener("wheel", (event) => {
    const factor = Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002));
    // Scrolled out wholly, the wheel is the page's again.
    if (factor < 1 && drawing.seen.k === 1) return;
    event.preventDefault();
    seeNow(page, drawing, enlarged(plane, drawing.seen, factor, pixelUnder(svg, event)));
  }, { passive: false });
  svg.addEventListener("keydown", (event) => onMapKey(page, drawing, event));
  watchDrag(page, drawing);
}

const pixelUnder = (svg, event) => {
  const box = svg.getBoundingClientRect();
  return { x: event.clientX - box.x, y: event.clientY - box.y };
};

// A press that does not move chooses the nearest circle; a finger need not hit it exactly.
function watchDrag(page, drawing) {
  const { svg, plane } = drawing;
  let [last, far] = [null, 0];
  svg.addEventListener("pointerdown", (event) => {
    if (event.button === 0) [last, far] = [event, 0];
  });
  svg.addEventListener("pointermove", (event) => {
    if (!last) return;
    const [dx, dy] = [event.clientX - last.clientX, event.clientY - last.clientY];
    far += Math.abs(dx) + Math.abs(dy);
    if (far < 5) return;
    if (!svg.hasPointerCapture(event.pointerId)) svg.setPointerCapture(event.pointerId);
    last = event;
    seeNow(page, drawing, moved(plane, drawing.seen, dx, dy));
  });
  svg.addEventListener("pointercancel", () => { last = null; });
  svg.addEventListener("pointerup", (event) => {
    if (last && far < 5) chooseNear(page, drawing, event);
    last = null;
  });
}

function chooseNear(page, drawing, event) {
  const label = event.target.closest("[data-label]");
  if (label) return page.choose(page.model.nodes[Number(label.dataset.label)]);
  const pixel = pixelUnder(drawing.svg, event);
  const apart = (point) => Math.max(0, Math.hypot(point.px - pixel.x, point.py - pixel.y) - point.radius * Math.sqrt(drawing.seen.k));
  const under = event.target.dataset?.index;
  const near = under ? drawing.points.find((point) => point.node.index === Number(under)) : drawing.points.reduce((a, b) => (apart(b) < apart(a) ? b : a));
  if (apart(near) <= NEAR_ENOUGH) {
    mapFocus.index = near.node.index;
    page.choose(near.node);
  }
}

function onMapKey(page, drawing, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { plane, points } = drawing;
  const from = points.find((point) => point.node.index === Number(event.target.dataset?.index));
  const middle = from ? { x: from.px, y: from.py } : { x: plane.width / 2, y: plane.height / 2 };
  const arrows = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  if (event.key === "+" || event.key === "=") seeNow(page, drawing, enlarged(plane, drawing.seen, 1.6, middle));
  else if (event.key === "-") seeNow(page, drawing, enlarged(plane, drawing.seen, 1 / 1.6, middle));
  else if (event.key === "0" || event.key === "Escape") seeNow(page, drawing, wholeOf(plane));
  else if (event.key in arrows && event.shiftKey) seeNow(page, drawing, moved(plane, drawing.seen, ...arrows[event.key]));
  else if (event.key in arrows && from) focusPoint(page, drawing, nearestTowards(points, from, event.key) ?? from);
  else if ((event.key === "Enter" || event.key === " ") && from) page.choose(from.node);
  else return;
  event.preventDefault();
}

function focusPoint(page, drawing, point) {
  for (const stop of drawing.svg.querySelectorAll('[tabindex="0"]')) stop.setAttribute("tabindex", -1);
  mapFocus.index = point.node.index;
  point.shape.setAttribute("tabindex", 0);
  const { plane, seen } = drawing;
  const isOutside = point.px < 0 || point.py < 0 || point.px > plane.width || point.py > plane.height;
  if (isOutside) seeNow(page, drawing, moved(plane, seen, plane.width / 2 - point.px, plane.height / 2 - point.py));
  point.shape.focus({ preventScroll: true });
}
