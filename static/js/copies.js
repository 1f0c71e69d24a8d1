/* While there is a network: lays the sheets of the tasks in hand on this phone (sheets.js), and keeps them true.
     Today says which are in hand, [data-held="7:1763787600000 …"] task:end of the lease: these are laid, all others taken away
     the page of a task lays its own anew; what the server takes of an answer or a photo is written into the sheet at once */
import { ready } from "./queue.js";
import * as sheets from "./sheets.js";
import { differs, write } from "./sheet.js";
import { possible } from "./store.js";

const YOUNG = 5 * 60 * 1000; // milliseconds in which a sheet is not asked for again
const { who, away } = document.getElementById("dari-phone").dataset;
const taken = new Map(); // task → how often the server has taken something of it
let desk = possible ? ready : new Promise(() => undefined); // without a drawer nothing is ever laid

/** One thing after the other; what goes wrong (no room, no network) leaves the phone as it was. */
const then = (act) => { desk = desk.then(act).catch(() => undefined); };

const held = document.querySelector("[data-held]")?.dataset.held;
const here = document.querySelector("form[data-autosave]") && Number(location.pathname.match(/^\/work\/(\d+)$/)?.[1]);

if (away === undefined) {
  if (held === undefined) then(() => sheets.tidy(who));
  else then(() => only(held.split(" ").filter(Boolean).map((one) => one.split(":").map(Number))));
  if (here) then(() => fetchOne(here));
}

async function only(inHand) {
  const ends = new Map(inHand);
  await sheets.tidy(who, ({ task, until }) => ends.get(task) === until);
  const young = (await sheets.laid(who)).filter(({ at }) => Date.now() - at < YOUNG).map(({ task }) => task);
  for (const task of ends.keys()) if (!young.includes(task)) await fetchOne(task);
}

/** Asks for the sheet of a task; once more where an answer arrived meanwhile. */
async function fetchOne(task) {
  const before = taken.get(task);
  const response = await fetch(`/work/${task}/copy`, { headers: { Accept: "application/json", "X-Live": "1" } });
  if (response.redirected) return;
  if (response.ok) await sheets.lay(who, await response.json());
  else if ([403, 404, 409].includes(response.status)) await sheets.tidy(who, (one) => one.task !== task);
  if (taken.get(task) !== before) await fetchOne(task);
}

document.addEventListener("waiting", ({ detail: { letter, end, data } }) => {
  const [, number, what] = letter.url.match(/^\/work\/(\d+)\/(answers|photos|submission)/) ?? [];
  if (end !== "ok" || !number) return;
  const task = Number(number);
  taken.set(task, (taken.get(task) ?? 0) + 1);
  if (what === "submission") then(() => sheets.tidy(who, (one) => one.task !== task));
  else then(() => amend(task, letter, data));
});

async function amend(task, letter, data) {
  const sheet = await sheets.sheet(who, task);
  if (!sheet) return;
  const html = write(sheet.html, letter, data);
  await sheets.lay(who, { task, title: sheet.title, until: sheet.until, html });
  if (data.asked && differs(html, data.asked)) await fetchOne(task);
}

/** Takes everything off the phone: at sign-out. */
export const erase = () => (possible ? sheets.erase() : undefined);
