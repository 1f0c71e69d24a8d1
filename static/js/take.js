/* [data-takes="field"] holds suggestions for the fields of that name: buttons with data-take="value". A press puts the value into the
   field (or ticks the boxes it names), as if it had been typed. Hidden without a script: the value stands in the page anyway. */
export function dress(root) {
  for (const box of root.querySelectorAll("[data-takes]")) {
    box.hidden = false;
    for (const button of box.querySelectorAll("[data-take]")) {
      button.addEventListener("click", () => take(box.dataset.takes, button.dataset.take));
    }
  }
}

function take(name, value) {
  const fields = [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const boxes = fields.filter((field) => ["checkbox", "radio"].includes(field.type));
  const written = fields.find((field) => !boxes.includes(field));
  const left = boxes.length ? value.split(", ").filter((word) => !tick(boxes, word)) : [value];
  if (written && (left.length || !boxes.length)) written.value = left.join(", ");
  const changed = written ?? boxes[0];
  changed?.dispatchEvent(new Event("input", { bubbles: true }));
  changed?.dispatchEvent(new Event("change", { bubbles: true }));
  changed?.focus();
}

/** Ticks the box of this word; says whether there is one. */
function tick(boxes, word) {
  const box = boxes.find((one) => one.value === word);
  if (box) box.checked = true;
  return Boolean(box);
}
