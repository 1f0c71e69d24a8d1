/* On every page of a partner: the service worker is kept at this edition, what waits is shown and sent, and signing out asks first.
   #dari-phone (the layout): data-who, data-seal, data-edition. Nothing here is needed to work; without it forms post and links go. */
import { arrived, erase, laidDown, online, ready, waiting } from "./queue.js";
import { make, say } from "./words.js";

const { edition } = document.getElementById("dari-phone").dataset;
const SLOW = 1500; // milliseconds after a press until it is said what is waited for
const QUIET = 2000; // milliseconds: a page stands first, then the phone is tidied

const ask = async (...words) => (await import("./ask.js")).ask(...words);
const copies = () => import("./copies.js");
const handing = () => import("./handin.js");
const bar = () => import("./waiting.js");

const tidyUp = () => [bar(), copies()];
setTimeout(tidyUp, QUIET);
document.addEventListener("waiting", tidyUp, { once: true });
addEventListener("offline", handing);
ready.then(() => {
  if (waiting().length || !online()) bar();
  if (waiting().some((one) => one.handIn) || !online()) handing();
});

if (edition && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(`/worker.js?edition=${edition}&locale=${document.documentElement.lang}`, { scope: "/" }).catch(() => undefined);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  const leaves = new URL(event.submitter?.getAttribute("formaction") ?? form.getAttribute("action"), location.href).pathname === "/sign-out";
  if (!leaves && !form.matches("[data-autosave]")) return;
  if (form.dataset.asked) return void delete form.dataset.asked;
  event.preventDefault();
  (leaves ? signOut : handIn)(form, event.submitter);
});

function go(form, submitter) {
  form.dataset.asked = "yes";
  form.requestSubmit(submitter);
}

/** Hands the form in once everything that waits has arrived; else says why not, and that nothing is lost. */
async function handIn(form, submitter) {
  submitter?.setAttribute("aria-busy", "true");
  const { saveAll } = await import("./autosave.js");
  saveAll();
  const first = Object.assign(make("div", "notice is-info"), { hidden: true });
  first.append(make("p", "", say("sending_first")));
  document.querySelector(".notices")?.append(first);
  const slow = setTimeout(() => { first.hidden = false; }, SLOW);
  const sent = await arrived();
  clearTimeout(slow);
  first.remove();
  submitter?.removeAttribute("aria-busy");
  if (sent && online()) go(form, submitter);
  else if (!online()) await offerLater();
  else if (await ask(say("unsent"), [["later", say("later"), "button-main"], ["", say("close")]], [(await bar()).list()])) await (await handing()).later();
}

/** Without a network: what is still to be done is named, else handing in may wait behind the answers. */
async function offerLater() {
  const { lacking, later } = await handing();
  const left = lacking();
  const rows = make("ul");
  rows.append(...left.map((words) => make("li", "", words)));
  if (left.length) await ask(say("unsent_offline"), [["", say("close")]], [rows]);
  else if (await ask(say("later_ask"), [["later", say("later"), "button-main"], ["", say("close")]])) await later();
}

/** What waits would be lost: it is asked about by number, then everything of this person is taken off the phone. */
async function signOut(form, submitter) {
  await laidDown();
  if (waiting().length && online()) await arrived();
  const left = waiting().length;
  const answer = left ? await ask(`${say("waiting")} ${left}. ${say("sign_out_ask")}`, [
    ["", say("sign_out_stay"), "button-main"], ["erase", say("sign_out_erase"), "button-danger"],
  ], [(await bar()).list()]) : "erase";
  if (answer !== "erase") return;
  await erase();
  await (await copies()).erase(); // the worker's files stay: they are nobody's, and the next person's phone opens without a network too
  go(form, submitter);
}
