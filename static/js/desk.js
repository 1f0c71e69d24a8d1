/* <form data-desk data-hold-url data-next-url>: the reviewer's desk. It keeps the submission for this reviewer while the page is
   open, counts the score along, fetches the next desk and its photos ahead, and when the verdict is in, puts it in place at once.
     POST data-hold-url                 {"seconds": 900}; refused: the page is asked for again, and says why
     POST action, as the form stands    {"next_url", "text"}; refused or signed out: posted again as a page, so that nothing is lost
   The page fetched ahead carries ?done=<this one>; it is shown only when the server gives the same submission next. */
import { newId, post } from "./send.js";
import { wake } from "./start.js";
import { say } from "./words.js";

let ahead = null;
let holding = 0;

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
  if (event.defaultPrevented) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const body = new FormData(form, event.submitter);
  const { end, data } = await post(form.action, body, body.get("client_id"));
  if (end === "ok") return go(data);
  if (end !== "away") return asPage(form, event.submitter.value);
  form.removeAttribute("aria-busy");
  const line = form.querySelector("[data-desk-says]");
  line.hidden = false;
  line.textContent = say("failed");
  return undefined;
}

/** Posts the same again as a page: the server shows what is to be mended, or asks for sign-in and goes on. */
function asPage(form, verdict) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "verdict", value: verdict });
  form.append(field);
  form.submit();
}

async function go({ next_url: url, text }) {
  const there = new URL(url, location.href).pathname;
  const fresh = ahead && new URL(ahead.url, location.href).pathname === there ? await ahead.page : null;
  const main = fresh?.querySelector("main");
  if (!main?.querySelector("form[data-desk]")) return void location.assign(url);
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.title = fresh.title;
  history.pushState(null, "", url);
  tell(main, text);
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  return wake(main);
}

function tell(main, text) {
  const notice = main.querySelector("[data-desk-done]").content.cloneNode(true);
  notice.querySelector("p").textContent = text;
  main.querySelector(".notices").append(notice);
}

/* --- the next one --- */

function fetchAhead(url) {
  const page = fetch(url, { headers: { Accept: "text/html" } })
    .then((response) => (response.ok && !response.redirected ? response.text() : ""))
    .then((html) => {
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const image of fresh.querySelectorAll("[data-viewer] img")) new Image().src = image.getAttribute("src");
      return fresh;
    })
    .catch(() => null);
  return { url, page };
}

addEventListener("popstate", () => location.reload());
