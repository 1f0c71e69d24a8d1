/* [data-most="100"]: says below the field how many characters it holds of how many the channel takes. */
import { make } from "./words.js";

export function dress(root) {
  for (const field of root.querySelectorAll("[data-most]")) {
    if (field.dataset.counted) continue;
    field.dataset.counted = "true";
    const said = make("p", "counted number");
    said.dataset.own = "";
    field.after(said);
    const most = Number(field.dataset.most);
    const show = () => {
      const n = [...field.value.trim()].length;
      said.textContent = `${n.toLocaleString()} / ${most.toLocaleString()}`;
      said.classList.toggle("is-over", n > most);
    };
    field.addEventListener("input", show);
    show();
  }
}
