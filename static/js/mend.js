/* Exchanges what differs between a part of this page and the same part of a fresh one, and leaves the rest alone:
   whoever reads keeps their place, whoever types keeps their words. Gives the elements that are new. */

const KEPT = "details, dialog, [popover]"; // whether they are open is the reader's
/** What tells a row from its neighbours: its id, or where it leads. */
function keyOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  return node.id || (node.matches("li, tr") && node.querySelector("a[href]")?.getAttribute("href")) || "";
}

export function mend(old, fresh) {
  const added = [];
  children(old, fresh, added);
  attributes(old, fresh);
  return added;
}

function children(old, fresh, added) {
  const keys = new Set([...fresh.childNodes].map(keyOf));
  for (const gone of [...old.childNodes]) if (!keys.has(keyOf(gone)) && !holds(gone)) gone.remove();
  const free = new Set(old.childNodes);
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    if (wanted.nodeType === Node.ELEMENT_NODE) at = past(at, free);
    const found = twin(wanted, at, free);
    if (found && isOwn(wanted)) {
      free.delete(found);
      continue;
    }
    if (!found) {
      const made = document.importNode(wanted, true);
      old.insertBefore(made, at);
      if (made.nodeType === Node.ELEMENT_NODE) added.push(made);
      continue;
    }
    free.delete(found);
    if (found === at) at = following(at, free);
    else move(old, found, at);
    same(found, wanted, added);
  }
  for (const gone of free) if (!holds(gone)) gone.remove();
}

/** The old node that is the wanted one: of the same kind and class, and of the same key where there is one. */
function twin(wanted, at, free) {
  const alike = (node) => node.nodeName === wanted.nodeName && keyOf(node) === keyOf(wanted) && classOf(node) === classOf(wanted);
  if (at && free.has(at) && alike(at)) return at;
  return wanted.nodeType === Node.ELEMENT_NODE ? [...free].find(alike) : undefined;
}

const classOf = (node) => node.getAttribute?.("class")?.split(" ")[0] ?? "";

/** Moving an element takes the focus from it where the browser knows no better. */
function move(old, node, at) {
  if (old.moveBefore) old.moveBefore(node, at);
  else old.insertBefore(node, at);
}

/** The next place that is no mere blank between elements, nor another's own: what is there need not be moved. */
function past(node, free) {
  let next = node;
  while (next && (isBlank(next) || isOwn(next))) next = following(next, free);
  return next;
}

const isBlank = (node) => node.nodeType === Node.TEXT_NODE && !node.nodeValue.trim();
const isOwn = (node) => node.nodeType === Node.ELEMENT_NODE && "own" in node.dataset;

function following(node, free) {
  let next = node.nextSibling;
  while (next && !free.has(next)) next = next.nextSibling;
  return next;
}

function same(node, wanted, added) {
  if (node.isEqualNode(wanted)) return;
  if (node.nodeType !== Node.ELEMENT_NODE) {
    node.nodeValue = wanted.nodeValue;
    return;
  }
  if (holds(node)) return;
  children(node, wanted, added);
  attributes(node, wanted);
}

/** Whether this is left alone: a script's own ([data-own]), or a form with a half-typed answer or the focus in a field. */
function holds(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return false;
  if ("own" in node.dataset) return true;
  if (node.matches("input, textarea, select")) return touched(node);
  return node.matches("form") && [...node.elements].some(touched);
}

function touched(field) {
  if (field.type === "hidden") return false;
  if (field.matches("input, textarea, select") && field === document.activeElement) return true;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.selectedIndex !== Math.max(0, [...field.options].findLastIndex((one) => one.defaultSelected));
  return "defaultValue" in field && field.value !== field.defaultValue;
}

function attributes(node, wanted) {
  const own = ["aria-keyshortcuts"];
  if (node.matches(KEPT)) own.push("open");
  if (Object.keys(node.dataset).length) own.push("hidden"); // what a script has shown stays shown
  for (const { name } of [...node.attributes]) {
    if (!wanted.hasAttribute(name) && !own.includes(name)) node.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (node.getAttribute(name) !== value && !own.includes(name)) node.setAttribute(name, value);
  }
}
