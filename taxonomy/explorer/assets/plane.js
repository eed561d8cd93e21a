// The plane of the map: places from 0 to 1 in, pixels out, enlarged about a middle.

const MOST_ENLARGED = 16;

/** The plane that shows all the points in a box: its middle, pixels to the unit, width, height. */
function planeOf(points, width, height, margin) {
  const [left, right] = [Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x))];
  const [low, high] = [Math.min(...points.map((p) => p.y)), Math.max(...points.map((p) => p.y))];
  const unit = Math.min((width - 2 * margin) / Math.max(right - left, 0.01), (height - 2 * margin) / Math.max(high - low, 0.01));
  return { width, height, unit, middle: { x: (left + right) / 2, y: (low + high) / 2 } };
}

/** What is seen when nothing is enlarged. */
const wholeOf = (plane) => ({ ...plane.middle, k: 1 });

/** The pixels of a place; y rises upwards, as in a chart. */
function pixelOf(plane, seen, { x, y }) {
  const unit = plane.unit * seen.k;
  return { x: plane.width / 2 + (x - seen.x) * unit, y: plane.height / 2 - (y - seen.y) * unit };
}

/** The place under a pixel. */
function placeOf(plane, seen, pixel) {
  const unit = plane.unit * seen.k;
  return { x: seen.x + (pixel.x - plane.width / 2) / unit, y: seen.y - (pixel.y - plane.height / 2) / unit };
}

/** Enlarged by a factor about a pixel, which stays where it is. */
function enlarged(plane, seen, factor, pixel) {
  const k = Math.min(MOST_ENLARGED, Math.max(1, seen.k * factor));
  if (k === 1) return wholeOf(plane);
  const fixed = placeOf(plane, seen, pixel);
  const unit = plane.unit * k;
  return inside(plane, {
    x: fixed.x - (pixel.x - plane.width / 2) / unit,
    y: fixed.y + (pixel.y - plane.height / 2) / unit,
    k,
  });
}

/** Moved by so many pixels. */
function moved(plane, seen, dx, dy) {
  const unit = plane.unit * seen.k;
  return inside(plane, { x: seen.x - dx / unit, y: seen.y + dy / unit, k: seen.k });
}

// The middle stays within what the whole plane shows, so that one cannot lose the points.
function inside(plane, { x, y, k }) {
  const reach = { x: plane.width / 2 / plane.unit, y: plane.height / 2 / plane.unit };
  const held = (value, middle, most) => Math.min(middle + most, Math.max(middle - most, value));
  return { x: held(x, plane.middle.x, reach.x * (1 - 1 / k)), y: held(y, plane.middle.y, reach.y * (1 - 1 / k)), k };
}

/** What is seen as the address tells it, and back. */
function readSeen(plane, text) {
  const [x, y, k] = text.split(",").map(Number);
  return [x, y, k].every(Number.isFinite) && k > 1 ? inside(plane, { x, y, k: Math.min(k, MOST_ENLARGED) }) : wholeOf(plane);
}

function seenText({ x, y, k }) {
  return k === 1 ? "" : [x.toFixed(4), y.toFixed(4), k.toFixed(2)].join(",");
}

/** The nearest point in the direction of an arrow key, by distance and by how far aside it is. */
function nearestTowards(points, from, key) {
  const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const [wx, wy] = ways[key];
  let [best, least] = [null, Infinity];
  for (const point of points) {
    const along = (point.px - from.px) * wx + (point.py - from.py) * wy;
    const aside = Math.abs((point.px - from.px) * wy) + Math.abs((point.py - from.py) * wx);
    if (along <= 0.5 || aside > 2 * along) continue;
    const distance = along + 2 * aside;
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
}
