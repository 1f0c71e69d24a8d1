/* One way to send: every POST carries the page's csrf and a client_id, and ends in one of four ways.
     ok          2xx                     data is the JSON answer
     refused     4xx                     data is {code, text, field?, next_url?}: no use in trying again
     signed_out  401, or an old csrf     a fresh copy of the page is asked for its csrf and the post tried once more; then ask for sign-in
     away        no network, 429, 5xx    try again later with the same client_id: the effect happens once
   A page belongs to one person: when somebody else has signed in meanwhile, nothing of it is sent any more. */
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
export async function post(url, body, clientId, { patience } = {}) {
  body.set("client_id", clientId);
  const answer = await once(url, body, patience);
  return answer.end === "signed_out" && (await renew()) ? once(url, body, patience) : answer;
}

async function once(url, body, patience = PATIENCE) {
  body.set("csrf", csrf());
  try {
    const response = await fetch(url, {
      method: "POST", body, redirect: "follow",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(patience),
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
