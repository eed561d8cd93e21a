// Which nodes the search and the filters leave, and in which order.

/** What a state leaves of the nodes.
    isFiltered: whether anything is asked for at all
    hits: the nodes that have what is asked for; without filters all of them
    shown: the hits and all that is above them
    hidden: how many were left out because a number that is asked about is suppressed
    withheld: how many that are suppressed altogether were left out, of which no more is known
      than that nothing asked about speaks against them */
function selectNodes(model, state) {
  const words = wordsOf(state.q);
  const tests = testsOf(model, state);
  const isFiltered = words.length > 0 || tests.length > 0;
  const hits = new Set();
  const shownNodes = new Set();
  let [hidden, withheld] = [0, 0];
  for (const node of model.nodes) {
    if (!words.every((word) => node.folded.includes(word))) continue;
    const answers = tests.map((test) => test(node));
    if (answers.includes(false)) continue;
    if (isFiltered && node.values === null) {
      withheld += 1;
      continue;
    }
    if (answers.includes(null)) {
      hidden += 1;
      continue;
    }
    hits.add(node);
    for (let step = node; step && !shownNodes.has(step); step = step.parent) shownNodes.add(step);
  }
  return { words, isFiltered, hits, shown: shownNodes, hidden, withheld };
}

// 0.07 / 100 is a little more than 0.0007: a bound takes in what is equal to it in decimals.
const SLACK = 1e-9;

// Each test says yes, no, or null: that its number is suppressed.
function testsOf(model, state) {
  const tests = [];
  if (state.level) tests.push((node) => String(node.level) === state.level);
  if (state.group) tests.push((node) => node.group === state.group);
  const bound = (key, text, keeps) => {
    if (text === "") return;
    const limit = Number(text) / 100;
    tests.push((node) => {
      const value = valueOf(model, node, key);
      return value === null ? null : keeps(value, limit);
    });
  };
  const atLeast = (value, limit) => value >= limit - SLACK;
  bound("conversation_share", state.share, atLeast);
  bound("automation_share", state.from, atLeast);
  bound("automation_share", state.to, (value, limit) => value <= limit + SLACK);
  bound("thinking_share", state.thinking, atLeast);
  return tests;
}

/** The nodes in the order of the state: texts and codes rise, numbers fall; a minus turns it
    round. What has no value comes last either way. */
function ordered(model, nodes, sort) {
  const key = sort.replace(/^-/u, "");
  const turn = sort.startsWith("-") ? -1 : 1;
  if (key === "code") return [...nodes].sort((a, b) => turn * (a.index - b.index));
  if (key === "name") {
    return [...nodes].sort((a, b) => lastIfNull(a.name, b.name) ?? turn * COLLATOR.compare(a.name, b.name));
  }
  const value = new Map([...nodes].map((node) => [node, valueOf(model, node, key)]));
  return [...nodes].sort((a, b) => {
    const [first, second] = [value.get(a), value.get(b)];
    return lastIfNull(first, second) ?? (turn * (second - first) || a.index - b.index);
  });
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function lastIfNull(first, second) {
  if (first === null || second === null) return Number(first === null) - Number(second === null);
  return undefined;
}

/** What the search found, as one sentence. */
function statusText(model, selection) {
  const { hits, hidden, withheld, isFiltered } = selection;
  const parts = [...model.levels].reverse().map((level) => {
    const number = [...hits].filter((node) => node.level === level).length;
    return number ? counted(number, levelName(level)) : null;
  }).filter(Boolean);
  const left = [
    hidden ? ` ${counted(hidden, "node is", "nodes are")} left out because a number asked about is suppressed.` : "",
    withheld ? ` ${counted(withheld, "suppressed node is", "suppressed nodes are")} left out.` : "",
  ].join("");
  const blank = [...hits].filter((node) => node.values === null).length;
  const told = blank ? ` (${count(blank)} suppressed)` : "";
  if (!isFiltered) return `All nodes: ${parts.join(", ")}${told}.`;
  if (!hits.size) return `Nothing matches.${left} Fewer words or filters may find more; Reset shows all.`;
  return `${counted(hits.size, "node matches", "nodes match")}: ${parts.join(", ")}.${left}`;
}
