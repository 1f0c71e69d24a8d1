/* The queue in words, on every page of a partner: how much waits, what it is, and what the server refused and why.
   Shown only while something waits; what is refused is sent again or thrown away by its buttons. */
import { again, drop, online, ready, waiting } from "./queue.js";
import { make, say } from "./words.js";

const bar = make("details", "waiting-bar");
const head = make("summary");
const body = make("div", "waiting-list");
bar.append(head, body);
bar.hidden = true;
bar.dataset.own = ""; // a page that refreshes itself leaves it here
document.querySelector(".notices")?.after(bar);

/** What waits, as a list. */
export function list() {
  const rows = make("ul", "rows");
  rows.append(...waiting().map(row));
  return rows;
}

function row(letter) {
  const line = make("li");
  const main = make("div", "row-main");
  const link = make("a", "", [letter.title, letter.label].filter(Boolean).join(" · "));
  link.href = letter.page;
  main.append(link, make("span", "row-note", letter.state === "refused" ? letter.said || say("refused") : say("waits")));
  line.append(main);
  if (letter.state === "refused") line.append(...acts(letter));
  return line;
}

function acts(letter) {
  const once = make("button", "button", say("again"));
  once.addEventListener("click", () => again(letter));
  const away = make("button", "button", say("throw_away"));
  away.addEventListener("click", () => drop(letter));
  for (const button of [once, away]) button.type = "button";
  return [once, away];
}

let signedOut = false;
let shown = "";

function paint() {
  const all = waiting();
  const refused = all.filter((one) => one.state === "refused").length;
  const stuck = signedOut || refused || !online() || all.some((one) => one.tried && Date.now() - one.at > 3000);
  bar.hidden = !all.length || !stuck;
  bar.dataset.count = all.length;
  bar.dataset.state = refused || signedOut ? "bad" : "waits";
  const why = signedOut ? say("signed_out") : refused ? say("some_refused") : say("waits");
  head.textContent = `${say("waiting")} ${all.length} · ${why}`;
  const now = JSON.stringify(all.map((one) => [one.clientId, one.state, one.said]));
  if (now === shown) return;
  shown = now;
  body.replaceChildren(list());
}

document.addEventListener("waiting", ({ detail }) => {
  if (detail.end === "signed_out") signedOut = true;
  else if (detail.end === "ok") signedOut = false;
  paint();
});
for (const name of ["online", "offline"]) addEventListener(name, paint);
ready.then(paint);
