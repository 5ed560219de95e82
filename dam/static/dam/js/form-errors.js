// A form that came back with errors: what is wrong is in view and has the focus, wherever the button was.

const SUMMARY = "[data-form-errors]";
const WRONG = `${SUMMARY}, [aria-invalid="true"], .field-error`;

function field(wrong) {
  if (!wrong.matches(".field-error")) return wrong;
  const group = wrong.closest("fieldset, .field");
  return group?.querySelector("input:not([type=hidden]), select, textarea") ?? wrong;
}

export function show(root) {
  const wrong = [...root.querySelectorAll(WRONG)].find((each) => each.checkVisibility());
  if (!wrong) return;
  const place = field(wrong);
  if (place.matches(SUMMARY)) place.tabIndex = -1;
  place.focus({ preventScroll: true });
  (place.closest(".field") ?? place).scrollIntoView({ block: place.closest("dialog") ? "nearest" : "center" });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status !== 422) return;
  show(event.detail.elt.isConnected && event.detail.elt.querySelector(WRONG) ? event.detail.elt : document);
});

show(document);
