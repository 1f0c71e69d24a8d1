/* Places on a picture, for describe.js: press a tag, then drag a box with finger or mouse (or tap a point). With the keyboard the
   tag's button puts a shape on the picture: arrows carry it, Shift and arrows size it, Enter sets it down, Escape puts it away.
   The field's input gains "tag@x,y,width,height" (thousandths of the sides), one word a place; each is listed and can be removed. */
import { make, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 12;
const words = (input) => input.value.split(/\s+/).filter(Boolean);
const thousandth = (part, whole) => Math.round(Math.min(1, Math.max(0, part / whole)) * 1000);

export function place(box, field) {
  const frame = box.querySelector("[data-describe-picture]");
  const input = field.querySelector("input");
  const list = field.querySelector("[data-describe-list]");
  const buttons = [...field.querySelectorAll("[data-describe-tag]")];
  const shape = field.dataset.describeShape;
  const named = (key) => buttons.find((button) => button.dataset.describeTag === key)?.textContent.trim() ?? key;
  let drawing = "";

  const write = (all) => {
    input.value = all.join(" ");
    for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  const paint = () => {
    const svg = frame.querySelector("svg");
    for (const old of svg.querySelectorAll(`[data-of="${CSS.escape(field.dataset.describeOf)}"]`)) old.remove();
    for (const word of words(input)) svg.append(drawn(at(word), field.dataset.describeOf));
    list.replaceChildren(...words(input).map((word, n) => {
      const row = make("li", "", `${n + 1}. ${named(word.split("@")[0])}`);
      const button = make("button", "button-quiet", say("remove"));
      button.type = "button";
      button.addEventListener("click", () => write(words(input).filter((_, m) => m !== n)));
      row.append(button);
      return row;
    }));
  };
  const pick = (key) => {
    drawing = key;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.describeTag === key));
    frame.classList.toggle("is-describing", Boolean(key));
    frame.querySelector("[data-carried]")?.remove();
  };
  const done = (sides) => {
    const key = drawing;
    pick("");
    if (sides) write([...words(input), `${key}@${sides.join(",")}`]);
  };

  for (const old of frame.querySelectorAll("svg [data-drawn]")) old.remove();
  input.hidden = true;
  field.querySelector("[data-describe-tags]").hidden = false;
  field.querySelector("label").removeAttribute("for");
  input.addEventListener("input", paint);
  input.addEventListener("change", paint);
  frame.querySelector("img").draggable = false;
  for (const button of buttons) {
    button.addEventListener("click", (event) => {
      if (drawing === button.dataset.describeTag) return pick("");
      pick(button.dataset.describeTag);
      frame.scrollIntoView({ block: "nearest", behavior: "instant" });
      if (event.detail === 0) carry(frame, shape, (sides) => (done(sides), button.focus()));
      return undefined;
    });
  }
  frame.addEventListener("pointerdown", (event) => drawing && drag(event, frame, shape, done));
  paint();
}

const at = (word) => (word.split("@")[1] ?? "").split(",").map(Number);

function drag(event, frame, shape, done) {
  event.preventDefault();
  const side = frame.getBoundingClientRect();
  const point = ({ clientX, clientY }) => [thousandth(clientX - side.left, side.width), thousandth(clientY - side.top, side.height)];
  const [x0, y0] = point(event);
  if (shape === "point") return done([x0, y0]);
  let sides = [x0, y0, 0, 0];
  const mark = frame.querySelector("svg").appendChild(drawn(sides, ""));
  const move = (next) => {
    const [x, y] = point(next);
    sides = [Math.min(x, x0), Math.min(y, y0), Math.abs(x - x0), Math.abs(y - y0)];
    put(mark, sides);
  };
  const end = (last) => {
    for (const kind of ["pointerup", "pointercancel"]) frame.removeEventListener(kind, end);
    frame.removeEventListener("pointermove", move);
    mark.remove();
    if (last.type === "pointerup" && sides[2] >= SMALLEST && sides[3] >= SMALLEST) done(sides);
  };
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener("pointermove", move);
  for (const kind of ["pointerup", "pointercancel"]) frame.addEventListener(kind, end);
  return undefined;
}

/** The shape that the keyboard carries about the picture. */
function carry(frame, shape, done) {
  let sides = shape === "point" ? [500, 500] : [350, 350, 300, 300];
  const mark = drawn(sides, "");
  mark.dataset.carried = "";
  frame.querySelector("svg").append(mark);
  frame.tabIndex = 0;
  frame.focus({ preventScroll: true });
  const away = () => {
    frame.removeEventListener("keydown", keys);
    frame.removeAttribute("tabindex");
  };
  const keys = (event) => {
    if (!mark.isConnected) return away();
    const next = moved(sides, event);
    if (!next && !["Enter", "Escape"].includes(event.key)) return undefined;
    event.preventDefault();
    event.stopPropagation();
    if (next) return put(mark, (sides = next));
    away();
    mark.remove();
    return done(event.key === "Enter" ? sides : null);
  };
  frame.addEventListener("keydown", keys);
}

function moved([x, y, w = 0, h = 0], { key, shiftKey }) {
  const by = { ArrowLeft: [-25, 0], ArrowRight: [25, 0], ArrowUp: [0, -25], ArrowDown: [0, 25] }[key];
  if (!by) return null;
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  if (shiftKey && w) return [x, y, within(w + by[0], 25, 1000 - x), within(h + by[1], 25, 1000 - y)];
  const carried = [within(x + by[0], 0, 1000 - w), within(y + by[1], 0, 1000 - h)];
  return w ? [...carried, w, h] : carried;
}

function drawn(sides, of) {
  const mark = document.createElementNS(SVG, sides.length === 4 ? "rect" : "path");
  mark.setAttribute("class", "mark");
  if (sides.length === 2) mark.classList.add("mark-point");
  if (of) mark.dataset.of = of;
  put(mark, sides);
  return mark;
}

function put(mark, sides) {
  if (sides.length === 2) mark.setAttribute("d", `M${sides[0]} ${sides[1]}h.01`);
  else ["x", "y", "width", "height"].forEach((name, n) => mark.setAttribute(name, sides[n]));
}
