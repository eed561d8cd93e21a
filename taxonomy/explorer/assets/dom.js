// Elements from values. Text goes in as text, so that whatever a name holds is shown, never run.

const SVG_SPACE = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

/** An element of HTML. `attributes`: `class`, `on` (listeners), anything else as an attribute;
    null and false are left out. Children: nodes, texts, lists of them; null is left out. */
function el(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same of SVG. */
function svgEl(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG_SPACE, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (key === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** A part of a bar. A policy that forbids style attributes lets the style object be set. */
function segment(className, share, colour) {
  const part = el("span", { class: className });
  part.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  if (colour) part.style.backgroundColor = colour;
  return part;
}

/** Calls `act` once `wait` milliseconds have passed without another call. */
function settled(act, wait) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}

const isNarrow = () => matchMedia("(max-width: 55rem)").matches;
