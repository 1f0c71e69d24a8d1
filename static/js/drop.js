/* [data-drop] around a file input (drop(), photo()): says what was picked and lights up under a dragged file.
   The input covers the whole zone, so dropping works even without this. */
import { make } from "./words.js";

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  const names = make("p", "drop-files");
  names.setAttribute("role", "status");
  zone.append(names);
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const tell = () => { names.textContent = [...input.files].map((file) => `${file.name} · ${size(file.size)}`).join(", "); };
  const over = (is) => () => zone.classList.toggle("is-over", is);
  input.addEventListener("change", tell);
  input.addEventListener("drop:cleared", tell);
  zone.addEventListener("dragover", over(true));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, over(false));
}
