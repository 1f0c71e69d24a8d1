/* [data-when]: part of a preview that is asked only while answers, or facts of the task, are so: {"join": "all" | "any", "clauses":
   [[field, "is" | "is_not" | "at_least" | "at_most", value], …]}, field being the name of a checkbox, radio, select or input. Without a script
   every part is shown, with its condition in words. */
export function dress(root) {
  const parts = [...root.querySelectorAll("[data-when]")].map((part) => [part, JSON.parse(part.dataset.when)]);
  if (!parts.length) return;
  const show = () => {
    for (const [part, { join, clauses }] of parts) {
      const said = clauses.map((clause) => holds(root, clause));
      part.hidden = !(join === "any" ? said.some(Boolean) : said.every(Boolean));
      if (part.localName === "fieldset") part.disabled = part.hidden; // what is not asked is not sent
    }
  };
  root.addEventListener("input", show);
  root.addEventListener("change", show);
  show();
}

const HOLDS = {
  is: (got, value) => got === value,
  is_not: (got, value) => got !== value,
  at_least: (got, value) => Number(got) >= Number(value),
  at_most: (got, value) => Number(got) <= Number(value),
};

/** What nobody has answered fulfils nothing. */
function holds(root, [name, op, value]) {
  const got = answer(root, name);
  return got !== "" && HOLDS[op](got, value);
}

/** "true" or "false" of a tick, the value of the choice that is picked, what is typed; "" where its own part is hidden. */
function answer(root, name) {
  const fields = [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => !one.closest("[hidden]"));
  if (fields[0]?.type === "checkbox") return String(fields[0].checked);
  if (fields[0]?.type === "radio") return fields.find((one) => one.checked)?.value ?? "";
  return fields[0]?.value.replaceAll(",", "").trim() ?? "";
}
