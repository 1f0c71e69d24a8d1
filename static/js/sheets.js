/* The sheets of the tasks in hand, for work without a network (ADR 12): a second drawer, sealed like the letters.
     keys    {who, key, at}                           the person's key as a CryptoKey that no script can read; only while sheets lie here
     sheets  {id: "who/task", who, task, until, at, iv, sealed}     sealed: {title, html}; `until`: when the lease ends
   One person at a time: whoever signs in next takes the other's key and sheets away; letters that wait stay, and stay sealed. */
import { keyInUse, seal, unseal } from "./seal.js";
import { OLDEST, drawer, possible } from "./store.js";

const ask = drawer("dari-sheets", { keys: { keyPath: "who" }, sheets: { keyPath: "id" } });
const all = (shelf) => ask(shelf, "readonly", (it) => it.getAll());
const isOld = ({ at }) => Date.now() - at > OLDEST;

/** Whose key lies here: {who, key}, or nobody's. */
export async function person() {
  return possible ? (await all("keys")).find((one) => !isOld(one)) : undefined;
}

/** What lies here of somebody, unread: the lease that ends first stands first. */
export async function laid(who) {
  return (await all("sheets")).filter((one) => one.who === who).sort((one, other) => one.until - other.until);
}

/** Lays a sheet down: {task, title, until, html}. */
export async function lay(who, { task, until, ...words }) {
  const sealed = await seal({ who, at: Date.now(), ...words });
  await ask("keys", "readwrite", (shelf) => shelf.put({ who, key: keyInUse(), at: Date.now() }));
  await ask("sheets", "readwrite", (shelf) => shelf.put({ ...sealed, id: `${who}/${task}`, task, until }));
}

/** The sheets that may still be worked on, opened. */
export async function opened(who) {
  const sheets = await laid(who);
  return Promise.all(sheets.map(async (one) => ({ ...(await unseal(one)), task: one.task, until: one.until })));
}

/** The sheet of one task, opened, if it lies here. */
export async function sheet(who, task) {
  const one = (await laid(who)).find((it) => it.task === task);
  return one && { ...(await unseal(one)), task, until: one.until };
}

/** Leaves what `stays(sheet)` says of this person, and nothing of anybody else, nothing past its lease and nothing old. */
export async function tidy(who, stays = () => true) {
  const sheets = await all("sheets");
  const kept = sheets.filter((one) => one.who === who && one.until > Date.now() && !isOld(one) && stays(one));
  for (const one of await all("keys")) { // a key goes before what it opens
    if (one.who !== who || isOld(one) || !kept.length) await ask("keys", "readwrite", (shelf) => shelf.delete(one.who));
  }
  for (const one of sheets) if (!kept.includes(one)) await ask("sheets", "readwrite", (shelf) => shelf.delete(one.id));
}

/** Takes everything away, of everybody. */
export async function erase() {
  for (const shelf of ["keys", "sheets"]) await ask(shelf, "readwrite", (it) => it.clear());
}
