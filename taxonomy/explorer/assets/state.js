// What is shown, kept in the address: every node and every state is a link, and back goes back.

// Shares are in percent here, as one types them. `open` holds codes of opened branches, `at` the
// part of the map that is seen: x, y of its middle and how much it is enlarged.
const DEFAULTS = {
  view: "tree",
  node: "",
  q: "",
  level: "",
  sort: "code",
  share: "",
  from: "",
  to: "",
  thinking: "",
  group: "",
  open: "",
  zoom: "",
  colour: "group",
  at: "",
};
const CHOICES = { view: ["tree", "table", "overview", "map"], colour: ["group", "automation"] };
const NUMBERS = ["share", "from", "to", "thinking"];
const FILTERS = ["level", ...NUMBERS, "group"];

/** The state that an address tells, and what of it could not be understood. */
function readState(hash, model) {
  const state = { ...DEFAULTS };
  const problems = [];
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/u, ""))) {
    // Not `in`: an object also has what every object has, such as `constructor`.
    if (!Object.hasOwn(DEFAULTS, key) || !value) continue;
    const problem = problemOf(key, value, model);
    if (problem) problems.push(problem);
    else state[key] = value;
  }
  return { state, problems };
}

function problemOf(key, value, model) {
  if (key === "node" || key === "zoom") {
    if (model.byKey.has(value)) return null;
    return `This link names ${brief(value)}, which is not in this release. It may be of another release: search for its name instead.`;
  }
  const known = knownValues(key, model);
  if (known && !known.includes(value)) return `This link asks for ${key} ${brief(value)}, which this page does not have; it is left out.`;
  if (NUMBERS.includes(key) && !(Number(value) >= 0 && Number(value) <= 100)) {
    return `This link asks for ${key} ${brief(value)}, which is not a percentage from 0 to 100; it is left out.`;
  }
  return null;
}

// A link may hold anything, however long.
const brief = (value) => (value.length > 60 ? `${value.slice(0, 60)}…` : value);

function knownValues(key, model) {
  if (key === "level") return model.levels.map(String);
  if (key === "group") return model.groups.map(([id]) => id);
  if (key === "sort") return [...sortKeys(model), ...sortKeys(model).map((name) => `-${name}`)];
  return CHOICES[key] ?? null;
}

/** The address of a state: what differs from the defaults, in a fixed order. */
function hashOf(state) {
  const told = new URLSearchParams({ view: state.view });
  for (const key of Object.keys(DEFAULTS)) {
    if (key !== "view" && state[key] !== DEFAULTS[key]) told.set(key, state[key]);
  }
  return `#${told}`;
}

/** By what a list can be sorted: names first, then every measure that is known. */
function sortKeys(model) {
  const measured = [...model.measures.values()].filter((measure) => !measure.unknown);
  return ["code", "name", ...measured.map((measure) => measure.key)];
}

/** The keys of the opened branches, and back. */
const openSet = (state) => new Set(state.open.split(" ").filter(Boolean));
const openText = (codes) => [...codes].sort().join(" ");
