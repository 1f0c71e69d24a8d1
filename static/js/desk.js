/* <form data-desk data-hold-url data-next-url>: the reviewer's desk. It keeps the submission for this reviewer while the page is
   open, counts the score along, fetches the next desk and its photos ahead, and when the verdict is in, puts it in place at once.
     POST data-hold-url                 {"seconds": 900}; refused: the page is asked for again, and says why
     POST action, as the form stands    {"next_url", "text"}; refused or signed out: posted again as a page, so that nothing is lost
   The page fetched ahead carries ?done=<this one>. It is put in place in the moment of the verdict, before the server has answered:
   nothing stands between a decision and the next submission. Until the answer is there the new desk holds nothing and sends nothing;
   an answer that names another submission leads there, and one that refuses puts the old desk back as it was. */
import { newId, post } from "./send.js";
import { wake } from "./start.js";
import { say } from "./words.js";

let ahead = null;
let holding = 0;
let sending = null; // the verdict that is on its way: true once the server has taken it

export function dress(root) {
  const form = root.querySelector("form[data-desk]");
  if (!form) return;
  form.addEventListener("submit", (event) => decide(event, form));
  form.addEventListener("change", () => score(form));
  const fold = form.querySelector("[data-confirm]");
  fold.addEventListener("toggle", () => fold.open && fold.querySelector("button").focus());
  fold.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !fold.open) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
  score(form);
  if (!sending) begin(form);
}

function begin(form) {
  if (form.dataset.begun) return;
  form.dataset.begun = "true";
  hold(form);
  ahead = form.dataset.nextUrl ? fetchAhead(form.dataset.nextUrl) : null;
}

/* --- holding --- */

async function hold(form) {
  clearTimeout(holding);
  if (!form.isConnected) return;
  if (!document.hidden) {
    const { end, data } = await post(form.dataset.holdUrl, new FormData(), newId());
    if (end === "refused" && form.isConnected && !form.hasAttribute("aria-busy")) return void location.reload();
    if (end === "ok") form.dataset.held = String(data.seconds);
  }
  holding = setTimeout(() => hold(form), 1000 * (Number(form.dataset.held || 60) / 3));
}

/* --- the score --- */

function score(form) {
  const line = form.querySelector("[data-score]");
  const ticked = [...form.querySelectorAll("[name=defect]:checked")].map((it) => seen(form, line, it));
  const left = Math.max(0, Number(line.dataset.full) - ticked.reduce((sum, one) => sum + one.points, 0));
  const passes = left >= Number(line.dataset.passing) && !ticked.some((one) => one.severity === "critical");
  line.hidden = !ticked.length;
  line.querySelector("[data-score-points]").textContent = `${left} / ${line.dataset.full}`;
  line.querySelector("[data-score-words]").textContent = passes ? line.dataset.sayAccept : line.dataset.sayBack;
  line.classList.toggle("is-bad", !passes);
}

/** A defect as it counts: at the rubric's weight, or at its severity's own where another one was chosen. */
function seen(form, line, { value, dataset }) {
  const other = form.elements[`severity-${value}`]?.value;
  const severity = other || dataset.severity || "minor";
  return { severity, points: Number(severity === dataset.severity ? dataset.points : line.dataset[severity]) };
}

/* --- the verdict --- */

async function decide(event, form) {
  if (event.defaultPrevented) return undefined;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return undefined;
  form.setAttribute("aria-busy", "true");
  if (sending && !(await sending)) return undefined; // the desk before this one came back
  performance.mark("desk:decided");
  const body = new FormData(form, event.submitter);
  const next = ahead?.fresh && stands(form, body.get("verdict")) ? ahead : null;
  const before = next && put(next);
  const answer = post(form.action, body, body.get("client_id"));
  if (!before) return settle(form, event.submitter.value, await answer);
  sending = answer.then((told) => confirm(form, event.submitter.value, before, next, told));
  return sending;
}

/** Whether the server will take it as far as the desk can know: what it would refuse is not passed over. */
function stands(form, verdict) {
  const line = form.querySelector("[data-score]");
  const ticked = [...form.querySelectorAll("[name=defect]:checked")].map((it) => seen(form, line, it));
  if (verdict === "accept") return !ticked.some((one) => one.severity === "critical");
  return ticked.length > 0 || (verdict === "reject" && form.elements.note.value.trim() !== "");
}

/** Puts the desk that was fetched ahead in place; gives what lay there before, to be put back. */
function put({ fresh, url }) {
  const old = { main: document.querySelector("main"), title: document.title, url: location.href };
  const main = document.adoptNode(fresh.querySelector("main"));
  sending = Promise.resolve(true);
  ahead = null;
  show(main, fresh.title, new URL(url, location.href).pathname);
  wake(main);
  requestAnimationFrame(() => performance.measure("desk:next", "desk:decided"));
  return old;
}

function show(main, title, url) {
  document.querySelector("main").replaceWith(main);
  document.title = title;
  history.pushState(null, "", url);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

/** What the server said of a verdict whose next desk is on the screen already; whether it took it. */
function confirm(form, verdict, before, next, told) {
  sending = null;
  if (told.end === "ok" && same(told.data.next_url, next.url)) {
    const main = document.querySelector("main");
    tell(main, told.data.text);
    begin(main.querySelector("form[data-desk]"));
    return true;
  }
  if (told.end === "ok") location.assign(told.data.next_url);
  else {
    show(before.main, before.title, before.url);
    settle(form, verdict, told);
  }
  return false;
}

function settle(form, verdict, { end, data }) {
  if (end === "ok") return go(data);
  if (end !== "away") return asPage(form, verdict);
  form.removeAttribute("aria-busy");
  const line = form.querySelector("[data-desk-says]");
  line.hidden = false;
  line.textContent = say("failed");
  return undefined;
}

const same = (one, other) => new URL(one, location.href).pathname === new URL(other, location.href).pathname;

/** Posts the same again as a page: the server shows what is to be mended, or asks for sign-in and goes on. */
function asPage(form, verdict) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "verdict", value: verdict });
  form.append(field);
  form.submit();
}

async function go({ next_url: url, text }) {
  const fresh = ahead && same(ahead.url, url) ? await ahead.page : null;
  const main = fresh?.querySelector("main");
  if (!main?.querySelector("form[data-desk]")) return void location.assign(url);
  show(document.adoptNode(main), fresh.title, url);
  tell(main, text);
  return wake(main);
}

function tell(main, text) {
  const notice = main.querySelector("[data-desk-done]").content.cloneNode(true);
  notice.querySelector("p").textContent = text;
  main.querySelector(".notices").append(notice);
}

/* --- the next one --- */

function fetchAhead(url) {
  const found = { url, fresh: null };
  found.page = fetch(url, { headers: { Accept: "text/html" } })
    .then((response) => (response.ok && !response.redirected ? response.text() : ""))
    .then((html) => {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const image of fresh.querySelectorAll("[data-viewer] img")) new Image().src = image.getAttribute("src");
      if (fresh.querySelector("main form[data-desk]")) found.fresh = fresh;
      return fresh;
    })
    .catch(() => null);
  return found;
}

addEventListener("popstate", () => location.reload());
