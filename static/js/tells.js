/* [data-tells]: a blind sheet of counts, or what came of a hand-over. Each line is a form with one number; what is told goes into the
   queue (queue.js), so that a network that goes away in the middle loses nothing, and each number is told once.
     200 {"again": true, "text", "fields": {version, begun}}    it is counted once more: the number is taken away
     200 {"again": false, "text"}                               the line is done
   A barcode adds one to its line; the number is told by its button, never by itself: a half-typed number is no count.
   A button with data-fills="n" tells that number. */
import { online, put, ready, waiting } from "./queue.js";
import { normal } from "./scanner.js";
import { stand } from "./stand.js";
import { say } from "./words.js";

const box = document.querySelector("[data-tells]");
const lines = [...box.querySelectorAll("[data-item]")];
const urlOf = (line) => new URL(line.querySelector("form").action, location.href).pathname;
const field = (line) => line.querySelector("[name=units]");

function tell(line, state, text) {
  const said = line.querySelector("[data-saved]");
  said.dataset.state = state;
  said.textContent = text;
}

box.addEventListener("submit", (event) => {
  const line = event.target.closest("[data-item]");
  event.preventDefault();
  if (event.submitter?.dataset.fills) field(line).value = event.submitter.dataset.fills;
  if (!field(line).value.trim()) return field(line).focus();
  const told = field(line).form.elements;
  const fields = ["units", "version", "begun"].filter((name) => told[name]).map((name) => [name, told[name].value]);
  const url = urlOf(line);
  tell(line, "saving", say("saving"));
  put({
    group: url, url, page: location.pathname, item: line.dataset.item, fields,
    title: document.querySelector("h1").textContent.trim(), label: line.querySelector("label").textContent.trim().replace(/\s+/g, " "),
  });
  lines[lines.indexOf(line) + 1]?.querySelector("[name=units]:not([disabled])")?.focus();
});

const hears = {
  kept: (line, { lasting }) => !online() && tell(line, lasting ? "kept-here" : "lost", say(lasting ? "kept_here" : "lost")),
  ok(line, data) {
    stand(line, data);
    for (const [name, value] of Object.entries(data.fields ?? {})) line.querySelector(`[name=${name}]`).value = value;
    tell(line, data.again ? "again" : "saved", data.text);
    for (const one of line.querySelectorAll(".input, button")) one.disabled = !data.again;
    field(line).value = data.again ? "" : field(line).value;
    if (data.again && !box.contains(document.activeElement)) field(line).focus();
  },
  refused: (line, _data, letter) => tell(line, "refused", letter.said || say("refused")),
  away: (line) => tell(line, online() ? "away" : "kept-here", say(online() ? "away" : "kept_here")),
  signed_out: (line) => tell(line, "lost", say("signed_out")),
};
document.addEventListener("waiting", ({ detail: { letter, end, data } }) => {
  const line = lines.find((one) => urlOf(one) === letter.group);
  if (line) hears[end]?.(line, data, letter);
});

box.addEventListener("change", ({ target }) => {
  if (target.name !== "code" || !target.value.trim()) return;
  const line = lines.find((one) => one.dataset.codes.split(" ").map(normal).includes(normal(target.value)));
  box.querySelector("[data-scan-says]").textContent = line ? "" : `${say("scan_other")} ${target.value}`;
  target.value = "";
  if (!line || field(line).disabled) return;
  field(line).value = String((Number(field(line).value) || 0) + 1);
  line.scrollIntoView({ block: "center" });
});

ready.then(() => {
  for (const letter of waiting()) {
    const line = lines.find((one) => urlOf(one) === letter.group);
    if (!line) continue;
    field(line).value = letter.fields.find(([name]) => name === "units")[1];
    tell(line, "kept-here", letter.state === "refused" ? letter.said : say("kept_here"));
  }
});
