// The two small bars of a row: how much there is of a node, and how it is worked on.

/** A bar whose length is the share, beside the largest of its level. */
function shareBar(share, largest) {
  const bar = el("span", { class: "sharebar", "aria-hidden": "true" });
  if (share !== null && largest > 0) bar.append(segment("fill", share / largest));
  return bar;
}

/** The six patterns as measures with their colours, automation first. */
function patternsOf(model) {
  return Object.entries(model.data.palette.patterns).map(([label, colour]) => ({
    label,
    colour,
    measure: model.measures.get(`${label.replace(" ", "_")}_share`),
  }));
}

/** The patterns of a node as one bar; hatched where a part is suppressed. Where no pattern is
    known, the two halves. */
function patternBar(model, node) {
  const bar = el("span", { class: "patterns", role: "img", "aria-label": patternWords(model, node) });
  const parts = patternParts(model, node);
  if (!parts.length) bar.classList.add("hatched");
  const total = parts.reduce((sum, part) => sum + part.share, 0);
  // Rounded shares of a published table may add up to a little more than 1.
  for (const part of parts) bar.append(segment("part", part.share / Math.max(1, total), part.colour));
  if (parts.length && total < 0.99) bar.append(segment("part hatched", 1 - total));
  return bar;
}

function patternParts(model, node) {
  const known = patternsOf(model)
    .filter(({ measure }) => measure && node.values && node.values[measure.place] !== null)
    .map(({ label, colour, measure }) => ({ label, colour, share: node.values[measure.place] }));
  if (known.length) return known;
  return Object.entries(model.data.palette.halves)
    .map(([label, colour]) => ({ label, colour, share: valueOf(model, node, `${label}_share`) }))
    .filter((part) => part.share !== null);
}

function patternWords(model, node) {
  const parts = patternParts(model, node);
  if (!parts.length) return isKnown(model, "automation_share") ? "patterns suppressed" : "patterns unknown";
  return parts.map((part) => `${part.label} ${percent(part.share)}`).join(", ");
}

/** What the colours of the bars mean. */
function patternLegend(model) {
  const items = patternsOf(model).map(({ label, colour }) => el("li", {}, swatch(colour), label));
  items.push(el("li", {}, el("span", { class: "swatch hatched", "aria-hidden": "true" }), "suppressed"));
  return el("ul", { class: "legend", "aria-label": "Colours of the patterns" }, items);
}

function swatch(colour) {
  const square = el("span", { class: "swatch", "aria-hidden": "true" });
  square.style.backgroundColor = colour;
  return square;
}

// Between these the colours of automation change, with one half in the middle, as in the charts.
const SPLIT_BETWEEN = [0.2, 0.8];

/** The colour of a share of automation. */
function colourOfSplit(model, share) {
  const [low, high] = SPLIT_BETWEEN;
  const stops = model.data.palette.split;
  const at = Math.min(1, Math.max(0, (share - low) / (high - low))) * (stops.length - 1);
  const place = Math.min(stops.length - 2, Math.floor(at));
  return mixed(stops[place], stops[place + 1], at - place);
}

const redGreenBlue = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

function mixed(first, second, part) {
  const [a, b] = [redGreenBlue(first), redGreenBlue(second)];
  return `#${a.map((value, i) => Math.round(value + (b[i] - value) * part).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour of a node by its automation, or null where that is not shown. */
function splitColour(model, node) {
  const share = valueOf(model, node, "automation_share");
  return share === null ? null : colourOfSplit(model, share);
}

/** What the colours of automation mean; `blank` is the look of what is not shown. */
function splitLegend(model, blank) {
  const [low, high] = SPLIT_BETWEEN;
  const steps = model.data.palette.split.length - 1;
  const items = model.data.palette.split.map((colour, place) => {
    const words = `${Math.round(100 * (low + ((high - low) * place) / steps))}%`;
    return el("li", {}, swatch(colour), place === 0 ? `${words} or less` : place === steps ? `${words} or more` : words);
  });
  items.push(el("li", {}, el("span", { class: `swatch ${blank}`, "aria-hidden": "true" }), "not shown"));
  return el("ul", { class: "legend", "aria-label": "Automation" }, el("li", {}, "Automation:"), items);
}
