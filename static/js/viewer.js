/* [data-viewer] (the viewer() macro): one photo at a time, with zoom and quarter turns; the arrow keys come from keys.js.
   Zoomed, the photo is dragged with the pointer or scrolled. */
const TURNS = ["", "turn-90", "turn-180", "turn-270"];

export function dress(root) {
  for (const viewer of root.querySelectorAll("[data-viewer]")) start(viewer);
}

function start(viewer) {
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

  if (!stages.length) return;
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => acts[target.closest("[data-viewer-act]")?.dataset.viewerAct]?.());
  for (const stage of stages) {
    stage.addEventListener("dblclick", zoom);
    stage.addEventListener("pointerdown", (event) => pan(stage, event));
  }
  for (const name of ["previous", "next"]) tool(name).disabled = stages.length < 2;
  show(0);
}

function pan(stage, { pointerId, pointerType, clientX, clientY }) {
  if (pointerType !== "mouse" || !stage.classList.contains("is-zoomed") || stage.classList.contains("is-drawing")) return;
  const [x, y] = [stage.scrollLeft + clientX, stage.scrollTop + clientY];
  const move = (next) => stage.scrollTo(x - next.clientX, y - next.clientY);
  stage.setPointerCapture(pointerId);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), { once: true });
}
