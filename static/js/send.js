/* One way to send: every POST carries the page's csrf and a client_id, and ends in one of four ways.
     ok          2xx                     data is the JSON answer
     refused     4xx                     data is {code, text, field?, next_url?}: no use in trying again
     signed_out  401, or an old csrf     a fresh copy of the page is asked for its csrf and the post tried once more; then ask for sign-in
     away        no network, 429, 5xx    try again later with the same client_id: the effect happens once
   Nothing that is sent is ever stored by the browser. */
import { say } from "./words.js";

const PATIENCE = 20_000;

/** A name for one act, so that the server can tell a repeat from a second act. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Milliseconds to wait before try n (0, 1, 2 …): 1, 2, 4 … 30 seconds. */
export const wait = (tries) => Math.min(30_000, 1000 * 2 ** tries);

const csrf = () => document.querySelector("input[name=csrf]")?.value ?? "";

/** Posts a FormData and says how it ended: {end, status, data}. */
export async function post(url, body, clientId, { keepalive = false } = {}) {
  body.set("client_id", clientId);
  const answer = await once(url, body, keepalive);
  return answer.end === "signed_out" && !keepalive && (await renew()) ? once(url, body, false) : answer;
}

async function once(url, body, keepalive) {
  body.set("csrf", csrf());
  try {
    const response = await fetch(url, {
      method: "POST", body, keepalive, redirect: "follow",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    return await read(response);
  } catch {
    return { end: "away", status: 0, data: {} };
  }
}

async function read(response) {
  const status = response.status;
  const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
  const data = isJson ? await response.json().catch(() => ({})) : {};
  if (status === 401 || data.code === "security.cross_site" || (response.redirected && !isJson)) return { end: "signed_out", status, data };
  if (status === 429 || status >= 500) return { end: "away", status, data };
  return { end: response.ok ? "ok" : "refused", status, data };
}

/** After signing in again elsewhere this page's csrf is old: takes the new one from a fresh copy of the page. */
async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("input[name=csrf]")?.value;
  if (!fresh) return false;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = fresh;
  return true;
}

/* What is not yet safe on the server. Leaving warns; submitting any form waits until it is safe. */
const unsent = new Set();

/** Marks a thing {stuck: boolean} as not yet saved; `safe` takes the mark away. */
export const hold = (thing) => unsent.add(thing);
export const safe = (thing) => unsent.delete(thing);

addEventListener("beforeunload", (event) => {
  if ([...unsent].some((thing) => thing.stuck)) event.preventDefault();
});

document.addEventListener("submit", async (event) => {
  if (event.defaultPrevented || !unsent.size || event.target.method !== "post") return;
  event.preventDefault();
  const { target, submitter } = event;
  submitter?.setAttribute("aria-busy", "true");
  const emptied = await until(() => !unsent.size, 8000);
  submitter?.removeAttribute("aria-busy");
  if (emptied) target.requestSubmit(submitter);
  else alert(say("unsent"));
});

async function until(reached, patience) {
  const end = Date.now() + patience;
  while (!reached() && Date.now() < end) await new Promise((go) => setTimeout(go, 50));
  return reached();
}
