// The focus outlives a drawing: what had it gets it again, and where that is gone, what is nearest.

/** Where the focus is before all is drawn anew: in which part, on what, and of which node. */
function focusBefore(page) {
  const active = document.activeElement;
  const part = ["view", "detail"].find((id) => byId(id).contains(active)) ?? null;
  const holder = part === "view" ? active.closest("[data-index]") : null;
  return {
    part,
    node: page.node,
    holder: holder && `${holder.localName}[data-index="${holder.dataset.index}"]`,
    words: part && !holder ? active.textContent : null,
  };
}

/** Gives the focus back after a drawing, if the view or the details had it. */
function focusAgain(page, before) {
  if (!before.part) return;
  for (const [target, options] of before.part === "view" ? inView(before) : inDetail(page, before)) {
    // What is hidden does not take it: then the next may.
    target?.focus(options);
    if (target && document.activeElement === target) return;
  }
}

const STAY = { preventScroll: true };

function inView({ holder, words }) {
  const view = byId("view");
  return [
    [focusable(holder && view.querySelector(holder)), STAY],
    [withWords(view, words), STAY],
    [byId("detail-name")?.offsetParent && isNarrow() ? byId("detail-name") : null],
    [view.querySelector('[tabindex="0"]'), STAY],
    [byId("main"), STAY],
  ];
}

function inDetail(page, { node, words }) {
  const view = byId("view");
  if (page.node && page.node === node) return [[withWords(byId("detail"), words), STAY], [byId("detail-name"), STAY]];
  if (page.node) return [[byId("detail-name")]];
  return [
    [focusable(view.querySelector(`[data-index="${node.index}"]`))],
    [view.querySelector('[tabindex="0"]'), STAY],
    [byId("main"), STAY],
  ];
}

// Of a row of a table its link takes the focus.
const focusable = (holder) => (holder?.localName === "tr" ? holder.querySelector("a") : holder);

const withWords = (part, words) =>
  words ? [...part.querySelectorAll("button, a, select, summary")].find((other) => other.textContent === words) : null;
