/* [data-when]: part of a preview that is asked only while an answer, or a fact of the task, is what data-is says. data-when is the name
   of the field it hangs on (checkbox or radio). Without a script every part is shown, with its condition in words. */
export function dress(root) {
  const parts = [...root.querySelectorAll("[data-when]")];
  if (!parts.length) return;
  const show = () => {
    for (const part of parts) part.hidden = answer(root, part.dataset.when) !== part.dataset.is;
  };
  root.addEventListener("change", show);
  show();
}

/** "true" or "false" of a tick, the value of the choice that is picked, "" where its own part is hidden. */
function answer(root, name) {
  const fields = [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => !one.closest("[hidden]"));
  if (fields[0]?.type === "checkbox") return String(fields[0].checked);
  return fields.find((one) => one.checked)?.value ?? "";
}
