// A few words beside what the pointer or the keyboard is on; Escape takes them away.

/** Shows words at a place of the window. */
function showTip(x, y, ...lines) {
  const tip = byId("tip");
  tip.replaceChildren(...lines.map((line) => el("div", { dir: "auto" }, line)));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 4))}px`;
  tip.style.top = `${y + 18 + height > innerHeight ? Math.max(4, y - height - 10) : y + 18}px`;
}

function hideTip() {
  byId("tip").hidden = true;
}

/** The words of a node in a picture. */
function tipLines(model, node) {
  const share = model.measures.get("conversation_share");
  const automation = model.measures.get("automation_share");
  const lines = [codeAndName(node)];
  if (share) lines.push(`${shown(node, share)} of conversations`);
  if (automation) lines.push(`automation ${shown(node, automation)}`);
  return lines;
}
