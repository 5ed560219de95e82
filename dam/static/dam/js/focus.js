// A piece of the page that is put in the place of another one, a button that is switched off while it is at work, and
// a dialog that closes may take the focus with them. Whoever works with the keyboard is brought back to the same
// control, or to what took its place.

const CAN = "a[href], button:not(:disabled), input:not([type=hidden], :disabled), textarea:not(:disabled), select:not(:disabled), summary, [tabindex]";
const WRONG = '[aria-invalid="true"], [data-comment-box]';

let before = null;

// A browser notices late that what has the focus is gone with the dialog that was closed.
function isLost() {
  const { activeElement } = document;
  return !activeElement || activeElement === document.body || activeElement.closest("dialog:not([open])") !== null;
}

const words = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim();
// The same control in what comes, also when it has no id: what it is called and what it does.
const actionOf = (element) =>
  element.getAttribute("href") ?? element.getAttribute("data-dialog") ?? element.form?.getAttribute("action") ?? "";

function remember(element, region) {
  if (!element || element === document.body || !region?.contains(element)) return;
  const { id, tagName, name } = element;
  // Where to go if it is not there again: elements around it that have an id, from the inside out.
  const around = [];
  for (let each = element; each; each = each.parentElement) if (each.id) around.push(each.id);
  before = { element, id, tagName, name, words: words(element), action: actionOf(element), around };
}

function sameIn(root) {
  if (!root) return undefined;
  const alike = [...root.querySelectorAll(CAN)].filter((each) => each.tagName === before.tagName);
  if (before.name) return alike.find((each) => each.name === before.name);
  return (
    alike.find((each) => actionOf(each) === before.action && words(each) === before.words) ??
    alike.find((each) => words(each) && words(each) === before.words)
  );
}

function focus(element) {
  if (!element?.isConnected || element.closest("[hidden], [inert]")) return false;
  if (!element.matches(CAN)) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

// A button that is switched off while its request runs has lost the focus, and is to have it again after that, whatever
// else comes by itself in between.
const isAtWork = () => before !== null && isLost() && before.element.isConnected && before.element.disabled;

// `arrived` is the piece that has come, if one has.
function restore(arrived) {
  if (!before || !isLost() || isAtWork()) return;
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  const near = before.around.map((id) => document.getElementById(id)).find((each) => each && (!dialog || dialog.contains(each)));
  const places = [
    before.element.isConnected && !before.element.disabled && before.element,
    before.id && document.getElementById(before.id),
    arrived?.querySelector('[aria-invalid="true"]'),
    arrived && sameIn(arrived),
    arrived?.querySelector(WRONG),
    sameIn(dialog ?? near),
    // A form that came in the place of a button begins with its first field; a page that came back with its first control.
    arrived?.querySelector("form input:not([type=hidden]), form textarea"),
    arrived?.querySelector(CAN),
    near,
    dialog,
    document.getElementById("main"),
  ];
  places.some((place) => place && focus(place));
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isAtWork()) return;
  before = null;
  remember(document.activeElement, event.detail.elt);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { activeElement } = document;
  if (activeElement && activeElement !== document.body) {
    if (event.detail.target?.contains(activeElement)) remember(activeElement, event.detail.target);
    else before = null; // somebody went on elsewhere meanwhile
  }
});

document.addEventListener("htmx:afterSettle", (event) => restore(event.detail.elt));
document.addEventListener("htmx:afterRequest", () => restore(null));

// A browser gives the focus back to what opened a dialog, unless that was put in the place of by something like it.
document.addEventListener(
  "close",
  (event) => {
    if (!(event.target instanceof HTMLDialogElement)) return;
    setTimeout(() => {
      if (!isLost() || document.querySelector("dialog[open]")) return;
      const opener = document.querySelector(`[data-dialog="${CSS.escape(event.target.id)}"]`);
      if (!focus(opener)) focus(document.getElementById("main"));
    });
  },
  true,
);
