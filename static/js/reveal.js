/* <form data-reveal>: looking at a recipient. Without a script the post answers with a page; with it, in place and not for long.
     POST action, the form's fields, csrf, a fresh client_id (each look is journalled on its own)
     200 {"fields": [{"label": "…", "text": "…"}], "seconds": 60}
     4xx {"code", "text"}                        shown in words
   What was shown is removed from the page after the seconds, when the tab is hidden and when the page is left; it is kept nowhere. */
import { newId, post } from "./send.js";
import { make, say } from "./words.js";

for (const form of document.querySelectorAll("form[data-reveal]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    open(form, event.submitter);
  });
}

async function open(form, button) {
  button?.setAttribute("aria-busy", "true");
  const { end, data } = await post(form.action, new FormData(form, button), newId());
  button?.removeAttribute("aria-busy");
  const place = form.querySelector("[data-revealed]") ?? form.appendChild(make("div"));
  place.dataset.revealed = "";
  place.setAttribute("role", "status");
  if (end !== "ok") place.replaceChildren(make("p", "field-error", data.text || say(end === "signed_out" ? "signed_out" : "failed")));
  else show(place, data.fields, data.seconds ?? 60, button);
}

function show(place, fields, seconds, button) {
  const facts = make("dl", "facts");
  for (const { label, text } of fields) facts.append(make("dt", "", label), make("dd", "", text));
  const left = make("p", "quiet small");
  left.setAttribute("aria-hidden", "true");
  place.replaceChildren(facts, left);
  if (button) button.hidden = true;
  const ends = Date.now() + seconds * 1000;
  const hide = () => {
    clearInterval(clock);
    place.replaceChildren();
    if (button) button.hidden = false;
    removeEventListener("pagehide", hide);
    document.removeEventListener("visibilitychange", hidden);
  };
  const hidden = () => document.visibilityState === "hidden" && hide();
  const tick = () => {
    const rest = Math.ceil((ends - Date.now()) / 1000);
    if (rest <= 0) hide();
    else left.textContent = `${rest}${say("hides_in")}`;
  };
  const clock = setInterval(tick, 500);
  addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", hidden);
  tick();
}
