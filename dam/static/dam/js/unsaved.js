// Forms marked data-guarded: whoever leaves the page with something changed in one and not saved is asked first.
// One marked data-unsent has come back with what was typed: nothing of it is saved yet.
const changed = new Set(document.querySelectorAll("form[data-guarded][data-unsent]"));

addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guarded]");
  if (form) changed.add(form);
});

addEventListener("submit", (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
