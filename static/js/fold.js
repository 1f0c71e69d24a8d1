/* <form data-fold>: what is done folds to one line as soon as the hand goes on to another item, so that the next is near; the
   line says what was answered and opens again. What is touched stays where it is under the finger. [data-next-item] leads to the
   next item that is to be done. Without this every item stays open. */
import { make, say } from "./words.js";

const form = document.querySelector("form[data-fold]");
const items = () => [...form.querySelectorAll("[data-item]")]; // an answer may call for another
const folding = items().filter((item) => !item.querySelector("[data-describe]")); // pictures are shown one at a time instead
const link = document.querySelector("[data-next-item]");

for (const item of folding) {
  const button = make("button", "item-fold", say("change"));
  button.type = "button";
  button.addEventListener("click", () => set(item, item.classList.contains("is-folded") ? "open" : "folded"));
  item.querySelector(".item-title").append(button, make("span", "item-short"));
  if (item.classList.contains("is-done") && !item.querySelector("[aria-invalid], .field-error")) set(item, "folded");
}
form.classList.add("is-folding");

function set(item, how) {
  const folded = how === "folded";
  item.classList.toggle("is-folded", folded);
  const button = item.querySelector(".item-fold");
  button.textContent = say(folded ? "change" : "fold");
  button.setAttribute("aria-expanded", String(!folded));
  button.setAttribute("aria-label", `${item.querySelector("h2").textContent.trim()}: ${button.textContent}`);
  if (folded) item.querySelector(".item-short").textContent = short(item);
}

/** What was answered, in a few words. */
function short(item) {
  const photos = item.querySelectorAll("figure.photo img").length;
  if (photos) return `${item.querySelector(".drop-button")?.textContent.trim() ?? ""} ${photos}`.trim();
  if (item.querySelector(".chips, .form-pair, select")) return several(item);
  const chosen = item.querySelector("[type=radio]:checked")?.closest("label");
  if (chosen) return chosen.textContent.trim();
  const slots = item.querySelectorAll("[data-slot]").length;
  const number = item.querySelector(".input-number");
  if (slots) return "";
  if (number?.value) return `${number.value} ${number.nextElementSibling?.textContent ?? ""}`.trim();
  return item.querySelector("textarea, input.input")?.value.slice(0, 40) ?? "";
}

/** The first of what an item of several places holds. */
function several(item) {
  const places = [...item.querySelectorAll("input.input, textarea, select, .chip :checked")].filter((one) => one.value && !one.matches(":disabled"));
  return places.map((one) => one.selectedOptions?.[0].textContent ?? one.value).join(" · ").slice(0, 60);
}

/** The hand is at this item: every other one that is done folds, and this one does not move. */
function at(here) {
  if (!here) return;
  const before = here.getBoundingClientRect().top;
  for (const item of folding) {
    const done = item.classList.contains("is-done") && !item.classList.contains("is-folded");
    if (item !== here && done && !item.querySelector("[aria-busy=true]")) set(item, "folded");
  }
  const moved = here.getBoundingClientRect().top - before;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}

let pressed = false; // between a finger's down and up nothing moves, or the press would miss
form.addEventListener("pointerdown", () => { pressed = true; });
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => { pressed = false; }));
for (const name of ["focusin", "click"]) {
  form.addEventListener(name, ({ target }) => (name === "click" || !pressed) && !target.matches(".item-fold") && at(target.closest("[data-item]")));
}
form.addEventListener("change", ({ target }) => at(target.closest("[data-item]")));
form.addEventListener("item:saved", point);

/** Leads to the first item that is still to be done. */
function point() {
  const next = items().find((item) => !item.classList.contains("is-done") && item.querySelector("[required], [data-scanner], [type=checkbox], [data-photo]"));
  link.hidden = !next;
  if (!next) return;
  link.href = `#${next.id}`;
  link.querySelector("b").textContent = next.querySelector("h2").textContent.trim();
}

link?.addEventListener("click", () => {
  const next = items().find((item) => `#${item.id}` === link.getAttribute("href"));
  next?.querySelector("input:not([type=hidden], [type=file]), textarea, button:not(.item-fold)")?.focus({ preventScroll: true });
});
