/* A question in words, with a button for each answer; gives the value of the one pressed, "" when it was closed. */
import { make } from "./words.js";

export function ask(words, answers, more = []) {
  const dialog = make("dialog", "ask");
  const buttons = make("div", "buttons");
  for (const [value, label, className = "button"] of answers) {
    const button = make("button", className, label);
    button.addEventListener("click", () => dialog.close(value));
    buttons.append(button);
  }
  dialog.append(make("p", "", words), ...more, buttons);
  dialog.setAttribute("aria-label", words);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((give) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      give(dialog.returnValue);
    }, { once: true });
  });
}
