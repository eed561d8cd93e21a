// A node's matches in O*NET, by level, with what is left over.

const ONET_LEVEL_NAMES = {
  task: "Tasks",
  DWA: "Detailed work activities (DWA)",
  IWA: "Intermediate work activities (IWA)",
  GWA: "Generalized work activities (GWA)",
  major: "SOC major groups",
};

// The heaviest few of all levels would push all else off the page: tasks and groups come opened.
// What the reader opens or closes stays so, for the next node too.
const openMatches = { task: true, major: true };

/** The section on O*NET of a node's details. */
function matchesSection(model, node) {
  const onet = model.data.onet;
  if (!onet) return section("O*NET", el("p", { class: "quiet" }, "This release is not mapped to O*NET: taxonomy onet crosswalk RUN maps it."));
  const title = onet.version ? `O*NET ${onet.version}` : "O*NET";
  if (!node.link) return section(title, el("p", { class: "quiet" }, "No match is published for this node."));
  return section(title, el("p", { class: "base" }, matchesBase(onet, node)),
    onet.levels.map((level) => levelOfMatches(model, node, level)));
}

function matchesBase(onet, node) {
  if (onet.single && node.level === 0) return "The one task that the published table gives this cluster, without a weight.";
  if (onet.single) return "Tasks of the clusters below; weight is the part of the node's conversations in clusters of that task.";
  if (node.level === 0) return "Weight: share of the cluster. Confidence: how probable it is that the Economic Index's own mapping agrees.";
  return "Mean of the published clusters' weights, by their shares of conversations; the heaviest of each level.";
}

function levelOfMatches(model, node, level) {
  const links = linksAt(model, node, level);
  if (!links.length) return null;
  const isPlain = model.data.onet.single && node.level === 0;
  const rest = isPlain ? [] : remainders(node, links);
  const list = el("ul", { class: "matches" }, links.map((link) => matchItem(link, isPlain)), rest.map(restItem));
  const details = el("details", { open: Boolean(openMatches[level]) },
    el("summary", {}, `${ONET_LEVEL_NAMES[level] ?? level} (${links.length})`), list);
  details.addEventListener("toggle", () => { openMatches[level] = details.open; });
  return details;
}

function matchItem({ id, text, weight, relation, confidence }, isPlain) {
  const facts = [id, relation, confidence === null ? null : `confidence ${confidence.toFixed(2)}`].filter(Boolean);
  return el("li", {},
    isPlain ? null : el("span", { class: "weight" }, shareBar(weight, 1), percent(weight)),
    el("span", { dir: "auto" }, text),
    facts.length ? el("span", { class: "quiet facts" }, facts.join(" · ")) : null);
}

// What fits nothing in O*NET, and what lies on objects that are not listed.
function remainders(node, links) {
  const none = node.link.none ?? 0;
  const rest = 1 - none - links.reduce((sum, link) => sum + link.weight, 0);
  const unplaced = node.level === 0 ? "unplaced: on nothing that is listed" : "on objects not listed here, or on none";
  return [[none, "nothing in O*NET fits"], [rest, unplaced]].filter(([weight]) => weight >= 0.005);
}

function restItem([weight, words]) {
  return el("li", { class: "quiet rest" }, el("span", { class: "weight" }, shareBar(weight, 1), percent(weight)), el("span", {}, words));
}
