/* <section id="…" data-live="5">: every 5 seconds this page is fetched again and the element with this id is put in its place
   (progress of an import, a board). It stops when the fresh element has no data-live, and rests while the tab is hidden. */
for (const element of document.querySelectorAll("[data-live][id]")) next(element);

function next(element) {
  setTimeout(() => refresh(element), 1000 * Math.max(1, Number(element.dataset.live) || 5));
}

async function refresh(element) {
  if (document.hidden || element.contains(document.activeElement)) return next(element);
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return next(element);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(element.id);
  if (!fresh) return undefined;
  element.replaceWith(document.adoptNode(fresh));
  return fresh.dataset.live ? next(fresh) : undefined;
}
