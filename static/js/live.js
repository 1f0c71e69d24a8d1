/* <main data-live="15">: the page keeps itself true. Every few seconds the shop's pulse is felt (/pulse: 16 letters);
   when it has changed, the page is fetched, at most every 15 seconds, and what differs is exchanged in place.
   <section id="…" data-live="2" data-live-always>: fetched every 2 seconds whatever the pulse says (the progress of an import).
   The bell of the frame is mended with every page; on a page that is not live it alone is: <a id="bell" data-live-from="/notices/bell">
   names the few bytes to fetch. Events that other scripts send to the document: "look" (fetch now), "ring" (the bell alone).
   What is focused, typed into, opened or selected stays as it is; a reader hears the page's verdict when it is another one.
   It rests while the tab is hidden, asks less often the longer it waits for answers, and stops when nobody is signed in. */
import { make } from "./words.js";
import { mend } from "./mend.js";
import { wake } from "./start.js";

const FELT = 8_000; // between two pulses; a little more or less, so that tabs do not march in step
const SURELY = 120_000; // promises fall due without anybody doing anything
const LONGEST = 300_000;
const SHARE = 20; // a tab keeps the server at most a twentieth of the time

const bell = document.getElementById("bell");
const part = document.querySelector("[data-live]:not(#bell)") ?? bell;
const always = part?.hasAttribute("data-live-always");
const least = () => 1000 * Math.max(1, Number(part.dataset.live) || 15);
const told = make("p", "spoken");
let felt = null; // the pulse when the page was last true
let looked = performance.now();
let gap = 0; // grows while the server is away or slow
let timer = 0;

class SignedOut extends Error {}

async function ask(path, accept) {
  const began = performance.now();
  const response = await fetch(path, { headers: { Accept: accept, "X-Live": "1" } });
  if (response.status === 401 || response.status === 403 || response.redirected) throw new SignedOut();
  if (!response.ok) throw new Error(response.status);
  const text = await response.text();
  gap = Math.min(LONGEST, SHARE * (performance.now() - began));
  return text;
}

const busy = () =>
  document.querySelector("dialog[open], :popover-open") ||
  (!getSelection().isCollapsed && part.contains(getSelection().anchorNode)) ||
  part.contains(document.querySelector("[data-busy]"));

async function turn() {
  const due = performance.now() - looked >= least();
  if (always) return due && look();
  const now = await ask("/pulse", "application/json");
  felt ??= now;
  const changed = now !== felt || performance.now() - looked > SURELY;
  if (!changed || !due || busy()) return;
  await look();
  felt = now;
}

async function look() {
  const page = await read(part.dataset.liveFrom ?? location.href);
  looked = performance.now();
  const fresh = part.id ? page.getElementById(part.id) : page.querySelector("main");
  if (!fresh) throw new SignedOut();
  ring(page.getElementById("bell"));
  if (part === bell) return;
  const before = verdict();
  const within = part.contains(document.activeElement);
  for (const added of mend(part, fresh)) wake(added);
  if (within && !part.contains(document.activeElement)) part.focus({ preventScroll: true }); // its row has gone
  if (verdict() !== before) told.textContent = verdict();
}

const read = async (path) => new DOMParser().parseFromString(await ask(path, "text/html"), "text/html");

/** The bell as it is now; where it counts more than before, a reader hears it and the phone is felt, if it may be. */
function ring(fresh) {
  if (!bell || !fresh) return;
  const before = Number(bell.dataset.notices ?? 0);
  mend(bell, fresh);
  if (Number(bell.dataset.notices ?? 0) <= before) return;
  told.textContent = bell.querySelector(".spoken").textContent;
  if ("buzzes" in bell.dataset && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(120);
}

const verdict = () => document.querySelector("main .verdict")?.textContent.trim() ?? "";

async function beat() {
  try {
    await turn();
  } catch (trouble) {
    if (trouble instanceof SignedOut) return;
    gap = Math.min(LONGEST, Math.max(FELT, 2 * gap));
  }
  next(Math.max(always ? least() : FELT, gap));
}

function next(wait) {
  clearTimeout(timer);
  if (document.hidden || !part.isConnected || !part.dataset.live) return;
  timer = setTimeout(beat, wait * (0.75 + Math.random() / 2));
}

if (part) {
  told.setAttribute("role", "status");
  document.body.append(told);
  document.addEventListener("visibilitychange", () => next(500));
  document.addEventListener("look", () => look().catch(() => undefined)); // another script has changed something
  document.addEventListener("ring", () => read(bell.dataset.liveFrom).then((page) => ring(page.getElementById("bell")), () => undefined));
  next(always ? least() : 500);
}
