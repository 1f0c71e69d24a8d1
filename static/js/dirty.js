/* <form data-dirty>: warns before leaving with something written and not sent. Sending, and data-autosave, take the warning away. */
const written = new Set();

document.addEventListener("input", ({ target }) => target.form?.matches?.("form[data-dirty]") && written.add(target.form));
document.addEventListener("submit", ({ target }) => written.delete(target));
addEventListener("beforeunload", (event) => { if (written.size) event.preventDefault(); });
