/* [data-stretches] (qa/texts.html): marks words of the page's [data-stretch] texts. Select some with the pointer and press the button;
   or press it first and carry the mark: arrows move it word by word and text by text, Shift and arrows make it longer or shorter, Enter
   sets it down, Escape puts it away. The field gains "item:begin-end", counted in characters as the server counts them; each is listed
   and can be taken away. Without a script the same words are typed. */
import { make, say } from "./words.js";

const words = (input) => input.value.split(/\s+/).filter(Boolean);
const size = (text) => [...text].length; // characters, not the halves that scripts count in

export function dress(root) {
  for (const field of root.querySelectorAll("[data-stretches]")) start(field, [...document.querySelectorAll("[data-stretch]")]);
}

function start(field, texts) {
  const input = field.querySelector("input");
  const button = field.querySelector("[data-stretch-draw]");
  const write = (all) => {
    input.value = all.join(" ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const add = (word) => word && write([...words(input), word]);
  const paint = () => {
    for (const text of texts) repaint(text, words(input));
    list(field, texts, words(input), write);
  };
  let picked = ""; // what is selected is gone once the button has the focus
  button.addEventListener("pointerdown", () => (picked = selected(texts)));
  button.addEventListener("click", () => {
    const word = picked || selected(texts);
    picked = "";
    getSelection().removeAllRanges();
    if (word) return add(word);
    return carry(texts, button, (found) => {
      add(found);
      paint();
      button.focus();
    });
  });
  button.hidden = false;
  input.hidden = true;
  field.querySelector("label").removeAttribute("for");
  input.addEventListener("input", paint);
  for (const text of texts) text.dataset.said = text.textContent;
  if (words(input).length) paint();
}

/** What is selected in one of the texts, as a word of the field. */
function selected(texts) {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return "";
  const range = chosen.getRangeAt(0);
  const text = texts.find((one) => one.contains(range.startContainer) && one.contains(range.endContainer));
  if (!text) return "";
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const begins = size(before.toString());
  return `${text.dataset.stretch}:${begins}-${begins + size(range.toString())}`;
}

/** The mark that the keyboard carries about the texts, from word to word. */
function carry(texts, button, done) {
  let at = 0;
  let [from, to] = [0, 1];
  const cuts = () => [...texts[at].dataset.said.matchAll(/\S+/gu)].map((found) => {
    const begins = size(texts[at].dataset.said.slice(0, found.index));
    return [begins, begins + size(found[0])];
  });
  const show = () => {
    const all = cuts();
    to = Math.min(Math.max(to, 1), all.length);
    from = Math.min(Math.max(from, 0), to - 1);
    for (const text of texts) repaint(text, text === texts[at] ? [`${text.dataset.stretch}:${all[from][0]}-${all[to - 1][1]}`] : []);
    texts[at].scrollIntoView({ block: "nearest" });
    return all;
  };
  const end = (word) => {
    button.removeEventListener("keydown", keys);
    button.setAttribute("aria-pressed", "false");
    done(word);
  };
  const keys = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const on = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by && !on && !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return void end("");
    if (event.key === "Enter") {
      const all = show();
      return void end(`${texts[at].dataset.stretch}:${all[from][0]}-${all[to - 1][1]}`);
    }
    if (on) [at, from, to] = [Math.min(Math.max(at + on, 0), texts.length - 1), 0, 1];
    else if (event.shiftKey) to = Math.max(from + 1, to + by);
    else [from, to] = [Math.max(0, from + by), Math.max(1, to + by)];
    show();
  };
  button.setAttribute("aria-pressed", "true");
  button.addEventListener("keydown", keys);
  button.addEventListener("blur", () => button.removeEventListener("keydown", keys), { once: true });
  show();
}

function repaint(text, all) {
  const signs = [...text.dataset.said];
  const inside = signs.map(() => false);
  for (const word of all) {
    const [item, range] = word.split(":");
    const [begins, ends] = (range ?? "").split("-").map(Number);
    if (item === text.dataset.stretch) inside.fill(true, begins, ends);
  }
  const pieces = [];
  signs.forEach((sign, n) => (n && inside[n] === inside[n - 1] ? (pieces.at(-1)[0] += sign) : pieces.push([sign, inside[n]])));
  text.replaceChildren(...pieces.map(([said, is]) => (is ? make("mark", "", said) : document.createTextNode(said))));
}

/** What was marked, in words, and a button that takes it away. */
function list(field, texts, all, write) {
  field.querySelector("[data-stretch-list]").replaceChildren(...all.map((word, n) => {
    const [item, range] = word.split(":");
    const [begins, ends] = (range ?? "").split("-").map(Number);
    const said = texts.find((one) => one.dataset.stretch === item)?.dataset.said ?? "";
    const row = make("li", "", `${n + 1}. ${[...said].slice(begins, ends).join("") || word}`);
    const button = make("button", "button-quiet", say("remove"));
    button.type = "button";
    button.addEventListener("click", () => write(all.filter((_, m) => m !== n)));
    row.append(button);
    return row;
  }));
}
