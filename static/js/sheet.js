/* A sheet as words: what the server has taken is written into it, so that it opens again as it stands there. */
import { stand } from "./stand.js";

/** The sheet's HTML with one letter (queue.js) in it, and what the server said to it: a version, how it stands, the progress. */
export function write(html, { item, fields, photo }, said) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const box = page.querySelector(`[data-item="${CSS.escape(item ?? "")}"]`);
  if (!box) return html;
  const places = new Map();
  for (const field of box.querySelectorAll("[name]:is(input, textarea, select)")) {
    const given = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    const place = places.get(field.name) ?? 0;
    places.set(field.name, place + 1);
    const version = field.type === "hidden" && (said.fields?.[field.name] ?? (field.name === "version" ? said.version : undefined));
    if (version || version === 0) field.setAttribute("value", version);
    else if (!photo && given.length) fill(field, given, place);
  }
  if (photo) box.querySelector("[data-photos]")?.append(picture(page));
  stand(box, said, page);
  return page.body.innerHTML;
}

/** Whether a sheet asks other items than the server asks now: an answer called for one, or for one less. */
export function differs(html, asked) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const here = [...page.querySelectorAll("[data-item]")].map((item) => item.dataset.item).filter((key) => !key.startsWith("own-"));
  return here.length !== asked.length || here.some((key) => !asked.includes(key));
}

function fill(field, given, place) {
  if (["checkbox", "radio"].includes(field.type)) field.toggleAttribute("checked", given.includes(field.value));
  else if (field.localName === "select") for (const one of field.options) one.toggleAttribute("selected", given.includes(one.value));
  else if (field.localName === "textarea") field.textContent = given[place] ?? "";
  else field.setAttribute("value", given[place] ?? "");
}

/** A photo that is safe with the server: it is not kept here. */
function picture(page) {
  const figure = page.createElement("figure");
  figure.className = "photo";
  figure.append(page.createElement("img"));
  return figure;
}
