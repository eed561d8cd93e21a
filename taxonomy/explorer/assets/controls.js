// Search, filters and sorting: from the form into the state, and back.

const FIELDS = ["q", "level", "sort", "share", "from", "to", "thinking", "group"];

/** Fills the choices, hides what the release cannot tell, and listens. */
function setUpControls(page) {
  const { model } = page;
  const option = (value, words) => el("option", { value }, words);
  byId("level").append(option("", "All levels"), ...[...model.levels].reverse().map((level) => option(String(level), levelLabel(level))));
  byId("sort").append(...sortKeys(model).map((key) => option(key, sortWords(model, key))));
  byId("group").append(option("", "Any"), ...model.groups.map(([id, text]) => option(id, `${id} ${text}`)));
  byId("automation").hidden = !isKnown(model, "automation_share");
  byId("thinking").parentElement.hidden = !isKnown(model, "thinking_share");
  byId("group").parentElement.hidden = !model.groups.length;
  const typed = settled(() => page.go({}, { replace: true }), 120);
  byId("q").addEventListener("input", () => {
    // The state knows at once, so that whatever is chosen meanwhile does not undo what was typed.
    page.state = { ...page.state, q: byId("q").value };
    typed();
  });
  for (const id of FIELDS.slice(1)) byId(id).addEventListener("change", () => onField(page, id));
  byId("reverse").addEventListener("click", () => page.go({ sort: turned(page.state.sort) }));
  byId("reset").addEventListener("click", () => page.go({ ...DEFAULTS, view: page.state.view, colour: page.state.colour }));
  byId("csv").addEventListener("click", () => downloadCsv(page));
  byId("svg").addEventListener("click", () => downloadSvg(page));
  document.querySelector("form.controls").addEventListener("submit", (event) => {
    event.preventDefault();
    page.go({ q: byId("q").value });
  });
}

const turned = (sort) => (sort.startsWith("-") ? sort.slice(1) : `-${sort}`);

function sortWords(model, key) {
  if (key === "code") return "Code";
  if (key === "name") return "Name";
  return model.measures.get(key).label;
}

function onField(page, id) {
  const field = byId(id);
  if (!field.checkValidity()) {
    field.reportValidity();
    return;
  }
  page.go({ [id]: field.value });
}

/** Shows the state in the form. What is being typed is left alone, unless the address says what
    it should be: `isTold`. */
function showControls(page, isTold) {
  const { state, model } = page;
  for (const id of FIELDS) {
    const value = id === "sort" ? state.sort.replace(/^-/u, "") : state[id];
    if (byId(id).value !== value && (isTold || document.activeElement !== byId(id))) byId(id).value = value;
  }
  byId("reverse").setAttribute("aria-pressed", String(state.sort.startsWith("-")));
  const filters = ["share", "from", "to", "thinking", "group"].filter((key) => state[key] !== "").length;
  byId("n-filters").textContent = filters ? ` (${filters} on)` : "";
  byId("svg").hidden = !byId("view").querySelector("figure svg");
  showViewLinks(page);
  byId("status").textContent = statusText(model, page.selection);
}

/** The links to the views, each with the rest of the state. */
function showViewLinks({ state }) {
  for (const link of document.querySelectorAll("a[data-view]")) {
    link.href = hashOf({ ...state, view: link.dataset.view });
    if (link.dataset.view === state.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
