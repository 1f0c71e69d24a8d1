/* [data-photo data-upload-url] around an input[type=file] (the photo() macro): a picked photo is shrunk, shown and sent
   at once, in the background, again and again until it is safe; then the input is emptied, so the form does not carry it twice.
     POST data-upload-url, multipart: photo, the hidden inputs of the nearest [data-item], item=<id>, csrf, client_id
     200 {"id": 7, "url": "/…", "version"?, "stands"?, "progress"?}   see stand.js; the version goes into the item's hidden input[name=version]
     4xx {"code", "text"}                        shown under the photo, which is taken away by its button
   The page is told by a bubbling event "photo:saved" with detail {id, url}. */
import { hold, newId, post, safe, wait } from "./send.js";
import { shrink } from "./shrink.js";
import { stand } from "./stand.js";
import { make, say } from "./words.js";

for (const box of document.querySelectorAll("[data-photo]")) {
  box.querySelector("input[type=file]").addEventListener("change", ({ target }) => take(box, target));
}

async function take(box, input) {
  const files = [...input.files];
  input.value = "";
  input.dispatchEvent(new Event("drop:cleared"));
  for (const file of files) {
    const photo = await shrink(file);
    send(box, input, photo, show(box, photo));
  }
}

function show(box, photo) {
  const figure = make("figure", "photo");
  const image = make("img");
  image.src = URL.createObjectURL(photo);
  image.alt = box.querySelector("label")?.textContent ?? "";
  figure.append(image, make("figcaption", "", say("sending")));
  figure.setAttribute("aria-busy", "true");
  box.querySelector("[data-photos]").append(figure);
  return figure;
}

async function send(box, input, photo, figure) {
  const thing = { stuck: true };
  const clientId = newId();
  hold(thing);
  for (let tries = 0; figure.isConnected; tries++) {
    const { end, data } = await post(box.dataset.uploadUrl, body(box, photo), clientId);
    if (end === "ok") return saved(thing, box, input, figure, data);
    if (end === "refused") return refused(thing, figure, data);
    caption(figure, say(end === "signed_out" ? "signed_out" : "away"), "is-bad");
    await Promise.race([new Promise((go) => setTimeout(go, wait(tries))), new Promise((go) => addEventListener("online", go, { once: true }))]);
  }
  safe(thing);
}

function body(box, photo) {
  const body = new FormData();
  const item = box.closest("[data-item]");
  if (item) body.set("item", item.dataset.item);
  for (const field of item?.querySelectorAll("input[type=hidden][name]") ?? []) body.set(field.name, field.value);
  body.set("photo", photo, "photo.jpg");
  return body;
}

function saved(thing, box, input, figure, data) {
  safe(thing);
  figure.removeAttribute("aria-busy");
  figure.classList.remove("is-bad");
  caption(figure, say("sent"));
  input.required = false;
  const version = box.closest("[data-item]")?.querySelector("input[type=hidden][name=version]");
  if (version && data.version !== undefined) version.value = data.version;
  stand(box.closest("[data-item]"), data);
  box.querySelector("[data-photo-says]").textContent = "";
  box.dispatchEvent(new CustomEvent("photo:saved", { bubbles: true, detail: data }));
}

function refused(thing, figure, data) {
  safe(thing);
  figure.removeAttribute("aria-busy");
  caption(figure, data.text || say("photo_failed"), "is-bad");
  const remove = make("button", "button", say("remove"));
  remove.type = "button";
  remove.addEventListener("click", () => figure.remove());
  figure.append(remove);
}

function caption(figure, text, state) {
  figure.querySelector("figcaption").textContent = text;
  if (state) figure.classList.add(state);
}
