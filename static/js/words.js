/* The words a script shows: the layout writes them, in the reader's language, as data-say-… on #words. */
const said = document.getElementById("words")?.dataset ?? {};

/** The word of a key of [parts.js], e.g. say("photo_failed"). */
export const say = (key) => said[`say_${key}`.replace(/_(.)/g, (_, letter) => letter.toUpperCase())] ?? "";

/** An element with text in it; text is never read as HTML. */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
