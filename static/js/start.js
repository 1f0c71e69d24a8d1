/* Loads the small module behind each data attribute found on the page. Pages need no script of their own;
   a page that works without JavaScript works the same, only slower. */
const MODULES = {
  "#dari-phone": "phone.js",
  "#dari-desk": "vacate.js",
  "form[data-autosave]": "autosave.js",
  "form[data-asks]": "asks.js",
  "[data-photo]": "photo.js",
  "[data-scan]": "scan.js",
  "[data-scanner]": "scanner.js",
  "[data-tells]": "tells.js",
  "form[data-fold]": "fold.js",
  "[data-drop]": "drop.js",
  "form[data-reveal]": "reveal.js",
  "[data-copy], [data-copy-text]": "copy.js",
  "[data-key]": "keys.js",
  "form[data-dirty]": "dirty.js",
  "[data-describe]": "describe.js",
  "[data-viewer]": "viewer.js",
  "[data-mark]": "mark.js",
  "[data-stretches]": "stretch.js",
  "form[data-desk]": "desk.js",
  "[data-live]": "live.js",
  "form[data-say], form#seen": "talk.js",
  "[data-drag]": "drag.js",
  "[data-when]": "when.js",
  "[data-most]": "count.js",
  "[data-takes]": "take.js",
  "[data-preview]": "shows.js",
};

/** Loads what this part of the page needs; a module that says how to dress(root) is asked to, each time. */
export async function wake(root) {
  const wanted = Object.entries(MODULES).filter(([selector]) => root.querySelector(selector));
  const modules = await Promise.all(wanted.map(([, file]) => import(`./${file}`)));
  for (const module of modules) module.dress?.(root);
}

/** Settled when everything this page needs listens. */
export const awake = wake(document);
