/* Loads the small module behind each data attribute found on the page. Pages need no script of their own;
   a page that works without JavaScript works the same, only slower. */
const MODULES = {
  "form[data-autosave]": "autosave.js",
  "[data-photo]": "photo.js",
  "[data-scan]": "scan.js",
  "[data-drop]": "drop.js",
  "form[data-reveal]": "reveal.js",
  "[data-copy], [data-copy-text]": "copy.js",
  "[data-key]": "keys.js",
  "form[data-dirty]": "dirty.js",
  "[data-viewer]": "viewer.js",
  "[data-mark]": "mark.js",
  "[data-live]": "live.js",
};
for (const [selector, file] of Object.entries(MODULES)) {
  if (document.querySelector(selector)) import(`./${file}`);
}
