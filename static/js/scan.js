/* [data-scan] around a text input (the scan() macro): fills the input from the camera. Three ways, the first that works:
     1 BarcodeDetector on the live camera
     2 a picture, shrunk, POSTed to data-decode-url (multipart: photo, csrf, client_id) → 200 {"codes": [{"format", "text"}]}
     3 typing, always possible; a scanner that types Enter moves on instead of sending the form
   Filling the input fires input and change, so autosave sees it. */
import { LIVE, look } from "./camera.js";
import { newId, post } from "./send.js";
import { shrink } from "./shrink.js";
import { say } from "./words.js";

for (const box of document.querySelectorAll("[data-scan]")) ready(box);

function ready(box) {
  const input = box.querySelector("input");
  const button = box.querySelector("[data-scan-open]");
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.select();
  });
  if (!button || !(LIVE || box.dataset.decodeUrl)) return;
  button.hidden = false;
  button.addEventListener("click", () => (LIVE ? watch(box, input) : picture(box, input)));
}

function fill(box, input, text) {
  input.value = text;
  for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  tell(box, text);
  input.focus();
}

const tell = (box, text) => { box.querySelector("[data-scan-says]").textContent = text; };

async function watch(box, input) {
  const found = (code) => { fill(box, input, code); return ""; };
  if (await look(found)) return;
  if (box.dataset.decodeUrl) picture(box, input);
  else tell(box, say("scan_none"));
}

function picture(box, input) {
  const pick = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", capture: "environment" });
  pick.addEventListener("change", async () => {
    const body = new FormData();
    body.set("photo", await shrink(pick.files[0]), "photo.jpg");
    tell(box, say("sending"));
    const { end, data } = await post(box.dataset.decodeUrl, body, newId());
    const code = data.codes?.[0]?.text;
    if (end === "ok" && code) fill(box, input, code);
    else tell(box, end === "refused" && data.text ? data.text : say(end === "ok" ? "scan_none" : "failed"));
  });
  pick.click();
}
