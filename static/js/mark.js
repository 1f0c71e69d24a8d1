/* [data-mark] (the mark() macro): draws on the page's [data-viewer]. Press the button, drag a box on the photo: the field gains
   "photo-id:x,y,width,height", hundredths of the photo's sides, one word per mark. Typing in the field works the same,
   and deleting a word takes its mark away. */
const SVG = "http://www.w3.org/2000/svg";
const hundredth = (part, whole) => Math.round(Math.min(1, Math.max(0, part / whole)) * 100);

for (const box of document.querySelectorAll("[data-mark]")) {
  const viewer = document.querySelector("[data-viewer]");
  const button = box.querySelector("[data-mark-draw]");
  if (viewer && button) start(viewer, button, box.querySelector("input"));
}

function start(viewer, button, input) {
  const stages = [...viewer.querySelectorAll("[data-viewer-stage]")];
  const drawing = () => button.getAttribute("aria-pressed") === "true";
  const draw = (is) => {
    button.setAttribute("aria-pressed", String(is));
    if (is) viewer.scrollIntoView({ block: "center" });
    for (const stage of stages) {
      stage.classList.toggle("is-drawing", is);
      if (is) stage.classList.remove("turn-90", "turn-180", "turn-270");
    }
  };
  const paint = () => stages.forEach((stage) => repaint(stage, input.value));
  button.hidden = false;
  button.addEventListener("click", () => draw(!drawing()));
  input.addEventListener("input", paint);
  for (const stage of stages) {
    stage.querySelector("img").draggable = false;
    stage.querySelector(".marked").addEventListener("pointerdown", (event) => {
      if (drawing()) drag(event, stage, (word) => {
        draw(false);
        input.value = `${input.value} ${word}`.trim();
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  }
  paint();
}

function drag(event, stage, done) {
  event.preventDefault();
  const frame = event.currentTarget;
  const side = frame.getBoundingClientRect();
  const at = ({ clientX, clientY }) => [hundredth(clientX - side.left, side.width), hundredth(clientY - side.top, side.height)];
  const [x0, y0] = at(event);
  const rect = frame.querySelector("svg").appendChild(box(x0, y0, 0, 0));
  let shape = [x0, y0, 0, 0];
  const move = (next) => {
    const [x, y] = at(next);
    shape = [Math.min(x, x0), Math.min(y, y0), Math.abs(x - x0), Math.abs(y - y0)];
    ["x", "y", "width", "height"].forEach((name, n) => rect.setAttribute(name, shape[n]));
  };
  const end = () => {
    frame.removeEventListener("pointermove", move);
    rect.remove();
    if (shape[2] > 1 && shape[3] > 1) done(`${stage.dataset.photoId}:${shape.join(",")}`);
  };
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", end, { once: true });
}

function box(...shape) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", "mark");
  rect.dataset.drawn = "";
  ["x", "y", "width", "height"].forEach((name, n) => rect.setAttribute(name, shape[n]));
  return rect;
}

function repaint(stage, words) {
  const svg = stage.querySelector("svg");
  for (const old of svg.querySelectorAll("[data-drawn]")) old.remove();
  for (const word of words.split(/\s+/)) {
    const [id, shape] = word.split(":");
    if (id === stage.dataset.photoId && /^\d+(,\d+){3}$/.test(shape ?? "")) svg.append(box(...shape.split(",")));
  }
}
