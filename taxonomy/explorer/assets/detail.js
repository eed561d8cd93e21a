// Everything about the chosen node: where it stands, what it is, its numbers, each with its base.

/** A titled part of the details. */
function section(title, ...content) {
  return el("section", {}, el("h3", {}, title), content);
}

const drawnDetail = { node: null };

/** Draws the chosen node into the panel, or hides the panel. A new one is read from its top. */
function renderDetail(page) {
  const panel = byId("detail");
  const { node, model } = page;
  panel.hidden = !node;
  document.body.classList.toggle("has-node", Boolean(node));
  if (!node) return;
  const parts = node.values === null ? [suppressedNote(model, node)] : detailParts(page, node);
  panel.replaceChildren(detailHead(page, node), ...parts.filter(Boolean));
  if (drawnDetail.node !== node) panel.scrollTop = 0;
  drawnDetail.node = node;
}

function detailHead(page, node) {
  const path = pathOf(node).slice(0, -1);
  const close = el("button", { type: "button", class: "close", on: { click: () => page.choose(null) } }, "Close");
  return el("header", {},
    path.length ? el("nav", { "aria-label": "Path" }, el("ol", { class: "path" }, path.map((step) => el("li", {}, stepLink(page, step))))) : null,
    close,
    el("h2", { id: "detail-name", tabindex: -1, dir: "auto" }, node.name ?? `${node.code}: ${SUPPRESSED}`),
    permanentLink(page, node));
}

const stepLink = (page, node) => el("a", { href: hashOf({ ...page.state, node: node.id }), dir: "auto" }, node.name ?? codeAndName(node));

// The id is the same in every release that has the node; the code is its place in this one.
function permanentLink(page, node) {
  const address = location.href.replace(/#.*/u, "") + hashOf({ ...DEFAULTS, node: node.id });
  const said = el("span", { role: "status", class: "quiet" });
  const copy = el("button", { type: "button", on: { click: () => copyText(address, said) } }, "Copy link");
  return el("p", { class: "address" }, el("span", { class: "code" }, node.code), ` level ${node.level} `,
    el("a", { href: hashOf({ ...DEFAULTS, node: node.id }), class: "code" }, node.id), " ", copy, " ", said);
}

async function copyText(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "copied";
  } catch {
    // Not every browser lets a page from disk write: then the link is shown to be copied by hand.
    said.textContent = text;
  }
}

function suppressedNote(model, node) {
  return el("p", {}, `This node is ${SUPPRESSED}: it is ${model.data.why.node}, so neither its name nor its numbers are published, and no parent counts it.`);
}

function detailParts(page, node) {
  const { model } = page;
  return [
    node.about ? el("p", { dir: "auto" }, marked(node.about, page.selection.words)) : null,
    measuresSection(model, node, "How much", (key) => key.startsWith("n_") || /^(conversation|user)/u.test(key)),
    patternsSection(model, node),
    measuresSection(model, node, "Extended thinking", (key) => key === "thinking_share"),
    measuresSection(model, node, "Use case", (key) => ["work_share", "coursework_share", "personal_share"].includes(key)),
    matchesSection(model, node),
    childrenSection(page, node),
    siblingLinks(page, node),
  ];
}

function measuresSection(model, node, title, belongs) {
  const measures = [...model.measures.values()].filter((measure) => belongs(measure.key));
  if (!measures.length) return null;
  return section(title, measureList(model, node, measures));
}

function measureList(model, node, measures) {
  const items = measures.map((measure) => [
    el("dt", {}, measure.label),
    el("dd", {}, valueWords(model, node, measure), measure.base === "count" ? null : el("span", { class: "base" }, `of ${measure.base}`)),
  ]);
  return el("dl", {}, items);
}

function valueWords(model, node, measure) {
  const text = shown(node, measure);
  if (text === SUPPRESSED) return el("span", { class: "quiet" }, `${SUPPRESSED} (${model.data.why.number})`);
  if (text === UNKNOWN) return el("span", { class: "quiet" }, "unknown in this release");
  return el("strong", {}, text);
}

function patternsSection(model, node) {
  const patterns = patternsOf(model).filter(({ measure }) => measure);
  const halves = ["automation_share", "augmentation_share"].map((key) => model.measures.get(key)).filter(Boolean);
  if (!patterns.length && !halves.length) return null;
  const items = patterns.map(({ label, colour, measure }) => el("li", {}, swatch(colour), label, " ", el(shown(node, measure).endsWith("%") ? "strong" : "em", {}, shown(node, measure))));
  const isCut = patterns.some(({ measure }) => shown(node, measure) === SUPPRESSED);
  const why = isCut ? ` Suppressed: ${model.data.why.number}.` : "";
  const base = patterns.length ? el("p", { class: "base" }, `Of ${patterns[0].measure.base}.${why}`) : null;
  return section("Collaboration patterns", patternBar(model, node), el("ul", { class: "patternlist" }, items), base, measureList(model, node, halves));
}

function childrenSection(page, node) {
  if (!node.children.length) return null;
  const { model } = page;
  const largest = Math.max(...node.children.map((child) => shareOf(model, child) ?? 0));
  const rows = ordered(model, node.children, page.state.sort).map((child) => {
    const share = shareOf(model, child);
    return el("li", {}, el("span", { class: "weight" }, shareBar(share, largest), share === null ? SUPPRESSED : percent(share)), stepLink(page, child), child.values ? patternBar(model, child) : null);
  });
  return section(`Below it (${node.children.length})`, el("ul", { class: "children" }, rows));
}

function siblingLinks(page, node) {
  const siblings = node.parent ? node.parent.children : page.model.tops;
  const place = siblings.indexOf(node);
  const to = (sibling, words) => (sibling ? el("a", { href: hashOf({ ...page.state, node: sibling.id }), rel: words.toLowerCase() }, `${words}: ${sibling.code}`) : null);
  if (siblings.length < 2) return null;
  return el("nav", { "aria-label": "Siblings", class: "siblings" }, to(siblings[place - 1], "Previous"), el("span", { class: "quiet" }, `${place + 1} of ${siblings.length}`), to(siblings[place + 1], "Next"));
}
