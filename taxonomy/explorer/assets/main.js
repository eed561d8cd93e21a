// The page: its data, its state, and what is drawn whenever the state changes.

const DRAWN_BY = { tree: renderTree, table: renderTable, overview: renderOverview, map: renderMap };

const page = {
  model: readModel(JSON.parse(byId("data").textContent)),
  state: { ...DEFAULTS },
  selection: null,
  node: null,
  width: 0,

  /** Changes the state, and the address with it; `replace` leaves no step to go back to, and
      `isDrawn` says that the view shows the change already. */
  go(patch, { replace = false, isDrawn = false } = {}) {
    const state = { ...page.state, ...patch };
    const address = hashOf(state);
    if (address !== location.hash) history[replace ? "replaceState" : "pushState"](null, "", address);
    page.state = state;
    if (isDrawn) showViewLinks(page);
    else draw([]);
  },

  /** Shows a node's details, or none. */
  choose(node) {
    page.go({ node: node ? node.id : "" });
    if (node && isNarrow()) byId("detail-name").focus();
  },
};

/** Reads the address anew: at the start, after a click on a link, and going back or forward. */
function readAddress() {
  const { state, problems } = readState(location.hash, page.model);
  const isNew = state.node !== page.state.node || state.view !== page.state.view;
  page.state = state;
  draw(problems, { isTold: true });
  if (isNew && page.node && state.view === "tree") showInTree();
}

/** Opens the branches above the chosen node, so that the tree shows it. */
function showInTree() {
  const { node, state } = page;
  const codes = openSet(state);
  const above = pathOf(node).slice(0, -1).filter(({ code }) => !codes.has(code));
  if (above.length) setOpen(page, above, true);
  const row = byId("view").querySelector('[aria-selected="true"] > .row');
  row?.scrollIntoView({ block: "nearest" });
}

/** Draws everything; `isTold` where the address, rather than the form, says what. */
function draw(problems, { isTold = false } = {}) {
  const { model, state } = page;
  const view = byId("view");
  const before = focusBefore(page);
  const { scrollLeft = 0, scrollTop = 0 } = view.querySelector(".scroll") ?? {};
  page.selection = selectNodes(model, state);
  page.node = state.node ? model.byKey.get(state.node) : null;
  document.body.dataset.view = state.view;
  document.title = [page.node?.name, model.data.title].filter(Boolean).join(" · ");
  hideTip();
  renderDetail(page);
  page.width = Math.max(260, Math.floor(view.clientWidth));
  const drawn = document.createDocumentFragment();
  DRAWN_BY[state.view](page, drawn);
  view.replaceChildren(drawn);
  Object.assign(view.querySelector(".scroll") ?? {}, { scrollLeft, scrollTop });
  focusAgain(page, before);
  showControls(page, isTold);
  showProblems(problems);
}

function showProblems(problems) {
  const notice = byId("notice");
  notice.hidden = !problems.length;
  notice.replaceChildren(...problems.map((problem) => el("span", {}, `${problem} `)));
}

function onKey(event) {
  if (event.key === "Escape") hideTip();
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("q").focus();
    byId("q").select();
  }
}

function start() {
  byId("app").hidden = false;
  setUpControls(page);
  const view = byId("view");
  view.addEventListener("keydown", (event) => onTreeKey(page, event));
  view.addEventListener("click", (event) => onTreeClick(page, event));
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", readAddress);
  addEventListener("resize", settled(() => {
    if (document.querySelector("figure.picture") && Math.floor(view.clientWidth) !== page.width) draw([]);
  }, 150));
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  readAddress();
  document.body.classList.add("ready");
}

start();
