// Keyboard and pointer in the tree, as the practice for trees has it: one stop of the Tab key,
// arrows move, right opens, left closes, Enter chooses.

const treeFocus = { index: null };

const treeItems = (list) => [...list.querySelectorAll('[role="treeitem"]')];

/** Which item Tab comes to: the last that was on, else the chosen, else the first. */
function focusedNode(page, list) {
  const wanted = [treeFocus.index, page.node?.index];
  for (const index of wanted) {
    const item = index === null || index === undefined ? null : list.querySelector(`[data-index="${index}"]`);
    if (item) return item;
  }
  return list.querySelector('[role="treeitem"]');
}

function setTreeFocus(list, item) {
  for (const other of list.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  if (!item) return;
  item.tabIndex = 0;
  treeFocus.index = Number(item.dataset.index);
}

function moveTreeFocus(list, item) {
  if (!item) return;
  setTreeFocus(list, item);
  item.focus({ preventScroll: true });
  item.firstElementChild.scrollIntoView({ block: "nearest" });
}

/** Where a key leads from an item, or undefined where it means nothing here. */
function treeTarget(list, item, key) {
  const all = treeItems(list);
  const place = all.indexOf(item);
  const ends = { ArrowDown: all[place + 1], ArrowUp: all[place - 1], Home: all[0], End: all[all.length - 1] };
  if (key in ends) return ends[key] ?? item;
  if (key === "ArrowRight") return item.querySelector('[role="treeitem"]') ?? item;
  if (key === "ArrowLeft") return item.parentElement.closest('[role="treeitem"]') ?? item;
  if (key.length === 1 && /\S/u.test(key)) return byLetter(all, place, key);
  return undefined;
}

function byLetter(all, place, letter) {
  const after = [...all.slice(place + 1), ...all.slice(0, place)];
  const starts = (item) => fold(item.querySelector(".name").textContent).startsWith(fold(letter));
  return after.find(starts);
}

function onTreeKey(page, event) {
  const item = event.target.closest('.tree [role="treeitem"]');
  if (!item || event.ctrlKey || event.metaKey || event.altKey || event.key === "/") return;
  const node = page.model.nodes[Number(item.dataset.index)];
  const list = item.closest('[role="tree"]');
  const expanded = item.getAttribute("aria-expanded");
  if (event.key === "Enter" || event.key === " ") page.choose(node);
  else if (event.key === "ArrowRight" && expanded === "false") openAndStay(page, node, true);
  else if (event.key === "ArrowLeft" && expanded === "true") openAndStay(page, node, false);
  else if (event.key === "*") openAndStay(page, node.parent ? node.parent.children : page.model.tops, true);
  else {
    const target = treeTarget(list, item, event.key);
    if (!target) return;
    moveTreeFocus(list, target);
  }
  event.preventDefault();
}

function openAndStay(page, nodes, isOpen) {
  setOpen(page, [nodes].flat().filter((node) => node.children.length), isOpen);
}

function onTreeClick(page, event) {
  const item = event.target.closest('.tree [role="treeitem"]');
  if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const node = page.model.nodes[Number(item.dataset.index)];
  treeFocus.index = node.index;
  if (event.target.closest(".twisty") && node.children.length) {
    openAndStay(page, node, item.getAttribute("aria-expanded") !== "true");
  } else {
    page.choose(node);
  }
}
