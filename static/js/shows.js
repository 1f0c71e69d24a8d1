/* [data-preview]: what has data-shows="field" says what that field of the page holds, data-empty where it holds nothing;
   data-as="won" with thousands apart. data-shows-picture="field" shows the picture whose radio `field-first` is chosen. */
export function dress(root) {
  for (const preview of root.querySelectorAll("[data-preview]")) {
    const form = preview.closest("form");
    if (!form) continue;
    const show = () => shown(preview, form);
    form.addEventListener("input", show);
    form.addEventListener("change", show);
  }
}

function shown(preview, form) {
  for (const part of preview.querySelectorAll("[data-shows]")) {
    const told = form.elements[part.dataset.shows]?.value?.trim() ?? "";
    const number = Number(told.replaceAll(",", ""));
    part.textContent = part.dataset.as === "won" && told ? (Number.isFinite(number) ? number.toLocaleString() : told) : told || part.dataset.empty || "–";
  }
  const picture = preview.querySelector("[data-shows-picture]");
  const first = picture && form.querySelector(`[name="${CSS.escape(picture.dataset.showsPicture)}-first"]:checked`);
  const image = first?.closest("figure")?.querySelector("img");
  if (image && picture.src !== image.src) picture.src = image.src;
}
