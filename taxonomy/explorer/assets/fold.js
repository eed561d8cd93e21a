// Words that are looked for: without case or accents, and marked where they stand.

const MARKS = /\p{M}/gu;

const fold = (text) => text.normalize("NFKD").replace(MARKS, "").toLowerCase();

/** The words of a query, folded, each once; all of them must be found. */
const wordsOf = (query) => [...new Set(fold(query).split(/\s+/u).filter(Boolean))];

/** The text as nodes, with each of the folded words in a `mark`. */
function marked(text, words) {
  const spans = words.length ? found(text, words) : [];
  const parts = [];
  let end = 0;
  for (const [from, to] of spans) {
    if (from > end) parts.push(text.slice(end, from));
    parts.push(el("mark", {}, text.slice(from, to)));
    end = to;
  }
  parts.push(text.slice(end));
  return parts;
}

/** Where the words stand in the text: ranges of its letters, in order, none over another. */
function found(text, words) {
  const { folded, starts, ends } = foldedWithPlaces(text);
  const ranges = [];
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length)) {
      ranges.push([starts[at], ends[at + word.length - 1]]);
    }
  }
  return merged(ranges);
}

// Folding may lengthen or shorten a text: each folded letter remembers where it came from.
function foldedWithPlaces(text) {
  let folded = "";
  const starts = [];
  const ends = [];
  let place = 0;
  for (const letter of text) {
    for (const unit of fold(letter).split("")) {
      folded += unit;
      starts.push(place);
      ends.push(place + letter.length);
    }
    place += letter.length;
  }
  return { folded, starts, ends };
}

function merged(ranges) {
  const kept = [];
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = kept[kept.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else kept.push([from, to]);
  }
  return kept;
}
