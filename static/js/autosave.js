/* <form data-autosave> or <form data-autosave="/url">: every answer saves itself; the form still posts as a whole.
   A group is the nearest [data-item="id"] around the changed field, else the form. One send per group at a time:
     POST (data-autosave or action), form encoded: all named fields of the group (its hidden ones too, e.g. version),
     item=<id>, csrf, client_id. A name whose boxes are all cleared is sent empty. Files are left to photo.js.
     200 {"version": 4}                          goes into the group's hidden input[name=version]
     200 {"fields": {"name": "value"}}           goes into the group's inputs of these names
     200 {"stands": "done"}                      the item wears is-done (is-missing, is-failed); "todo" wears none
     200 {"progress": {"done": 3, "total": 7}}   moves the page's progress bar
     200 {"text": "…"}                           shown instead of the word "saved"
     4xx {"code", "text", "field"?}              shown at the group, the field marked; sent again at the next change
     401, 429, 5xx, no network                   tried again, same client_id, until it is safe
   States are shown in the group's (or form's) [data-saved]. Values stay in the page; nothing is stored. */
import { hold, newId, post, safe, wait } from "./send.js";
import { stand } from "./stand.js";
import { say } from "./words.js";

const TYPING = 700;
const SIGN_IN = 10_000;
const groups = new Map();

class Group {
  constructor(form, box) {
    Object.assign(this, { form, box, stuck: false, tries: 0, timer: 0, sending: false, changed: false, clientId: "" });
    this.shown = box.querySelector("[data-saved]") ?? form.querySelector("[data-saved]");
    this.shown?.setAttribute("role", "status");
  }

  touch(delay) {
    this.changed = true;
    this.clientId = newId();
    hold(this);
    this.plan(delay);
  }

  plan(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async save(keepalive = false) {
    clearTimeout(this.timer);
    if (this.sending || !this.changed) return;
    this.sending = true;
    this.changed = false;
    const slow = setTimeout(() => this.say("saving"), 300);
    const answer = await post(this.form.dataset.autosave || this.form.action, this.body(), this.clientId, { keepalive });
    clearTimeout(slow);
    this.sending = false;
    this[answer.end](answer.data);
    if (this.changed && answer.end !== "away" && answer.end !== "signed_out") this.plan(0);
  }

  body() {
    const body = new FormData();
    if (this.box.dataset.item) body.set("item", this.box.dataset.item);
    for (const field of this.fields()) {
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) body.append(field.name, field.value);
      } else body.append(field.name, field.value);
    }
    for (const box of this.fields()) if (box.type === "checkbox" && !body.has(box.name)) body.set(box.name, "");
    return body;
  }

  fields() {
    return [...this.form.elements].filter((it) => it.name && this.box.contains(it) && !it.disabled
      && !["file", "submit", "button", "fieldset"].includes(it.type) && !["csrf", "client_id"].includes(it.name));
  }

  ok(data) {
    const news = { ...data.fields, ...(data.version === undefined ? {} : { version: data.version }) };
    for (const field of this.fields()) if (field.name in news && field.type === "hidden") field.value = news[field.name];
    for (const field of this.box.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    stand(this.box, data);
    this.stuck = false;
    this.tries = 0;
    if (!this.changed) safe(this);
    this.say("saved", data.text);
  }

  refused(data) {
    this.stuck = true;
    this.tries = 0;
    safe(this);
    const field = data.field && this.form.elements[data.field];
    if (field?.setAttribute) field.setAttribute("aria-invalid", "true");
    this.say("refused", data.text || say("refused"));
  }

  away() {
    this.changed = true;
    this.stuck = true;
    this.say(navigator.onLine ? "away" : "lost");
    this.plan(wait(this.tries++));
  }

  signed_out() {
    this.changed = true;
    this.stuck = true;
    this.say("lost", say("signed_out"));
    this.plan(SIGN_IN);
  }

  say(state, text) {
    if (!this.shown) return;
    this.shown.dataset.state = state;
    this.shown.textContent = text || say(state);
  }
}

function groupOf(field) {
  const box = field.closest("[data-item]") ?? field.form;
  if (!groups.has(box)) groups.set(box, new Group(field.form, box));
  return groups.get(box);
}

const mine = (field) => field.form?.matches?.("form[data-autosave]") && field.name && field.type !== "file";
const instant = (field) => !field.matches("textarea, input:not([type=checkbox], [type=radio], [type=range])");

document.addEventListener("input", ({ target }) => mine(target) && groupOf(target).touch(instant(target) ? 0 : TYPING));
document.addEventListener("change", ({ target }) => mine(target) && groups.get(target.closest("[data-item]") ?? target.form)?.plan(0));

const all = (act) => [...groups.values()].filter((group) => group.changed).forEach(act);
addEventListener("online", () => all((group) => group.save()));
addEventListener("pagehide", () => all((group) => group.save(true)));
addEventListener("focus", () => all((group) => group.stuck && group.save()));
document.addEventListener("visibilitychange", () => all((group) => group.save(document.visibilityState === "hidden")));
