/* The page without a network: counts what waits on this phone (it cannot be read here), and goes on when the network is back. */
import { all, possible } from "./store.js";

const line = document.querySelector("[data-waiting-count]");
const count = possible ? (await all()).length : 0;
if (count) {
  line.textContent = `${line.dataset.words} ${count}`;
  line.hidden = false;
}
const again = document.querySelector("[data-again]");
again.href = location.href;
again.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
const look = async () => (await fetch("/livez", { cache: "no-store" }).catch(() => null))?.ok && location.reload();
addEventListener("online", look);
setInterval(look, 4000);
