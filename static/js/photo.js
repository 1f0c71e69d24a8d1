/* [data-photo data-upload-url] around an input[type=file] (the photo() macro): a picked photo is shrunk, shown and put into the
   queue (queue.js), which sends it in the background until it is safe; then the input is emptied, so the form does not carry it twice.
     POST data-upload-url, multipart: photo, the hidden inputs of the nearest [data-item], item=<id>, csrf, client_id
     200 {"id": 7, "url": "/…", "says"?, "version"?, "stands"?, "progress"?}   see stand.js; the version goes into the item's hidden
         input[name=version]; says is what may be wrong with the photo, in words
     4xx {"code", "text"}                        shown under the photo, which is taken away by its button
   A photo that waits is shown again when the page is opened again. One that lies on its side is turned by its button ([data-turn="7"] on what the
   server has drawn): the turned one is sent like any other, with instead=7 where the server has the first, which it takes the place of. The page is told by a bubbling event "photo:saved", detail {id, url}. */
import { drop, online, put, ready, waiting } from "./queue.js";
import { newId } from "./send.js";
import { shrink, turned } from "./shrink.js";
import { stand } from "./stand.js";
import { make, say } from "./words.js";

const shown = new Map(); // group → figure
const boxes = [...document.querySelectorAll("[data-photo]")];
const away = document.getElementById("dari-phone")?.dataset.away !== undefined;
const path = (box) => new URL(box.dataset.uploadUrl, location.href).pathname;

for (const box of boxes) box.querySelector("input[type=file]").addEventListener("change", ({ target }) => take(box, target));
for (const button of away ? [] : document.querySelectorAll("[data-turn]")) { // a sheet without a network has no photos to turn
  const figure = button.closest("figure");
  button.hidden = false;
  button.addEventListener("click", () => turn({ box: figure.closest("[data-item]").querySelector("[data-photo]"), figure }, button.dataset.turn));
}
document.addEventListener("waiting", ({ detail }) => {
  const place = shown.get(detail.letter.group);
  if (place) ENDS[detail.end]?.(place, detail);
});
ready.then(() => {
  for (const letter of waiting()) {
    const box = letter.photo && boxes.find((one) => path(one) === letter.url);
    if (!box) continue;
    const place = show(box, letter.photo, letter.group);
    if (letter.state === "refused") ENDS.refused(place, { letter });
    else caption(place, say("photo_kept"), ...leaving(place, letter));
  }
});

async function take(box, input) {
  const files = [...input.files];
  input.value = "";
  input.dispatchEvent(new Event("drop:cleared"));
  for (const file of files) await lay(box, await shrink(file));
}

/** Puts a photo into the queue; it takes the place of the figure `before`, and with the server of photo `instead`. */
async function lay(box, photo, { before, instead } = {}) {
  const group = `${path(box)}#${newId()}`;
  const place = Object.assign(show(box, photo, group), { before });
  if (before) before.hidden = true;
  before?.after(place.figure);
  const words = about(box);
  if (instead) words.fields.push(["instead", instead]);
  await put({ ...words, group, url: path(box), photo });
}

/** A quarter turn: of a photo that waits, in its place in the queue; else of the one the server has. */
async function turn({ box, figure, before }, instead, letter) {
  const photo = await turned(figure.querySelector("img")).catch(() => null);
  if (!photo) return;
  if (letter) await drop(letter);
  const first = letter?.fields.find(([name]) => name === "instead")?.[1];
  await lay(box, photo, letter ? { before, instead: first } : { before: figure, instead });
}

function about(box) {
  const item = box.closest("[data-item]");
  const hidden = [...(item?.querySelectorAll("input[type=hidden][name]") ?? [])];
  return {
    page: location.pathname, item: item?.dataset.item, fields: hidden.map((field) => [field.name, field.value]),
    title: document.querySelector("h1")?.textContent.trim() ?? "", label: item?.querySelector("h2")?.textContent.trim() ?? "",
  };
}

function show(box, photo, group) {
  const figure = make("figure", "photo");
  const image = make("img");
  image.src = URL.createObjectURL(photo);
  image.alt = box.querySelector("label")?.textContent ?? "";
  figure.append(image, make("figcaption", "", say("sending")));
  figure.setAttribute("aria-busy", "true");
  box.querySelector("[data-photos]").append(figure);
  const place = { box, figure };
  shown.set(group, place);
  return place;
}

const leaving = (place, letter) => [pressed("turn", () => turn(place, undefined, letter)), pressed("remove", () => drop(letter))];

function pressed(word, act) {
  const button = make("button", "button", say(word));
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

function caption({ figure }, text, ...more) {
  figure.querySelector("figcaption").replaceChildren(make("span", "", text), ...more);
}

function rest({ figure }) {
  figure.removeAttribute("aria-busy");
}

const ENDS = {
  kept(place, { letter, data }) {
    if (!online()) caption(place, say(data.lasting ? "photo_kept" : "away"), ...leaving(place, letter));
  },
  sending: (place, { data }) => caption(place, `${say("sending")}${data.part ? ` ${Math.round(data.part * 100)}%` : ""}`),
  away: (place, { letter }) => caption(place, say(letter.id === undefined ? "away" : "photo_kept"), ...leaving(place, letter)),
  signed_out: (place) => caption(place, say("signed_out")),
  dropped({ figure, before }) {
    figure.remove();
    if (before) before.hidden = false; // it is still there
  },
  refused(place, { letter }) {
    rest(place);
    place.figure.classList.add("is-bad");
    caption(place, letter.said || say("photo_failed"), pressed("remove", () => drop(letter)));
  },
  ok(place, { data }) {
    rest(place);
    const item = place.box.closest("[data-item]");
    const version = item?.querySelector("input[type=hidden][name=version]");
    if (version && data.version !== undefined) version.value = data.version;
    place.box.querySelector("input[type=file]").required = false;
    place.before?.remove();
    caption(place, data.says || say("sent"), pressed("turn", () => turn(place, data.id)), ...taking(place.box, data));
    stand(item, data);
    place.box.dispatchEvent(new CustomEvent("photo:saved", { bubbles: true, detail: data }));
    item?.dispatchEvent(new CustomEvent("item:saved", { bubbles: true, detail: data }));
  },
};

/** The same button as the server draws under a photo that is there: it takes the photo off, and saves the rest. */
function taking(box, { id }) {
  const url = box.dataset.removeUrl;
  if (!url || id === undefined) return [];
  const button = Object.assign(make("button", "button", say("remove")), { name: "remove", value: id });
  button.setAttribute("formaction", url);
  return [button];
}
