/* How an item and the whole now stand, as the server says after a save (autosave.js, photo.js):
     {"stands": "done" | "missing" | "failed" | "todo", "progress": {"done": 3, "total": 7}} */

/** Puts the item's class and the progress bar of the page right. */
export function stand(item, { stands, progress }, page = document) {
  if (stands && item) {
    item.classList.remove("is-done", "is-missing", "is-failed");
    if (stands !== "todo") item.classList.add(`is-${stands}`);
  }
  const bar = progress && page.querySelector("[data-progress]");
  if (!bar) return;
  bar.querySelector("progress").setAttribute("value", progress.done);
  bar.querySelector("[data-progress-words]").textContent = `${progress.done} / ${progress.total}`;
  bar.classList.toggle("is-done", progress.done >= progress.total);
}
