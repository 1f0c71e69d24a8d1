/* <form data-asks data-autosave>: an answer may call for another item, or for one less. A save that says {"asked": [keys]} of other
   items than the page shows fetches the page, and the items that came stand in their places; what is there stays as it is, and one
   that is asked no more goes. Items of the kind's own (keys "own-…") are always there. Without this the page shows them at the next look. */
import { wake } from "./start.js";

const form = document.querySelector("form[data-asks]");
const PARTS = ":scope > [data-item], :scope > .item-section";
const nameOf = (part) => part.dataset.item ?? part.id;
let running = null;
let again = false;

form.addEventListener("item:saved", ({ detail }) => {
  if (detail?.asked && differs(detail.asked)) look();
});

function differs(asked) {
  const here = [...form.querySelectorAll("[data-item]")].map((item) => item.dataset.item).filter((key) => !key.startsWith("own-"));
  return here.length !== asked.length || here.some((key) => !asked.includes(key));
}

async function look() {
  if (running) return (again = true);
  again = false;
  running = fetch(location.pathname, { headers: { Accept: "text/html", "X-Live": "1" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
    .then((text) => exchange(new DOMParser().parseFromString(text, "text/html").getElementById(form.id)))
    .catch(() => {}) // no network: the next save asks again
    .finally(() => (running = null));
  await running;
  if (again) look();
}

function exchange(fresh) {
  if (!fresh) return;
  const here = new Map([...form.querySelectorAll(PARTS)].map((part) => [nameOf(part), part]));
  let last = null;
  for (const part of fresh.querySelectorAll(PARTS)) {
    const known = here.get(nameOf(part));
    here.delete(nameOf(part));
    if (known) renumber(known, part);
    else place(part, last);
    last = known ?? part;
  }
  for (const gone of here.values()) if (!gone.contains(document.activeElement)) gone.remove();
}

function place(part, last) {
  if (last) last.after(part);
  else form.querySelector(PARTS)?.before(part);
  wake(part);
}

function renumber(known, fresh) {
  const [mine, theirs] = [known, fresh].map((item) => item.querySelector(".item-mark .when-todo"));
  if (mine && theirs) mine.textContent = theirs.textContent;
}
