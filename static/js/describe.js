/* [data-describe]: a picture described by chips and by places drawn on it. Everything is an input of the form, so that autosave
   and a form without a script say the same; this module makes them quick.
     [data-describe-find]       hides the chips whose words (names, synonyms, what stands above) do not hold what is typed
     [data-alone]               ticked, it clears the others of its attribute; another ticked clears it
     digits                     choose the chips of the first attribute that is not answered, or of the one the hand is at
     [data-describe-undo]       takes the last change of the picture back
     [data-describe-sheet]      shows one picture at a time, with [data-describe-steps] to go on; without it all stand below
   Places are drawn by describe_places.js. */
import { place } from "./describe_places.js";

const state = (box) => [...box.querySelectorAll("input")].map((it) => (["radio", "checkbox"].includes(it.type) ? it.checked : it.value));
const same = (one, other) => one.every((value, n) => value === other[n]);

for (const box of document.querySelectorAll("[data-describe]")) {
  for (const field of box.querySelectorAll("[data-describe-of]")) {
    find(field);
    alone(field);
    if (field.dataset.describeShape) place(box, field);
  }
  undo(box);
  box.addEventListener("focusin", ({ target }) => number(box, target.closest("[data-describe-of]")));
  box.addEventListener("change", () => number(box));
  number(box);
}
for (const sheet of document.querySelectorAll("[data-describe-sheet]")) step(sheet);

function find(field) {
  const input = field.querySelector("[data-describe-find]");
  if (!input) return;
  const none = field.querySelector("[data-describe-none]");
  const normal = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  input.hidden = false;
  input.addEventListener("input", () => {
    const asked = normal(input.value);
    const chips = [...field.querySelectorAll("[data-words]")];
    for (const chip of chips) chip.hidden = !chip.dataset.words.split(" ").some((word) => word.includes(asked));
    none.hidden = chips.some((chip) => !chip.hidden);
    number(field.closest("[data-describe]"), field);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const first = field.querySelector("[data-words]:not([hidden]) input");
    if (!first || !input.value.trim()) return;
    first.click();
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
  for (const silent of ["change", "input"]) input.addEventListener(silent, (event) => event.stopPropagation());
}

function alone(field) {
  field.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked) return;
    for (const other of field.querySelectorAll(".chips [type=checkbox]")) {
      if (other !== target && ("alone" in other.dataset || "alone" in target.dataset)) other.checked = false;
    }
  });
}

/** The digits 1 to 9 stand on the chips of one attribute at a time. */
function number(box, here) {
  const fields = [...box.querySelectorAll("fieldset[data-describe-of]")];
  const open = fields.find((field) => !field.querySelector(".chips :checked:not([value=''])"));
  const at = here?.matches("fieldset") ? here : open ?? fields[0];
  for (const input of box.querySelectorAll(".chips [data-key]")) {
    for (const name of ["data-key", "data-key-label", "aria-keyshortcuts"]) input.removeAttribute(name);
    input.parentElement.querySelector("kbd")?.remove();
  }
  const shown = [...(at?.querySelectorAll(".chip:not([hidden]) input") ?? [])].slice(0, 9);
  shown.forEach((input, n) => {
    input.dataset.key = String(n + 1);
    input.dataset.keyLabel = input.parentElement.textContent.trim();
    input.setAttribute("aria-keyshortcuts", String(n + 1));
    const hint = document.createElement("kbd");
    hint.textContent = String(n + 1);
    hint.setAttribute("aria-hidden", "true");
    input.parentElement.append(hint);
  });
}

function undo(box) {
  const button = box.querySelector("[data-describe-undo]");
  const past = [];
  let now = state(box);
  let back = false;
  button.hidden = false;
  box.addEventListener("change", () => {
    const next = state(box);
    if (!back && !same(now, next)) past.push(now);
    now = next;
    button.disabled = !past.length;
  });
  button.addEventListener("click", () => {
    const before = past.pop();
    if (!before) return;
    const inputs = [...box.querySelectorAll("input")];
    let last;
    inputs.forEach((input, n) => {
      const ticks = ["radio", "checkbox"].includes(input.type);
      if ((ticks ? input.checked : input.value) === before[n]) return;
      if (ticks) input.checked = before[n];
      else input.value = before[n];
      last = input;
    });
    back = true;
    last?.dispatchEvent(new Event("change", { bubbles: true }));
    back = false;
    now = state(box);
    button.disabled = !past.length;
  });
}

function step(sheet) {
  const items = [...sheet.querySelectorAll("[data-item]")];
  const bar = sheet.querySelector("[data-describe-steps]");
  if (!bar || !items.length) return;
  const told = bar.querySelector("[data-describe-place]");
  const buttons = [...bar.querySelectorAll("[data-describe-step]")];
  let at = Math.max(0, items.findIndex((item) => !item.classList.contains("is-done")));

  const show = (next, far) => {
    at = Math.min(items.length - 1, Math.max(0, next));
    items.forEach((item, n) => (item.hidden = n !== at));
    items[at].after(bar);
    told.textContent = `${at + 1} / ${items.length}`;
    for (const button of buttons) button.disabled = !items[at + Number(button.dataset.describeStep)];
    if (far) items[at].scrollIntoView({ block: "start" });
  };
  const toHash = () => {
    const wanted = items.findIndex((item) => `#${item.id}` === decodeURIComponent(location.hash));
    if (wanted >= 0) show(wanted, true);
  };
  bar.hidden = false;
  for (const button of buttons) button.addEventListener("click", () => show(at + Number(button.dataset.describeStep), true));
  addEventListener("hashchange", toHash);
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[href^='#item-']");
    const wanted = items.findIndex((item) => link && `#${item.id}` === decodeURIComponent(link.getAttribute("href")));
    if (wanted >= 0) show(wanted, true);
  });
  show(at, false);
  toHash();
}
