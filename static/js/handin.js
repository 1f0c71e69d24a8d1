/* Handing in without a network. Where nothing is missing as far as the phone can see, a letter {handIn: true} waits behind the answers; the
   server's word decides when it arrives, and the person is told on whatever page they are. An answer changed or refused meanwhile takes
   the letter back. Without a network an item stands as it is filled in here; with one it stands as the server says. */
import { drop, online, put, ready, waiting } from "./queue.js";
import { stand } from "./stand.js";
import { make, say } from "./words.js";

const form = document.querySelector("form[data-autosave]");
const items = () => [...form?.querySelectorAll("[data-item]") ?? []]; // an answer may call for another (asks.js)
const stood = new Map(); // item → whether it was done before anything was filled in here
const isDone = (item) => (isTouched(item) ? isFilled(item) : stood.get(item) ?? item.classList.contains("is-done"));
const isTouched = (item) => waiting().some((one) => one.page === location.pathname && one.item === item.dataset.item);

/** Whether something stands in an item, right or wrong. */
function isFilled(item) {
  if (item.querySelector("[data-photo]")) return Boolean(item.querySelector("figure.photo:not(.is-bad)"));
  const slots = [...item.querySelectorAll("[data-slot]")].filter((slot) => slot.dataset.codes);
  if (slots.length) return slots.every((slot) => slot.querySelector("input[name^=answer-]").value.trim());
  const fields = [...item.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")];
  return fields.some((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value.trim()));
}

/** The names of the items that have to be done and are not, as far as this page can see. */
export const lacking = () => items().filter((item) => "needed" in item.dataset && !isDone(item)).map((item) => item.querySelector("h2").textContent.trim());

/** Lets the hand-in wait behind everything that waits. */
export async function later() {
  const url = new URL(form.action, location.href).pathname;
  const title = document.querySelector("h1").textContent.trim();
  await put({ group: url, url, page: location.pathname, title, label: say("hand_in"), fields: [["fence", form.elements.fence.value]], handIn: true });
  tell("info", say("later_set"));
}

function tell(kind, ...words) {
  const notice = make("div", `notice is-${kind}`);
  notice.append(make("p", "", words.filter(Boolean).join(" ")));
  document.querySelector(".notices")?.append(notice);
}

/** What the phone sees of the page's items while nobody else can say. */
function standHere() {
  if (online() || !form) return;
  const wanted = items().filter((item) => "needed" in item.dataset || isDone(item));
  const progress = { done: wanted.filter(isDone).length, total: wanted.length };
  for (const item of items().filter((one) => isTouched(one) || stood.has(one))) {
    if (!stood.has(item)) stood.set(item, item.classList.contains("is-done"));
    stand(item, { stands: isDone(item) ? "done" : "todo", progress });
  }
}

function takeBack(page, why) {
  const letter = waiting().find((one) => one.handIn && one.page === page);
  if (letter) drop(letter).then(() => tell("warn", letter.title, why));
}

document.addEventListener("waiting", ({ detail: { letter, end } }) => {
  if (end === "kept" || end === "dropped") setTimeout(standHere);
  if (!letter.handIn) {
    if (end === "refused") takeBack(letter.page, say("later_refused"));
    else if (end === "kept" || end === "dropped") takeBack(letter.page, say("later_undone"));
  } else if (end === "refused") drop(letter).then(() => tell("bad", letter.title, letter.said));
  else if (end === "ok" && location.pathname === letter.page) location.replace(letter.page); // the page says that it is handed in
  else if (end === "ok") tell("ok", letter.title, say("later_done"));
});
if (form && !online()) {
  await Promise.all([ready, import("./autosave.js"), import("./photo.js")]); // they put back what waits
  setTimeout(standHere);
}
