/* [data-drag]: a list whose rows can be carried by their [data-drag-handle] (pointer: mouse, pen, finger). Let go, and the row's
   own form is sent with by=<places moved>; Escape puts the row back. Without a script, and by keyboard, the form's buttons
   "up" and "down" do the same, one place at a time. */
export function dress(root) {
  for (const list of root.querySelectorAll("[data-drag]")) {
    for (const handle of list.querySelectorAll("[data-drag-handle]")) {
      handle.hidden = false;
      handle.addEventListener("pointerdown", (press) => carry(list, handle, press));
    }
  }
}

function carry(list, handle, press) {
  if (press.button !== 0) return;
  press.preventDefault();
  const row = handle.closest("li");
  const rows = [...list.children];
  const from = rows.indexOf(row);
  const stop = new AbortController();
  const on = (name, act) => handle.addEventListener(name, act, { signal: stop.signal });
  const settle = () => {
    stop.abort();
    row.classList.remove("is-carried");
  };
  const back = () => {
    settle();
    list.insertBefore(row, rows[from + 1] ?? null);
  };
  handle.setPointerCapture(press.pointerId);
  row.classList.add("is-carried");
  on("pointermove", (move) => follow(row, move.clientY));
  on("pointercancel", back);
  document.addEventListener("keydown", (key) => key.key === "Escape" && back(), { signal: stop.signal });
  on("pointerup", () => {
    settle();
    const by = [...list.children].indexOf(row) - from;
    if (by) send(row.querySelector("form"), by);
  });
}

/** The others step around the row: the row itself stays where it is in the page, or the pointer would lose it. */
function follow(row, y) {
  const middle = (one) => one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2;
  while (row.nextElementSibling && middle(row.nextElementSibling) < y) row.before(row.nextElementSibling);
  while (row.previousElementSibling && middle(row.previousElementSibling) > y) row.after(row.previousElementSibling);
}

function send(form, by) {
  const told = document.createElement("input");
  told.type = "hidden";
  told.name = "by";
  told.value = String(by);
  form.append(told);
  form.submit();
}
