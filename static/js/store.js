/* What waits on this phone until the server has it: a drawer of sealed letters (seal.js), one for all who use this browser.
     {id, who, at, sealed, iv}      `who` and `at` are plain, so that the drawer can be counted and emptied; the rest is not readable */
const SHELF = "waiting";
export const OLDEST = 7 * 24 * 60 * 60 * 1000; // the server remembers as long what it was sent (base/receipts.py)

/** Whether this browser has a drawer, and may seal (it may not without https). */
export const possible = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);

/** A drawer of this phone, one IndexedDB of a few shelves: gives ask(shelf, mode, act). What is put in is safe from a dead battery. */
export function drawer(name, shelves) {
  let opened;
  const open = () => new Promise((give, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => { for (const [shelf, how] of Object.entries(shelves)) asked.result.createObjectStore(shelf, how); };
    asked.onsuccess = () => give(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return async (shelf, mode, act) => {
    const transaction = (await (opened ??= open())).transaction(shelf, mode, { durability: "strict" });
    const asked = act(transaction.objectStore(shelf));
    await new Promise((done, fail) => {
      transaction.oncomplete = done;
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
    return asked.result;
  };
}

const open = drawer("dari", { [SHELF]: { keyPath: "id", autoIncrement: true } });
const ask = (mode, act) => open(SHELF, mode, act);

/** Puts a letter in, in the place of the one with its id; gives the id once it is safe from a dead battery. */
export const put = (letter) => ask("readwrite", (shelf) => shelf.put(letter));

export const remove = (id) => ask("readwrite", (shelf) => shelf.delete(id));

/** Whether a letter is still there: another tab may have sent it. */
export const has = async (id) => (await ask("readonly", (shelf) => shelf.count(id))) > 0;

/** Every letter of everybody, the oldest first; what is too old is thrown away. */
export async function all() {
  const letters = await ask("readonly", (shelf) => shelf.getAll());
  const isOld = ({ at }) => Date.now() - at > OLDEST;
  for (const { id } of letters.filter(isOld)) await remove(id);
  return letters.filter((letter) => !isOld(letter));
}

/** Throws away what one person left here. */
export async function erase(who) {
  for (const letter of await all()) if (letter.who === who) await remove(letter.id);
}
