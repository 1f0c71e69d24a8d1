/* The queue: every answer and photo is first put down on this phone, then sent, and thrown away when the server has it.
   A letter: {group, url, page, title, label, item, fields: [[name, value]], photo?, clientId, tried, state: "waiting"|"refused", said}
     - of one group only the newest untried letter waits; one that may have arrived is settled first, and hands its version on
     - the same letter carries the same client_id however often it is sent, so the effect happens once
     - what the server refused for good (422) is said and not kept; what it refused otherwise waits for the person's word
     - a letter with handIn waits behind every letter of its page
   Every change is told to the page: document event "waiting", detail {letter, end, data};
     end: kept (data.lasting says whether a dead battery may come), sending (data.part: how much, 0 to 1), ok, refused, away, signed_out, dropped. */
import { newId, post, wait } from "./send.js";
import { seal, unseal, useKey } from "./seal.js";
import { awake } from "./start.js";
import * as store from "./store.js";

const SIGN_IN = 10_000;
const MOST_BROKEN = 2; // times a photo breaks off before it is made smaller (ADR 16)
const QUIET = 25_000; // milliseconds in which nothing moves: longer than one save may take (send.js)
const phone = document.getElementById("dari-phone")?.dataset;
const who = phone?.who ?? "";
const letters = new Set();
let desk = Promise.resolve(); // what is done to the drawer, one thing after the other
let running = null;
let tries = 0;
let timer = 0;

/** Whether what waits outlives this page. */
export const lasting = store.possible && Boolean(phone);

/** Whether this page may send: the page without a network (offline.js, data-away) lays down only. */
export const online = () => navigator.onLine && phone?.away === undefined;

/** What waits of this person, the oldest first. */
export const waiting = () => [...letters].sort((one, other) => one.at - other.at);

/** Settled when it is known what waited here before. */
export const ready = load();

async function load() {
  if (!lasting) return;
  if (phone.seal) await useKey(phone.seal);
  for (const one of await store.all()) {
    if (one.who !== who) continue;
    const letter = await unseal(one).catch(() => null);
    if (letter) letters.add(Object.assign(letter, { down: true }));
    else await store.remove(one.id);
  }
  if (letters.size) awake.catch(() => undefined).then(flush); // the page's fields hear what becomes of what they said
}

/** Puts a letter down and sends it as soon as it can be; settled when it is safe on this phone. */
export async function put(words) {
  await ready;
  const letter = { ...words, who, at: Date.now(), clientId: newId(), tried: false, state: "waiting", said: "", down: false };
  const last = waiting().findLast((one) => one.group === words.group);
  const instead = last && (!last.tried || last.state === "refused") ? last : undefined;
  letters.delete(instead);
  letters.add(letter);
  tell(letter, "kept", { lasting: await keep(letter, instead) });
  flush();
  return letter;
}

/** The person gives a letter up. */
export async function drop(letter) {
  await forget(letter);
  tell(letter, "dropped");
}

/** The person wants a refused letter sent again; `fields` replaces some of its fields. */
export async function again(letter, fields = {}) {
  Object.assign(letter, { clientId: newId(), tried: false, state: "waiting", said: "" });
  write(letter, fields);
  tell(letter, "kept", { lasting: await keep(letter) });
  flush();
}

/** Throws everything of this person away. */
export async function erase() {
  letters.clear();
  if (lasting) await (desk = desk.then(() => store.erase(who)));
}

/** Sends what waits, one after the other; gives whether nothing waits any more. */
export function flush() {
  running ??= locked(deliver).finally(() => {
    running = null;
    if (!timer && online() && next()) flush();
  });
  return running;
}

/** Whether everything that waits has arrived: waits as long as something moves, so also for a save that is under way. */
export async function arrived() {
  await laidDown();
  const left = () => waiting().some((one) => one.state === "waiting");
  if (!left() || !online()) return !left();
  return new Promise((give) => {
    let quiet = 0;
    const look = (event) => {
      clearTimeout(quiet);
      quiet = setTimeout(() => settled(false), QUIET);
      if (!left()) settled(true);
      else if (event?.type === "offline" || ["away", "signed_out"].includes(event?.detail?.end)) settled(false);
    };
    const settled = (is) => {
      clearTimeout(quiet);
      document.removeEventListener("waiting", look);
      removeEventListener("offline", look);
      give(is);
    };
    document.addEventListener("waiting", look);
    addEventListener("offline", look);
    look();
    flush().then(() => left() && !next() && settled(false)); // what is left stands in line behind something refused
  });
}

/** Settled when everything written so far lies in the drawer. */
export async function laidDown() {
  await ready;
  await new Promise((next) => setTimeout(next)); // a letter just written is put down first
  await desk;
}

const locked = (act) => (navigator.locks ? navigator.locks.request("dari-waiting", act) : act());
const next = () => waiting().find((one) => one.state === "waiting" && one.down && !(one.handIn && isHeldUp(one)));
const isHeldUp = ({ page }) => waiting().some((one) => one.page === page && one.state === "refused"); // handin.js takes it back

async function deliver() {
  clearTimeout(timer);
  timer = 0;
  await ready;
  for (let letter = next(); letter; letter = next()) {
    if (!online()) return false; // untried, it may still be written anew; "online" wakes us
    const end = await send(letter);
    if (end === "away" || end === "signed_out") {
      timer = setTimeout(flush, end === "signed_out" ? SIGN_IN : wait(tries++));
      return false;
    }
  }
  tries = 0;
  return !waiting().some((one) => one.state === "waiting");
}

async function send(letter) {
  letter.tried = true; // from here on it may have arrived
  if (letter.photo && letter.broken === MOST_BROKEN) letter.photo = await (await import("./shrink.js")).smaller(letter.photo);
  if (lasting && letter.id !== undefined && !(await store.has(letter.id))) return settle(letter, "ok", {}); // another tab sent it
  await keep(letter);
  tell(letter, "sending", { part: 0 });
  const moved = letter.photo && inSteps((part) => tell(letter, "sending", { part }));
  const { end, data, status } = await post(letter.url, body(letter), letter.clientId, { moved });
  return settle(letter, end, data, status);
}

/** Hears of every twentieth. */
function inSteps(hear) {
  let told = 0;
  return (part) => part - told >= 0.05 && hear((told = part));
}

function body({ item, fields, photo }) {
  const form = new FormData();
  if (item) form.set("item", item);
  for (const [name, value] of fields) form.append(name, value);
  if (photo) form.set("photo", photo, "photo.jpg");
  return form;
}

async function settle(letter, end, data, status) {
  const followers = waiting().filter((one) => one.group === letter.group && one.at > letter.at);
  if (end === "ok") {
    const gone = forget(letter);
    for (const one of followers) write(one, data.fields ?? {});
    tell(letter, end, data); // before anything is waited for: what is written from here on has the new version
    await gone;
    for (const one of followers) await keep(one);
    return end;
  }
  if (end === "away") letter.broken = (letter.broken ?? 0) + 1;
  if (end === "refused") {
    Object.assign(letter, { state: "refused", said: data.text ?? "", code: data.code ?? "", theirs: data.value, version: data.version });
    const isKeptThere = letter.code === "tasks.lease_ended" && !letter.photo; // as a draft
    if (followers.length || isKeptThere) await forget(letter);
    else if (status === 422) await takeOut(letter);
    else await keep(letter);
  }
  tell(letter, end, data);
  return end;
}

/** Puts what the server said of an item (its version) into a letter about it. */
function write(letter, fields) {
  letter.fields = letter.fields.map(([name, value]) => [name, fields[name] ?? value]);
  return letter;
}

/** Lays a letter into the drawer, if it is still wanted, in the place of the one it came `instead` of; gives whether it lies there. */
function keep(letter, instead) {
  const lay = async () => {
    letter.id ??= instead?.id; // known only now: that one may have been on its way into the drawer
    if (!lasting || !letters.has(letter)) return false;
    letter.id = await store.put(await seal(letter));
    return true;
  };
  desk = desk.then(lay).catch(() => false); // no room left, or no drawer in this browser's mode: it waits in this page
  return desk.finally(() => { letter.down = true; });
}

function forget(letter) {
  letters.delete(letter);
  return takeOut(letter);
}

function takeOut(letter) {
  desk = desk.then(() => (lasting && letter.id !== undefined ? store.remove(letter.id) : undefined)).catch(() => undefined);
  return desk;
}

const tell = (letter, end, data = {}) => document.dispatchEvent(new CustomEvent("waiting", { detail: { letter, end, data } }));

for (const name of ["online", "focus"]) addEventListener(name, () => letters.size && flush());
addEventListener("beforeunload", (event) => {
  if (waiting().some((one) => one.id === undefined)) event.preventDefault(); // not yet safe anywhere
});
