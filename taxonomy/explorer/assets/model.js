// The page's data as nodes that know their parents, children and values.

/** Reads the JSON of the page.
    nodes: by code; each with index, id, code, level, parent, children, name, about (its
      description), values (by place of the measure; null below the floors), link (to O*NET), x, y
    measures: by key; each with key, label, base, unknown, place */
function readModel(data) {
  const nodes = data.nodes.code.map((code, index) => ({
    index,
    code,
    id: data.nodes.id[index],
    level: data.nodes.level[index],
    name: data.nodes.name[index],
    about: data.nodes.description[index] ?? "",
    parent: null,
    children: [],
    values: data.nodes.name[index] === null ? null : data.measures.map((m) => m.values[index]),
    link: data.onet ? data.onet.links[index] : null,
    x: data.map ? data.map.x[index] : null,
    y: data.map ? data.map.y[index] : null,
  }));
  for (const node of nodes) {
    const parent = data.nodes.parent[node.index];
    if (parent < 0) continue;
    node.parent = nodes[parent];
    node.parent.children.push(node);
  }
  const measures = new Map(data.measures.map((m, place) => [m.key, { ...m, values: null, place }]));
  const model = { data, nodes, measures, tops: nodes.filter((node) => !node.parent) };
  model.byKey = new Map(nodes.flatMap((node) => [[node.id, node], [node.code, node]]));
  model.levels = [...new Set(nodes.map((node) => node.level))].sort((a, b) => a - b);
  model.groups = groupsOf(model);
  for (const node of nodes) node.folded = node.name === null ? "" : fold(`${node.name}\n${node.about}`);
  return model;
}

/** A node's value, or null where it is suppressed, unknown or not measured. */
function valueOf(model, node, key) {
  const measure = model.measures.get(key);
  return measure && node.values ? node.values[measure.place] : null;
}

const shareOf = (model, node) => valueOf(model, node, "conversation_share");

/** Whether the release knows the measure of any node. */
function isKnown(model, key) {
  const measure = model.measures.get(key);
  return Boolean(measure) && !measure.unknown;
}

/** The nodes from the top down to this one. */
function pathOf(node) {
  const path = [];
  for (let step = node; step; step = step.parent) path.unshift(step);
  return path;
}

/** A node's links at one of O*NET's levels: object, text, weight, relation, confidence. */
function linksAt(model, node, level) {
  const onet = model.data.onet;
  if (!onet || !node.link) return [];
  const place = onet.levels.indexOf(level);
  const links = [];
  node.link.o.forEach((object, i) => {
    const [at, id, text] = onet.objects[object];
    if (at !== place) return;
    const relation = node.link.r ? onet.relations[node.link.r[i]] ?? null : null;
    const confidence = node.link.c ? node.link.c[i] : null;
    links.push({ id, text, weight: node.link.w[i], relation, confidence });
  });
  return links;
}

/** The digits of the heaviest major group of a node, or null. */
function groupOf(model, node) {
  return linksAt(model, node, "major")[0]?.id ?? null;
}

function groupsOf(model) {
  const groups = new Map();
  for (const node of model.nodes) {
    const heaviest = linksAt(model, node, "major")[0];
    node.group = heaviest ? heaviest.id : null;
    if (heaviest) groups.set(heaviest.id, heaviest.text);
  }
  return [...groups].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
