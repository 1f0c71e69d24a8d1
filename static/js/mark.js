/* [data-mark] (the mark() macro): draws on the page's [data-viewer]. Press the button, then drag a box on the photo, or carry the
   box that stands there: arrows move it, Shift and arrows size it, Enter sets it down, Escape puts it away. The field gains
   "photo-id:x,y,width,height", hundredths of the photo's sides, one word per mark; each is listed and can be taken away.
   Without a script the same words are typed. */
import { make, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SIDES = ["x", "y", "width", "height"];
const FIRST = [35, 35, 30, 30];
const hundredth = (part, whole) => Math.round(Math.min(1, Math.max(0, part / whole)) * 100);
const words = (input) => input.value.split(/\s+/).filter(Boolean);

export function dress(root) {
  for (const field of root.querySelectorAll("[data-mark]")) {
    const viewer = root.querySelector("[data-viewer]");
    const button = field.querySelector("[data-mark-draw]");
    if (viewer && button) start(viewer, button, field);
  }
}

function start(viewer, button, field) {
  const input = field.querySelector("input");
  const stages = [...viewer.querySelectorAll("[data-viewer-stage]")];
  const drawing = () => button.getAttribute("aria-pressed") === "true";
  const draw = (is) => {
    button.setAttribute("aria-pressed", String(is));
    for (const stage of stages) {
      stage.classList.toggle("is-drawing", is);
      stage.querySelector("[data-carried]")?.remove();
      if (is) stage.classList.remove("turn-90", "turn-180", "turn-270");
    }
  };
  const write = (all) => {
    input.value = all.join(" ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const done = (word) => {
    draw(false);
    if (word) write([...words(input), word]);
    button.focus();
  };
  const paint = () => {
    for (const stage of stages) repaint(stage, words(input));
    list(field, stages, words(input), write);
  };
  const begin = () => {
    const stage = stages.find((one) => !one.hidden) ?? stages[0];
    draw(true);
    viewer.scrollIntoView({ block: "nearest" });
    stage.setAttribute("aria-describedby", button.getAttribute("aria-describedby"));
    carry(stage, done);
  };

  button.hidden = false;
  input.hidden = true;
  field.querySelector("label").removeAttribute("for");
  button.addEventListener("click", () => (drawing() ? done("") : begin()));
  input.addEventListener("input", paint);
  for (const stage of stages) {
    stage.querySelector("img").draggable = false;
    stage.querySelector(".marked").addEventListener("pointerdown", (event) => drawing() && drag(event, stage, done));
  }
  paint();
}

/** The box that the keyboard carries about the photo. */
function carry(stage, done) {
  const rect = box(FIRST);
  rect.dataset.carried = "";
  delete rect.dataset.drawn;
  const svg = stage.querySelector("svg");
  svg.append(rect);
  let shape = [...FIRST];
  stage.tabIndex = 0;
  stage.focus({ preventScroll: true });
  const away = () => {
    stage.removeEventListener("keydown", keys);
    stage.removeAttribute("tabindex");
  };
  const keys = (event) => {
    if (!rect.isConnected) return away();
    const next = moved(shape, event);
    if (!next && !["Enter", "Escape"].includes(event.key)) return undefined;
    event.preventDefault();
    event.stopPropagation();
    if (next) {
      shape = next;
      return put(rect, shape);
    }
    away();
    return done(event.key === "Enter" ? word(stage, shape) : "");
  };
  stage.addEventListener("keydown", keys);
}

function moved([x, y, w, h], { key, shiftKey }) {
  const by = { ArrowLeft: [-4, 0], ArrowRight: [4, 0], ArrowUp: [0, -4], ArrowDown: [0, 4] }[key];
  if (!by) return null;
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  return shiftKey
    ? [x, y, within(w + by[0], 4, 100 - x), within(h + by[1], 4, 100 - y)]
    : [within(x + by[0], 0, 100 - w), within(y + by[1], 0, 100 - h), w, h];
}

function drag(event, stage, done) {
  event.preventDefault();
  const frame = event.currentTarget;
  const side = frame.getBoundingClientRect();
  const at = ({ clientX, clientY }) => [hundredth(clientX - side.left, side.width), hundredth(clientY - side.top, side.height)];
  const [x0, y0] = at(event);
  let shape = [x0, y0, 0, 0];
  frame.querySelector("[data-carried]")?.remove();
  const rect = frame.querySelector("svg").appendChild(box(shape));
  const move = (next) => {
    const [x, y] = at(next);
    shape = [Math.min(x, x0), Math.min(y, y0), Math.abs(x - x0), Math.abs(y - y0)];
    put(rect, shape);
  };
  const end = () => {
    frame.removeEventListener("pointermove", move);
    rect.remove();
    if (shape[2] > 1 && shape[3] > 1) done(word(stage, shape));
  };
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", end, { once: true });
}

const word = (stage, shape) => `${stage.dataset.photoId}:${shape.join(",")}`;

function box(shape) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", "mark");
  rect.dataset.drawn = "";
  put(rect, shape);
  return rect;
}

const put = (rect, shape) => SIDES.forEach((name, n) => rect.setAttribute(name, shape[n]));

function repaint(stage, all) {
  const svg = stage.querySelector("svg");
  for (const old of svg.querySelectorAll("[data-drawn]")) old.remove();
  for (const each of all) {
    const [id, shape] = each.split(":");
    if (id === stage.dataset.photoId && /^\d+(,\d+){3}$/.test(shape ?? "")) svg.append(box(shape.split(",")));
  }
}

/** What was drawn, in words: the photo each mark lies on, and a button that takes it away. */
function list(field, stages, all, write) {
  const place = field.querySelector("[data-mark-list]");
  place.replaceChildren(...all.map((each, n) => {
    const stage = stages.find((one) => one.dataset.photoId === each.split(":")[0]);
    const row = make("li", "", `${n + 1}. ${stage?.querySelector("img").alt ?? each}`);
    const button = make("button", "button-quiet", say("remove"));
    button.type = "button";
    button.addEventListener("click", () => write(all.filter((_, m) => m !== n)));
    row.append(button);
    return row;
  }));
}
