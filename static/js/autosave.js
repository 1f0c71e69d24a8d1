/* <form data-autosave> or <form data-autosave="/url">: every answer saves itself; the form still posts as a whole.
   A group is the nearest [data-item="id"] around the changed field, else the form. A change is put into the queue (queue.js),
   which sends it: POST (data-autosave or action), all named fields of the group (its hidden ones too, e.g. version), item=<id>,
   csrf, client_id. A name whose boxes are all cleared is sent empty. Files are left to photo.js.
     200 {"version": 4}                          goes into the group's hidden input[name=version]
     200 {"fields": {"name": "value"}}           goes into the group's inputs of these names
     200 {"stands": "done"}                      the item wears is-done (is-missing, is-failed); "todo" wears none
     200 {"progress": {"done": 3, "total": 7}}   moves the page's progress bar
     200 {"text": "…"}                           shown instead of the word "saved"
     4xx {"code", "text", "field"?}              shown at the group, the field marked; sent again at the next change
     409 with "value" and "version"              somebody else answered first: the person chooses which stands
     401, 429, 5xx, no network                   waits on the phone, survives a reload, is sent with the same client_id
   States are shown in the group's (or form's) [data-saved]; what waited before is put back into the fields. */
import { again, drop, online, put, ready, waiting } from "./queue.js";
import { stand } from "./stand.js";
import { make, say } from "./words.js";

const TYPING = 600;
const SLOW = 300;
const groups = new Map();

// A hand-in that was refused is a page of its own address; opened again there, the old form would be sent once more.
const posted = location.pathname.match(/^(\/work\/\d+)\/(?:submission|answers)$/);
if (posted) history.replaceState(null, "", posted[1] + location.hash);

class Group {
  constructor(form, box) {
    Object.assign(this, { form, box, timer: 0, slow: 0, changed: false });
    this.url = new URL(form.dataset.autosave || form.action, location.href).pathname;
    this.name = `${this.url}#${box.dataset.item ?? ""}`;
    this.shown = box.querySelector("[data-saved]") ?? form.querySelector("[data-saved]");
    this.shown?.setAttribute("role", "status");
  }

  touch(delay) {
    this.changed = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  save() {
    clearTimeout(this.timer);
    if (!this.changed) return;
    this.changed = false;
    this.slow ||= setTimeout(() => this.say("saving"), SLOW);
    put({
      group: this.name, url: this.url, page: location.pathname, item: this.box.dataset.item, fields: this.values(),
      title: document.querySelector("h1")?.textContent.trim() ?? "", label: this.box.querySelector("h2")?.textContent.trim() ?? "",
    });
  }

  values() {
    const found = [];
    for (const field of this.fields()) {
      if (!["checkbox", "radio"].includes(field.type) || field.checked) found.push([field.name, field.value]);
    }
    for (const box of this.fields()) {
      if (box.type === "checkbox" && !found.some(([name]) => name === box.name)) found.push([box.name, ""]);
    }
    return found;
  }

  fields() {
    return [...this.form.elements].filter((it) => it.name && this.box.contains(it) && !it.matches(":disabled")
      && !["file", "submit", "button", "fieldset"].includes(it.type) && !["csrf", "client_id"].includes(it.name));
  }

  /** Puts what waits back into the fields, as it was written before the page was left; what a quick hand wrote since then stays. */
  restore(letter) {
    const seen = new Map();
    for (const field of this.fields()) {
      const given = letter.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (!given.length || (field.type === "hidden" && field.name.startsWith("version"))) continue;
      const place = seen.get(field.name) ?? 0;
      seen.set(field.name, place + 1);
      if (isNew(field)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = given.includes(field.value);
      else if (place < given.length) field.value = given[place];
    }
  }

  hear({ letter, end, data }) {
    if (end === "sending") return;
    if (end !== "kept") this.settled();
    this[end]?.(letter, data);
  }

  settled() {
    clearTimeout(this.slow);
    this.slow = 0;
  }

  kept(_letter, { lasting }) {
    if (online()) return;
    this.settled();
    this.say(lasting ? "kept-here" : "lost", say(lasting ? "kept_here" : "lost"));
  }

  ok(_letter, data) {
    const news = { ...data.fields, ...(data.version === undefined ? {} : { version: data.version }) };
    for (const field of this.fields()) if (field.name in news && field.type === "hidden") field.value = news[field.name];
    for (const field of this.box.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    stand(this.box, data);
    if (this.changed || waiting().some((one) => one.group === this.name)) return;
    this.say("saved", data.text);
    this.box.dispatchEvent(new CustomEvent("item:saved", { bubbles: true, detail: data }));
  }

  refused(letter, data) {
    const field = data.field && this.form.elements[data.field];
    if (field?.setAttribute) field.setAttribute("aria-invalid", "true");
    this.say("refused", letter.said || say("refused"));
    if (letter.code === "tasks.stale_answer") this.choose(letter);
  }

  /** Two answered: theirs is shown in words, and one press decides. */
  choose(letter) {
    const version = this.fields().find((field) => field.name.startsWith("version"));
    const theirs = spoken(letter.theirs);
    const buttons = make("span", "buttons");
    const mine = make("button", "button", say("keep_mine"));
    mine.addEventListener("click", () => {
      this.say("saving");
      again(letter, { [version?.name ?? "version"]: String(letter.version ?? 0) });
    });
    const other = make("button", "button", say("keep_theirs"));
    other.addEventListener("click", () => drop(letter).then(() => location.reload()));
    for (const button of [mine, other]) button.type = "button";
    buttons.append(mine, other);
    this.shown?.append(make("span", "", ` ${say("theirs")} ${theirs || "–"} `), buttons);
  }

  away(_letter, data) {
    this.kept(_letter, { lasting: _letter.id !== undefined, ...data });
    if (online()) this.say("away");
  }

  signed_out() {
    this.say("lost", say("signed_out"));
  }

  say(state, text) {
    if (!this.shown) return;
    this.shown.dataset.state = state;
    this.shown.textContent = text || say(state.replace("-", "_"));
  }
}

/** An answer of any shape in words: a tick, a text, several, or the fields of a kind's own form. */
function spoken(value) {
  if (value && typeof value === "object") return Object.values(value).map(spoken).filter(Boolean).join(", ");
  return value === true ? "✓" : value === false ? "–" : String(value ?? "");
}

function groupOf(field) {
  const box = field.closest("[data-item]") ?? field.form;
  if (!groups.has(box)) groups.set(box, new Group(field.form, box));
  return groups.get(box);
}

const mine = (field) => field.form?.matches?.("form[data-autosave]") && field.name && field.type !== "file";
const instant = (field) => !field.matches("textarea, input:not([type=checkbox], [type=radio], [type=range])");

/** Written before this script was here: on a slow line the hand is quicker. */
function isNew(field) {
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return !["hidden", "select-one"].includes(field.type) && field.value !== field.defaultValue;
}

document.addEventListener("input", ({ target }) => mine(target) && groupOf(target).touch(instant(target) ? 0 : TYPING));
document.addEventListener("change", ({ target }) => mine(target) && groups.get(target.closest("[data-item]") ?? target.form)?.save());
document.addEventListener("waiting", ({ detail }) => {
  for (const group of groups.values()) if (group.name === detail.letter.group) group.hear(detail);
});

/** Whatever was typed a moment ago goes into the queue now. */
export const saveAll = () => groups.forEach((group) => group.save());
addEventListener("pagehide", saveAll);
document.addEventListener("visibilitychange", saveAll);

for (const field of document.querySelectorAll("form[data-autosave] [data-item] :is(input, textarea, select)")) {
  if (mine(field) && isNew(field)) groupOf(field).touch(0);
  else if (mine(field)) groupOf(field);
}
ready.then(() => {
  for (const group of groups.values()) {
    const last = waiting().findLast((one) => one.group === group.name);
    if (!last) continue;
    group.restore(last);
    if (last.state === "refused") group.refused(last, {});
    else group.say("kept-here");
  }
});
