// What both pictures share: their frame, the caption with base and n, and the table behind them.

/** The base and n of a picture, as sentences. */
function baseWords(model) {
  const n = model.data.n_conversations;
  const base = model.measures.get("conversation_share")?.base ?? "conversations";
  const told = n === null ? "the release does not say how many" : `n = ${count(n)}`;
  return `Shares are of all ${base} (${told}); automation is of those of a node with one of the five patterns.`;
}

/** How many nodes a picture leaves out because they are not published. */
function leftOutWords(model) {
  const hidden = model.nodes.filter((node) => node.values === null).length;
  if (!hidden) return "";
  return ` ${counted(hidden, "node is", "nodes are")} ${model.data.why.node} and not drawn.`;
}

/** A picture with its tools above, its legend and caption below, and its data as a table. */
function pictureOf({ page, title, tools, picture, legend, caption, nodes }) {
  return el("figure", { class: "picture", "aria-label": title },
    el("div", { class: "tools" }, tools),
    picture,
    legend,
    el("figcaption", {}, caption),
    dataBehind(page, title, nodes),
  );
}

// Made when it is opened: a reader who only looks need not wait for it. It stays open, whatever is
// drawn anew above it.
const behind = { isOpen: false };

function dataBehind(page, title, nodes) {
  const details = el("details", { class: "behind" }, el("summary", {}, `The data of this picture as a table (${counted(nodes.length, "row")})`));
  const fill = () => {
    if (details.querySelector("table")) return;
    const keys = ["code", "name", "conversation_share", "automation_share", "augmentation_share"];
    const columns = tableColumns(page).filter((column) => keys.includes(column.key));
    details.append(nodeTable(page, ordered(page.model, nodes, page.state.sort), columns, { caption: title }));
  };
  details.addEventListener("toggle", () => {
    behind.isOpen = details.open;
    if (details.open) fill();
  });
  if (behind.isOpen) {
    fill();
    details.open = true;
  }
  return details;
}

/** Whether a node of a picture neither is one of those asked for nor leads to any: it is drawn
    faintly. */
const isFaint = (page, node) => page.selection.isFiltered && !page.selection.shown.has(node);

/** The path to where a picture is zoomed, each step a link back. */
function zoomPath(page, root) {
  const step = (node, words) => el("a", { href: hashOf({ ...page.state, zoom: node ? node.id : "" }), dir: "auto" }, words);
  if (!root) return [];
  const above = pathOf(root);
  const links = above.slice(0, -1).map((node) => step(node, codeAndName(node)));
  const here = el("span", { "aria-current": "true", dir: "auto" }, codeAndName(root));
  return el("ol", { class: "path" }, [step(null, "All"), ...links, here].map((part) => el("li", {}, part)));
}

/** Lines of a text that fit into a box; the last ends in an ellipsis where something is left. */
function fittedLines(text, width, most, font) {
  const lines = [];
  let rest = text.trim();
  while (rest && lines.length < most) {
    const isLast = lines.length === most - 1;
    const end = fittingLength(rest, width, font, isLast);
    if (end === 0) break;
    lines.push(end < rest.length && isLast ? `${rest.slice(0, end).trimEnd()}…` : rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return lines;
}

/** How much of the text goes into one line: whole words, unless it is the last or one word. */
function fittingLength(text, width, font, isLast) {
  if (textWidth(text, font) <= width) return text.length;
  const room = isLast ? width - textWidth("…", font) : width;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(text.slice(0, middle), font) <= room) low = middle;
    else high = middle - 1;
  }
  // Not between the halves of a letter outside the basic plane.
  if (/[\uD800-\uDBFF]/u.test(text.charAt(low - 1)) || /[\uDC00-\uDFFF]/.test(text.charAt(low))) low = Math.max(0, low - 1);
  const space = text.lastIndexOf(" ", low);
  return isLast || space <= 0 ? low : space;
}

const measuring = document.createElement("canvas").getContext("2d");

function textWidth(text, font) {
  measuring.font = font;
  return measuring.measureText(text).width;
}
