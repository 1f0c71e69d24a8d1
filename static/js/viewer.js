/* [data-viewer] (the viewer() macro): one photo at a time, with zoom and quarter turns; the arrow keys come from keys.js.
   Zoomed, the photo is dragged with the pointer or scrolled. Compared, another stands beside it: one of [data-viewer-beside] (the
   last submission's, the procedure's example) or another photo, of the same item first; zoomed, both show the same part. */
const TURNS = ["", "turn-90", "turn-180", "turn-270"];

export function dress(root) {
  for (const viewer of root.querySelectorAll("[data-viewer]")) start(viewer);
}

function start(viewer) {
  const stages = [...viewer.querySelectorAll("[data-viewer-stage]")];
  const besides = [...viewer.querySelectorAll("[data-viewer-beside]")];
  const all = [...stages, ...besides];
  const tools = viewer.querySelector("[data-viewer-tools]");
  const choice = viewer.querySelector("[data-viewer-with]");
  const tool = (name) => viewer.querySelector(`[data-viewer-act=${name}]`);
  const pressed = (name, is) => tool(name).setAttribute("aria-pressed", String(is));
  let at = 0;
  let other = null;

  const show = (next) => {
    at = (next + stages.length) % stages.length;
    if (other) other = offer();
    paint();
    viewer.querySelector("[data-viewer-count]").textContent = `${at + 1} / ${stages.length}`;
    viewer.querySelector("[data-viewer-alt]").textContent = stages[at].querySelector("img").alt;
  };
  const paint = () => {
    for (const stage of all) {
      stage.hidden = stage !== stages[at] && stage !== other;
      stage.classList.toggle("is-second", stage === other);
      if (other && !stage.hidden) stage.classList.toggle("is-zoomed", stages[at].classList.contains("is-zoomed"));
    }
    for (const stage of all) stage.toggleAttribute("tabindex", false); // what scrolls is reached by the keyboard
    for (const stage of all.filter((one) => !one.hidden && one.classList.contains("is-zoomed"))) stage.tabIndex = 0;
    viewer.classList.toggle("is-beside", Boolean(other));
    choice.hidden = !other;
    pressed("compare", Boolean(other));
    pressed("zoom", stages[at].classList.contains("is-zoomed"));
  };
  /** What may stand beside the photo, what is most like it first; gives the first. */
  const offer = () => {
    const near = ({ dataset }) => (dataset.of === stages[at].dataset.of ? 0 : 2);
    const rank = (one) => near(one) + (besides.includes(one) ? 0 : 1);
    const rest = all.filter((one) => one !== stages[at]).sort((one, next) => rank(one) - rank(next));
    choice.replaceChildren(...rest.map((one) => new Option(title(one), all.indexOf(one))));
    return rest[0];
  };
  const title = (one) => one.dataset.title || `${stages.indexOf(one) + 1} / ${stages.length} · ${one.querySelector("img").alt}`;
  const zoom = () => {
    stages[at].classList.toggle("is-zoomed");
    paint();
  };
  const turn = () => {
    const now = TURNS.findIndex((name) => name && stages[at].classList.contains(name));
    stages[at].classList.remove(...TURNS.filter(Boolean));
    const next = TURNS[(Math.max(now, 0) + 1) % TURNS.length];
    if (next) stages[at].classList.add(next);
  };
  const compare = () => {
    other = other ? null : offer();
    paint();
  };
  const acts = { previous: () => show(at - 1), next: () => show(at + 1), zoom, turn, compare };

  if (!stages.length) return;
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => acts[target.closest("[data-viewer-act]")?.dataset.viewerAct]?.());
  choice.addEventListener("change", () => {
    other = all[Number(choice.value)];
    paint();
  });
  for (const stage of all) {
    stage.addEventListener("dblclick", zoom);
    stage.addEventListener("pointerdown", (event) => pan(stage, event));
    stage.addEventListener("scroll", () => other && !stage.hidden && follow(stage, stage === other ? stages[at] : other));
  }
  for (const name of ["previous", "next"]) tool(name).disabled = stages.length < 2;
  tool("compare").hidden = all.length < 2;
  show(0);
}

/** The other photo shows the same part: each is as far along as it can be scrolled. */
function follow(stage, other) {
  for (const [at, whole, seen] of [["scrollLeft", "scrollWidth", "clientWidth"], ["scrollTop", "scrollHeight", "clientHeight"]]) {
    const part = stage[at] / Math.max(1, stage[whole] - stage[seen]);
    const there = Math.round(part * (other[whole] - other[seen]));
    if (Math.abs(other[at] - there) > 1) other[at] = there;
  }
}

function pan(stage, { pointerId, pointerType, clientX, clientY }) {
  if (pointerType !== "mouse" || !stage.classList.contains("is-zoomed") || stage.classList.contains("is-drawing")) return;
  const [x, y] = [stage.scrollLeft + clientX, stage.scrollTop + clientY];
  const move = (next) => stage.scrollTo(x - next.clientX, y - next.clientY);
  stage.setPointerCapture(pointerId);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", () => stage.removeEventListener("pointermove", move), { once: true });
}
