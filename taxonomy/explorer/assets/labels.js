// Names beside their places, none over another: what finds no room waits for a larger scale.

const LABEL_SIZES = { 2: 13, 1: 12, 0: 11 };
const LABEL_WIDTH = 150;
const LABEL_LINES = 3;
// From how much enlarged the names of a level are shown.
const LABEL_SCALES = { 2: 1, 1: 2, 0: 4.5 };

/** Labels for the nodes that find room: node, lines, x, y (middle of the box), width, height and
    the anchor that they are of. Nodes come in order of importance; each takes the nearest free
    place about its anchor.

    anchors: node and its pixel; width, height: of the picture */
function placeLabels(anchors, width, height) {
  const placed = [];
  for (const { node, x, y } of anchors) {
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const box = labelBox(node, Math.min(LABEL_WIDTH, width / 2.8));
    const free = offsets(box).map(([dx, dy]) => ({ ...box, node, anchor: { x, y }, x: x + dx, y: y + dy }))
      .find((label) => isWithin(label, width, height) && !placed.some((other) => overlaps(label, other)));
    if (free) placed.push(free);
  }
  return placed;
}

function labelBox(node, width) {
  const size = isNarrow() ? 11 : LABEL_SIZES[node.level] ?? LABEL_SIZES[2];
  const font = `${node.level > 1 ? "600 " : ""}${size}px system-ui, "Liberation Sans", sans-serif`;
  const lines = fittedLines(node.name, width, LABEL_LINES, font);
  const widest = Math.max(...lines.map((line) => textWidth(line, font)));
  return { lines, size, width: widest + 6, height: lines.length * (size + 2) + 4 };
}

// On the anchor first, then round about it, farther and farther.
function offsets({ width, height }) {
  const tries = [[0, 0]];
  for (const reach of [0.6, 1, 1.5, 2.1]) {
    for (const [dx, dy] of [[0, -1], [0, 1], [1, 0], [-1, 0], [0.7, -0.7], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7]]) {
      tries.push([dx * reach * (width / 2 + 8), dy * reach * (height + 6)]);
    }
  }
  return tries;
}

const isWithin = (box, width, height) =>
  box.x - box.width / 2 >= 2 && box.x + box.width / 2 <= width - 2 && box.y - box.height / 2 >= 2 && box.y + box.height / 2 <= height - 2;

const overlaps = (a, b) => Math.abs(a.x - b.x) < (a.width + b.width) / 2 + 3 && Math.abs(a.y - b.y) < (a.height + b.height) / 2 + 1;

/** A label as SVG: its lines on a halo, and a thin line to its anchor where it lies apart. */
function labelShape(label) {
  const top = label.y - label.height / 2 + label.size;
  const lines = label.lines.map((line, place) =>
    svgEl("tspan", { x: label.x, y: top + place * (label.size + 2) }, line),
  );
  const shape = svgEl("g", { class: `label label-${label.node.level}`, "data-label": label.node.index });
  const apart = Math.hypot(label.x - label.anchor.x, label.y - label.anchor.y) > label.height / 2 + 6;
  if (apart) shape.append(svgEl("line", { x1: label.anchor.x, y1: label.anchor.y, ...edgeOf(label) }));
  shape.append(svgEl("text", { "text-anchor": "middle", "font-size": label.size }, lines));
  return shape;
}

// Where the line from the anchor meets the box of the label.
function edgeOf({ x, y, width, height, anchor }) {
  const [dx, dy] = [anchor.x - x, anchor.y - y];
  const part = Math.min(width / 2 / Math.abs(dx || 1e-9), height / 2 / Math.abs(dy || 1e-9), 1);
  return { x2: x + dx * part, y2: y + dy * part };
}
