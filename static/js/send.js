/* One way to send: every POST carries the page's csrf and a client_id, and ends in one of four ways.
     ok          2xx                     data is the JSON answer
     refused     4xx                     data is {code, text, field?, next_url?}: no use in trying again
     signed_out  401, or an old csrf     a fresh copy of the page is asked for its csrf and the post tried once more; then ask for sign-in
     away        no network, 429, 5xx    try again later with the same client_id: the effect happens once
   What is long (a photo) tells how far it is, and is given up only when no byte has moved for a while: a slow line gets there.
   A page belongs to one person: when somebody else has signed in meanwhile, nothing of it is sent any more. */
const PATIENCE = 20_000;
const STILL = 30_000; // milliseconds without a byte on its way
const WORKED_ON = 60_000; // milliseconds the server may take for what it has

/** A name for one act, so that the server can tell a repeat from a second act. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Milliseconds to wait before try n (0, 1, 2 …): 1, 2, 4 … 30 seconds. */
export const wait = (tries) => Math.min(30_000, 1000 * 2 ** tries);

const csrf = () => document.querySelector("input[name=csrf]")?.value ?? "";

/** Posts a FormData and says how it ended: {end, status, data}. `moved(part)` hears how much of it is on its way, 0 to 1. */
export async function post(url, body, clientId, { moved } = {}) {
  body.set("client_id", clientId);
  const answer = await once(url, body, moved);
  return answer.end === "signed_out" && (await renew()) ? once(url, body, moved) : answer;
}

async function once(url, body, moved) {
  body.set("csrf", csrf());
  try {
    return read(await (moved ? upload(url, body, moved) : fetched(url, body)));
  } catch {
    return { end: "away", status: 0, data: {} };
  }
}

async function fetched(url, body) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(url, { method: "POST", body, redirect: "follow", headers: { Accept: "application/json" }, signal });
  return { status: response.status, redirected: response.redirected, isJson: isJson(response.headers.get("Content-Type")), text: await response.text() };
}

const isJson = (type) => (type ?? "").includes("json");

/** fetch() says nothing of what is on its way. */
function upload(url, body, moved) {
  return new Promise((give, fail) => {
    const sent = new XMLHttpRequest();
    let still = 0;
    const wait = (patience) => {
      clearTimeout(still);
      still = setTimeout(() => sent.abort(), patience);
    };
    sent.upload.addEventListener("progress", ({ loaded, total }) => {
      wait(loaded < total ? STILL : WORKED_ON);
      moved(total ? loaded / total : 0);
    });
    sent.addEventListener("loadend", () => clearTimeout(still));
    for (const end of ["error", "abort"]) sent.addEventListener(end, () => fail(new Error(end)));
    sent.addEventListener("load", () => give({
      status: sent.status, redirected: sent.responseURL !== new URL(url, location.href).href,
      isJson: isJson(sent.getResponseHeader("Content-Type")), text: sent.responseText,
    }));
    sent.open("POST", url);
    sent.setRequestHeader("Accept", "application/json");
    wait(STILL);
    sent.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function read({ status, redirected, isJson, text }) {
  const data = isJson ? parsed(text) : {};
  if (status === 401 || data.code === "security.cross_site" || (redirected && !isJson)) return { end: "signed_out", status, data };
  if (status === 429 || status >= 500) return { end: "away", status, data };
  return { end: status >= 200 && status < 300 ? "ok" : "refused", status, data };
}

const whose = (page) => page.getElementById("dari-phone")?.dataset.who;

/** After signing in again elsewhere this page's csrf is old: takes the new one from a fresh copy of the page. */
async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("input[name=csrf]")?.value;
  if (!fresh || whose(page) !== whose(document)) return false;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = fresh;
  return true;
}
