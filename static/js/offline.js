/* The page without a network. It counts what waits on this phone; where the sheets of tasks in hand lie here (sheets.js), it lists them,
   and at /work/7 it becomes the page of task 7: the same form, the same scripts, and every answer laid down as a sealed letter.
   When the network is back it puts down what is typed and gives way to the page it stands for, which sends. */
import { takeKey } from "./seal.js";
import * as sheets from "./sheets.js";
import { wake } from "./start.js";
import { all, possible } from "./store.js";
import { make } from "./words.js";

const LOOK = 4000;
const TYPING = 2500; // milliseconds after the last key
const [empty, list] = ["[data-files]", "[data-sheets]"].map((selector) => document.querySelector(selector));
const unseen = document.querySelector("[data-no-pictures]");
const working = document.querySelector("[data-working]");
let typed = 0;
let saveAll = () => undefined;

/** Draws the page of a task in the place of this one. */
async function draw(who, sheet) {
  const page = new DOMParser().parseFromString(sheet.html, "text/html");
  const images = [...page.querySelectorAll("img")];
  for (const image of images) image.src = empty.dataset.picture; // photos are not kept on the phone
  const looks = images.some((image) => !image.closest("[data-item]")?.querySelector("[data-photo]")); // what is worked from, not what was taken
  for (const part of page.querySelectorAll("[data-part]")) document.querySelector(`.${part.dataset.part}`).replaceChildren(...part.childNodes);
  document.querySelector(".page-head").append(working.content.cloneNode(true), ...(looks ? [unseen.content.cloneNode(true)] : []));
  document.title = document.querySelector("h1").textContent;
  const phone = Object.assign(make("div"), { id: "dari-phone", hidden: true });
  Object.assign(phone.dataset, { who, away: "" });
  document.body.append(phone);
  await wake(document);
  ({ saveAll } = await import("./autosave.js"));
}

function show(found) {
  const line = ({ task, title, until }) => {
    const row = make("li");
    const main = make("div", "row-main");
    const link = Object.assign(make("a", "row-link", title), { href: `/work/${task}` });
    const end = new Date(until).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    main.append(link, make("span", "row-note", `${list.dataset.until} ${end}`));
    row.append(main);
    return row;
  };
  list.querySelector("ul").append(...found.map(line));
  list.querySelector("[data-sheets-count]").textContent = found.length;
  list.hidden = !found.length;
}

async function open() {
  const task = Number(location.pathname.match(/^\/work\/(\d+)$/)?.[1]);
  const someone = await sheets.person();
  if (someone) {
    takeKey(someone.key);
    await sheets.tidy(someone.who);
    const found = await sheets.opened(someone.who);
    const here = found.find((one) => one.task === task);
    if (here) return draw(someone.who, here);
    show(found);
  }
  empty.querySelector("[data-gone]").hidden = !task;
  await count();
}

async function count() {
  const line = document.querySelector("[data-waiting-count]");
  if (!line) return;
  const waits = possible ? (await all()).length : 0;
  line.textContent = `${line.dataset.words} ${waits}`;
  line.hidden = !waits;
}

await open().catch(count);

const again = document.querySelector("[data-again]");
if (again) again.href = location.href;
again?.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });

const answers = async () => (await fetch("/livez", { cache: "no-store" }).catch(() => null))?.ok;

/** Back to the page itself, as soon as there is a network and no word is half written; opened under its own
    address this is no other page's place, and there is nothing to go back to. */
async function look() {
  if (location.pathname === "/offline") return;
  if (Date.now() - typed < TYPING || document.querySelector("dialog[open], [aria-busy=true]:not(figure)") || !(await answers())) return;
  saveAll();
  const { laidDown } = await import("./queue.js");
  await laidDown();
  location.reload();
}
document.addEventListener("input", () => { typed = Date.now(); });
addEventListener("online", look);
setInterval(look, LOOK);
