/* [data-viewer] (the viewer() macro): one photo at a time, with zoom and quarter turns; the arrow keys come from keys.js.
   data-preload="url url" fetches the next submission's photos while this one is judged. */
const TURNS = ["", "turn-90", "turn-180", "turn-270"];

for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const stages = [...viewer.querySelectorAll("[data-viewer-stage]")];
  const tools = viewer.querySelector("[data-viewer-tools]");
  const tool = (name) => viewer.querySelector(`[data-viewer-act=${name}]`);
  let at = 0;

  const show = (next) => {
    at = (next + stages.length) % stages.length;
    stages.forEach((stage, n) => { stage.hidden = n !== at; });
    viewer.querySelector("[data-viewer-count]").textContent = `${at + 1} / ${stages.length}`;
    viewer.querySelector("[data-viewer-alt]").textContent = stages[at].querySelector("img").alt;
    tool("zoom").setAttribute("aria-pressed", String(stages[at].classList.contains("is-zoomed")));
  };
  const zoom = () => {
    tool("zoom").setAttribute("aria-pressed", String(stages[at].classList.toggle("is-zoomed")));
  };
  const turn = () => {
    const now = TURNS.findIndex((name) => name && stages[at].classList.contains(name));
    stages[at].classList.remove(...TURNS.filter(Boolean));
    const next = TURNS[(Math.max(now, 0) + 1) % TURNS.length];
    if (next) stages[at].classList.add(next);
  };
  const acts = { previous: () => show(at - 1), next: () => show(at + 1), zoom, turn };

  if (!stages.length) continue;
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => acts[target.closest("[data-viewer-act]")?.dataset.viewerAct]?.());
  for (const stage of stages) stage.addEventListener("dblclick", zoom);
  for (const name of ["previous", "next"]) tool(name).disabled = stages.length < 2;
  show(0);
  for (const url of viewer.dataset.preload?.split(" ").filter(Boolean) ?? []) new Image().src = url;
}
