// Forms marked data-guarded: whoever leaves the page with something changed in one and not sent is asked first.
const changed = new Set();

addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guarded]");
  if (form) changed.add(form);
});

addEventListener("submit", (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
