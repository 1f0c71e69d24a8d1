/* <button type="button" hidden data-copy="#id"> copies that element's text (or value); data-copy-text="…" copies the words given.
   Shown only where the browser can copy; not for sealed data. */
import { say } from "./words.js";

const text = (button) => {
  const from = button.dataset.copy && document.querySelector(button.dataset.copy);
  return button.dataset.copyText ?? from?.value ?? from?.textContent.trim() ?? "";
};

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy], [data-copy-text]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text(button));
    const before = [...button.childNodes];
    button.textContent = say("copied");
    setTimeout(() => button.replaceChildren(...before), 1500);
  });
}
