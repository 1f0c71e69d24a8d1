/* On every page of whoever is no partner: sheets that a partner left on this browser, and the key that opens them, are taken away. What that
   partner has not sent stays, sealed, until they sign in again (ADR 9, 12). A drawer that was never made is not made now. */
const made = (await globalThis.indexedDB?.databases?.()) ?? [];
if (made.some(({ name }) => name === "dari-sheets")) (await import("./sheets.js")).erase().catch(() => undefined);
