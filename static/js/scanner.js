/* [data-scanner]: a parcel is scanned in one go. Every code finds its own place: [data-slot="name"][data-codes="sku barcode"].
   Three ways, the first that works: the live camera; a picture sent to data-decode-url (multipart: photo, csrf, client_id →
   200 {"codes": [{"format", "text"}]}), every code on it; typing into the places, always possible.
   Filling a place fires input and change, so that autosave sees it. The server compares once more; this only saves walking. */
import { LIVE, look } from "./camera.js";
import { newId, post } from "./send.js";
import { shrink } from "./shrink.js";
import { say } from "./words.js";

for (const box of document.querySelectorAll("[data-scanner]")) ready(box);

function ready(box) {
  for (const input of box.querySelectorAll("input")) input.addEventListener("keydown", (event) => enter(event, box, input));
  const button = box.querySelector("[data-scanner-open]");
  button.hidden = false;
  button.addEventListener("click", async () => { if (!LIVE || !(await look((code) => scanned(box, code)))) picture(box); });
}

/** A scanner that types ends with Enter: on to the next empty place, and the form is not sent. */
function enter(event, box, input) {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  (empty(box)[0]?.querySelector("input") ?? input).focus();
}

const places = (box) => [...box.querySelectorAll("[data-slot]")];
const field = (place) => place.querySelector("input[name^=answer-]");
const empty = (box) => places(box).filter((place) => place.dataset.codes && !field(place).value.trim());

/** Codes are compared as the server does: width and case folded, a number of a barcode in its 14 digits. */
export function normal(code) {
  const folded = code.normalize("NFKC").trim().toLowerCase();
  return /^(\d{8}|\d{12,14})$/.test(folded) ? folded.padStart(14, "0") : folded;
}

/** Puts a code into its place; gives what to say, "" when everything is scanned. */
function scanned(box, code) {
  const known = places(box).filter((place) => place.dataset.codes.split(" ").includes(normal(code)));
  const place = known.find((one) => !field(one).value.trim());
  const counted = known[0]?.querySelector("input[name^=times-]:not([type=hidden])");
  if (!known.length) return tell(box, `${say("scan_other")} ${code}`);
  if (!place && !counted) return tell(box, `${say("scan_full")} ${known[0].dataset.slot}`);
  if (place) write(field(place), code);
  if (counted) write(counted, String((Number(counted.value) || 0) + 1));
  const left = empty(box).length;
  const words = left ? `✓ ${known[0].dataset.slot} · ${say("scan_left")} ${left}` : counted ? `✓ ${known[0].dataset.slot} ${counted.value}` : "";
  tell(box, words || say("scan_all_done"));
  return words;
}

function write(input, text) {
  input.value = text;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
}

function tell(box, words) {
  box.querySelector("[data-scanner-says]").textContent = words;
  return words;
}

function picture(box) {
  const pick = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  pick.addEventListener("change", async () => {
    const body = new FormData();
    body.set("photo", await shrink(pick.files[0]), "photo.jpg");
    tell(box, say("sending"));
    const { end, data } = await post(box.dataset.decodeUrl, body, newId());
    const codes = (data.codes ?? []).map(({ text }) => text);
    if (end !== "ok" || !codes.length) tell(box, data.text || say(end === "ok" ? "scan_none" : end === "away" ? "scan_away" : "failed"));
    for (const code of end === "ok" ? codes : []) scanned(box, code);
  });
  pick.click();
}
