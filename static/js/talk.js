/* A task's thread. form[data-say]: a message goes into the queue (queue.js), so that it survives a lost network, a reload and an empty
   battery, and is sent once; [data-said] says how it stands. What the server refuses comes back into the field with its reason; where it
   only asks whether one is sure, [data-sure] appears. form[data-phrases]: a phrase is put into the field instead of a fresh page.
   form#seen: while the page is looked at, what stands there counts as read. Without a script each of them posts or goes. */
import { drop, put } from "./queue.js";
import { newId, post } from "./send.js";
import { say } from "./words.js";

const READING = 1500; // milliseconds in view before something counts as read
const ASKS = new Set(["talk.looks_personal", "checks.sounds_false"]);
const begun = new WeakSet();

export function dress(root) {
  for (const form of root.querySelectorAll("form[data-say]")) once(form, speak);
  for (const form of root.querySelectorAll("form[data-phrases]")) once(form, phrase);
  for (const form of root.querySelectorAll("form#seen")) once(form, see);
}

function once(form, start) {
  if (begun.has(form)) return;
  begun.add(form);
  start(form);
}

function speak(form) {
  const url = new URL(form.action, location.href).pathname;
  const { text, marks, sure } = form.elements;
  const status = form.querySelector("[data-said]");
  const shown = (state, words) => {
    status.dataset.state = state;
    status.textContent = words;
  };
  const ask = (is) => {
    form.querySelector("[data-sure]").hidden = !is;
    sure.checked = false;
  };
  const written = () => ["text", "marks", "to", "sure"].map((name) => form.elements[name])
    .filter((field) => field && (field.type !== "checkbox" || field.checked)).map((field) => [field.name, field.value]);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    put({ group: `${url}#${newId()}`, url, page: location.pathname, fields: written(), title: document.querySelector("h1")?.textContent.trim() ?? "", label: "" });
    text.value = "";
    ask(false);
    if (marks?.value) {
      marks.value = "";
      marks.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return text.focus();
  });
  document.addEventListener("waiting", ({ detail: { letter, end, data } }) => {
    if (!letter.group.startsWith(`${url}#`)) return;
    if (end === "kept") shown(navigator.onLine ? "saving" : "kept-here", say(navigator.onLine ? "said_going" : data.lasting ? "kept_here" : "lost"));
    else if (end === "away") shown("kept-here", say(letter.id === undefined ? "lost" : "kept_here"));
    else if (end === "signed_out") shown("lost", say("signed_out"));
    else if (end === "refused") back(letter);
    else if (end === "ok") {
      shown("saved", say("said"));
      document.dispatchEvent(new Event("look"));
    }
  });
  function back(letter) {
    text.value ||= letter.fields.find(([name]) => name === "text")?.[1] ?? "";
    shown("refused", letter.said || say("refused"));
    ask(ASKS.has(letter.code));
    text.focus();
    drop(letter);
  }
}

function phrase(form) {
  form.addEventListener("submit", (event) => {
    const text = document.querySelector("form[data-say]")?.elements.text;
    if (!text || !event.submitter) return;
    event.preventDefault();
    text.value = [text.value.trim(), event.submitter.textContent.trim()].filter(Boolean).join(" ");
    text.focus();
  });
}

function see(form) {
  const look = () => {
    if (!document.hidden && !form.hidden) setTimeout(() => !document.hidden && form.isConnected && read(form), READING);
  };
  document.addEventListener("visibilitychange", look);
  new MutationObserver(look).observe(form, { attributes: true, subtree: true }); // the page was mended: there is more to read
  look();
}

let readUpTo = "";

async function read(form) {
  const upTo = form.elements.up_to.value;
  if (upTo === readUpTo) return;
  readUpTo = upTo;
  const body = new FormData();
  body.set("up_to", upTo);
  const { end } = await post(new URL(form.action, location.href).pathname, body, newId());
  if (end === "ok") document.dispatchEvent(new Event("ring"));
}
