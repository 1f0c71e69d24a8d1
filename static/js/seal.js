/* What lies on the phone is sealed with AES-GCM under a key that only that person's own pages bring along (security/phone.py):
   after a sign-out, or for the next person with this phone, what lies in the drawer is noise. A letter is JSON and, maybe, a photo. */
let key;

/** Takes the key of this page, base64; without it nothing is sealed and nothing lasts. */
export async function useKey(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Takes the key that this person's pages have left on the phone, for a page that has none (offline.js). */
export const takeKey = (kept) => { key = kept; };

/** The key, to be kept: the browser keeps it as a thing that no script can read, only use. */
export const keyInUse = () => key;

export async function seal({ id, who, at, photo, down: _, ...words }) {
  const head = new TextEncoder().encode(JSON.stringify(words));
  const body = new Blob([new Uint32Array([head.length]), head, ...(photo ? [photo] : [])]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt(shape(iv, who), key, await body.arrayBuffer());
  return { ...(id === undefined ? {} : { id }), who, at, iv, sealed };
}

/** The letter as it was. Throws where the key is another one. */
export async function unseal({ id, who, at, iv, sealed }) {
  const plain = await crypto.subtle.decrypt(shape(iv, who), key, sealed);
  const length = new Uint32Array(plain.slice(0, 4))[0];
  const words = JSON.parse(new TextDecoder().decode(plain.slice(4, 4 + length)));
  const rest = plain.slice(4 + length);
  return { ...words, id, who, at, ...(rest.byteLength ? { photo: new Blob([rest], { type: "image/jpeg" }) } : {}) };
}

const shape = (iv, who) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(who) });
