/* On every page of a partner: the service worker is kept at this edition, what waits is shown and sent, and signing out asks first.
   #dari-phone (the layout): data-who, data-seal, data-edition. Nothing here is needed to work; without it forms post and links go. */
import { ask } from "./ask.js";
import { erase, flush, ready, waiting } from "./queue.js";
import { list } from "./waiting.js";
import { say } from "./words.js";

const { edition } = document.getElementById("dari-phone").dataset;
const PATIENCE = 8000;

if ("serviceWorker" in navigator) {
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
  const sent = await settled();
  submitter?.removeAttribute("aria-busy");
  if (sent && navigator.onLine) go(form, submitter);
  else await ask(say(navigator.onLine ? "unsent" : "unsent_offline"), [["", say("close")]], [list()]);
}

async function settled() {
  await ready;
  await new Promise((next) => setTimeout(next)); // a letter just written is put down first
  if (!waiting().length) return true;
  const late = new Promise((next) => setTimeout(() => next(false), PATIENCE));
  return Promise.race([flush(), late]);
}

/** What waits would be lost: it is asked about by number, then everything of this person is taken off the phone. */
async function signOut(form, submitter) {
  await ready;
  if (waiting().length && navigator.onLine) await settled();
  const left = waiting().length;
  const answer = left ? await ask(`${say("waiting")} ${left}. ${say("sign_out_ask")}`, [
    ["", say("sign_out_stay"), "button-main"], ["erase", say("sign_out_erase"), "button-danger"],
  ], [list()]) : "erase";
  if (answer !== "erase") return;
  await erase();
  for (const name of await globalThis.caches?.keys() ?? []) if (name.startsWith("dari-")) await caches.delete(name);
  go(form, submitter);
}
