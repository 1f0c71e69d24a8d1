/* The live camera with the browser's own reader of barcodes, where there are both. */
import { make, say } from "./words.js";

export const LIVE = "BarcodeDetector" in window && !!navigator.mediaDevices?.getUserMedia;

/** Opens a window that looks for codes until it is closed; `found(code)` gets every code as long as it is seen anew and says
    what to write under the picture; "" closes the window. Gives false where there is no camera to look through. */
export async function look(found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => null);
  if (!stream) return false;
  const { dialog, video, words } = openWindow();
  dialog.addEventListener("close", () => { stream.getTracks().forEach((track) => track.stop()); dialog.remove(); });
  video.srcObject = stream;
  dialog.showModal();
  await video.play();
  const seen = new Map();
  const detector = new window.BarcodeDetector();
  while (dialog.open) {
    for (const { rawValue: code } of await detector.detect(video).catch(() => [])) {
      const isNew = Date.now() - (seen.get(code) ?? 0) > ABSENT;
      seen.set(code, Date.now());
      if (!isNew) continue;
      navigator.vibrate?.(60);
      words.textContent = found(code);
      if (!words.textContent) dialog.close();
    }
    await new Promise((go) => setTimeout(go, 120));
  }
  return true;
}

const ABSENT = 900; // milliseconds a code must be out of sight before it counts as the next piece

function openWindow() {
  const dialog = make("dialog");
  const view = make("div", "scan-view");
  const video = Object.assign(make("video"), { muted: true, playsInline: true });
  const words = make("p", "scan-words", say("scan_aim"));
  words.setAttribute("role", "status");
  const close = make("button", "button", say("close"));
  close.addEventListener("click", () => dialog.close());
  view.append(video);
  dialog.append(view, words, close);
  dialog.setAttribute("aria-label", say("scan"));
  document.body.append(dialog);
  return { dialog, video, words };
}
