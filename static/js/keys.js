/* data-key="a" data-key-label="Accept" on a link, button or input: the key clicks it (a text field is focused instead).
   Keys are read by their place on the board, so they work while Hangul is on. `?` or [data-keys-open] lists them;
   there they can be switched off (WCAG 2.1.4), which this browser remembers. Not heard while typing. */
import { make, say } from "./words.js";

const OFF = "dari.keys.off";
const heard = () => [...document.querySelectorAll("[data-key]")].filter((it) => !it.disabled && it.checkVisibility());

function keyOf(event) {
  if (event.key === "?") return "?";
  if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code.startsWith("Digit")) return event.code.slice(5);
  return event.key;
}

const typing = (it) => it.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.focus();
  else element.click();
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = keyOf(event);
  if (key === "?") return void list();
  if (localStorage.getItem(OFF)) return;
  const element = heard().find((it) => it.dataset.key === key);
  if (!element) return;
  event.preventDefault();
  press(element);
});

const NAMES = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

function list() {
  const dialog = make("dialog");
  const facts = make("dl", "facts");
  for (const it of heard()) {
    const term = make("dt");
    term.append(make("kbd", "", NAMES[it.dataset.key] ?? it.dataset.key.toUpperCase()));
    facts.append(term, make("dd", "", it.dataset.keyLabel || it.textContent.trim()));
  }
  const close = make("button", "button", say("close"));
  close.addEventListener("click", () => dialog.close());
  dialog.append(make("h2", "", say("keys")), facts, offSwitch(), close);
  dialog.setAttribute("aria-label", say("keys"));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function offSwitch() {
  const label = make("label", "check");
  const box = Object.assign(make("input"), { type: "checkbox", checked: !localStorage.getItem(OFF) });
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  label.append(box, make("span", "", say("keys_on")));
  return label;
}

export function dress(root) {
  for (const it of root.querySelectorAll("[data-key]")) it.setAttribute("aria-keyshortcuts", it.dataset.key);
  for (const it of root.querySelectorAll("[data-keys-open]")) {
    it.hidden = false;
    it.addEventListener("click", list);
  }
}
