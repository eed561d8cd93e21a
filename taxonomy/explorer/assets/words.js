// Numbers as words: percents, counts, and what stands for a number that is not shown.

const levelName = (level) => (level === 0 ? "cluster" : `level-${level} node`);
const levelLabel = (level) => (level === 0 ? "Level 0: clusters" : `Level ${level}`);

const SUPPRESSED = "suppressed";
const UNKNOWN = "unknown";

/** A node in a few words, whether or not it may be named. */
const codeAndName = (node) => `${node.code} ${node.name ?? `(${SUPPRESSED})`}`;

/** A share as percent, with the digits that tell small ones apart. */
function percent(share) {
  const value = 100 * share;
  const digits = value === 0 || value >= 9.95 ? 1 : value >= 0.095 ? 2 : 3;
  return `${value.toFixed(digits)}%`;
}

const count = (number) => Math.round(number).toLocaleString("en");

const isCount = (measure) => measure.key.startsWith("n_");

/** A node's value of a measure as it is shown, or the word for why it is not. */
function shown(node, measure) {
  if (node.values === null) return SUPPRESSED;
  const value = node.values[measure.place];
  if (value === null) return measure.unknown ? UNKNOWN : SUPPRESSED;
  return isCount(measure) ? count(value) : percent(value);
}

/** "12 nodes", "1 node". */
const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
