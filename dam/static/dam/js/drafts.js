// What somebody typed or chose in a form and has not sent: kept in the tab (sessionStorage) until the server has taken
// it, and put back when the form comes again, after signing in say. Gone when the tab closes, and when somebody signs
// out or somebody else signs in there.
import { open } from "./dialog.js";
import { lift, toast } from "./toast.js";
import { _ } from "./words.js";

const PREFIX = "draft ";
const SENT = "draft-sent";
const OPEN = "draft-open";
const NEVER = ["password", "file", "hidden", "submit", "button", "reset"];
// A guest's drafts are kept by the link they came by, until they have come in again.
const person = () => document.body.dataset.person ?? document.body.dataset.guest;
const earlier = new Map(); // the drafts that this page found when it was loaded, each with what was changed
let told = false;

function store(act) {
  try {
    return act(sessionStorage);
  } catch {
    return undefined; // full, or a private window: then the form alone has it
  }
}

// A form that is the same for many things says in data-draft or in its kind what this one is for.
function nameOf(form) {
  const address = form.getAttribute("hx-post") ?? form.getAttribute("action") ?? location.pathname + location.search;
  const kind = form.dataset.draft ?? form.querySelector('input[type="hidden"][name="kind"]')?.value ?? "";
  return `${PREFIX}${person()} ${address} ${kind}`;
}

const isKept = (form) => person() && form?.method === "post" && !form.action.endsWith("/logout/");
const isSecret = (field) => NEVER.includes(field.type) || /pass(word|phrase)/.test(field.name); // shown ones, too
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !isSecret(field));
const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const places = (form) => form.querySelectorAll("[data-frame-field]");
const ends = (form) => form.querySelectorAll("[data-end-field]"); // of a range

// What the field was given by the server, and what it has now.
function stateOf(field) {
  if (isBox(field)) return [field.defaultChecked, field.checked];
  if (field.tagName === "SELECT") {
    const given = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
    return [given?.value ?? "", field.value];
  }
  return [field.defaultValue, field.value];
}

const keyOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);

const status = () => performance.getEntriesByType("navigation")[0]?.responseStatus ?? 200;

// A page that refused the form gives back what was typed: what the field was given before that stays with the draft.
function keep(form) {
  const changed = {};
  const before = (status() >= 400 && earlier.get(nameOf(form))) || {};
  for (const field of fieldsOf(form)) {
    const key = keyOf(field);
    const [served, now] = stateOf(field);
    const given = before[key]?.[1] === served ? before[key][0] : served;
    if (given !== now) changed[key] = [given, now];
  }
  store((storage) => {
    if (!Object.keys(changed).length) return storage.removeItem(nameOf(form));
    const frame = places(form)[0]?.value;
    const end = ends(form)[0]?.value || undefined;
    storage.setItem(nameOf(form), JSON.stringify({ changed, frame, end }));
  });
}

// Only into a field that the server gives as it gave it then: what somebody else wrote meanwhile is not written over.
function putBack(form) {
  const text = store((storage) => storage.getItem(nameOf(form)));
  if (!text) return false;
  const { changed, frame, end } = JSON.parse(text);
  let put = false;
  for (const field of fieldsOf(form)) {
    const [given, now] = stateOf(field);
    const draft = changed[keyOf(field)];
    if (!draft || given !== draft[0] || now !== given) continue;
    if (isBox(field)) field.checked = draft[1];
    else field.value = draft[1];
    const folded = field.closest("details");
    if (folded) folded.open = true;
    // As the value, too: what follows from the event is kept again before the player has said which frame it is.
    if (frame !== undefined) for (const place of places(form)) place.value = place.dataset.kept = frame;
    if (end !== undefined) for (const place of ends(form)) place.value = place.dataset.kept = end;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    put = true;
  }
  return put;
}

function putBackWithin(root) {
  const forms = [...document.querySelectorAll("form")].filter((form) => root.contains(form) || form.contains(root));
  const names = forms.filter(isKept).filter(putBack).map(nameOf);
  if (!told && names.some((name) => earlier.has(name))) told = Boolean(toast(_("What you had typed is back.")));
}

function forget(isGone) {
  store((storage) => {
    for (const name of Object.keys(storage)) if (name.startsWith(PREFIX) && isGone(name)) storage.removeItem(name);
  });
}

// A form that was sent without htmx: the page that follows tells whether the server took it. It did not where that is a
// page for nobody, to sign in say, and where somebody came back from no answer at all.
function settleSent() {
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  const name = store((storage) => storage.getItem(SENT));
  store((storage) => storage.removeItem(SENT));
  if (name && person() && status() < 400 && type !== "back_forward") store((storage) => storage.removeItem(name));
}

// What somebody had open when they left, a dialog say, or a form that came in the place of a piece of the page.
function openAgain() {
  const names = store((storage) => JSON.parse(storage.getItem(OPEN))) ?? [];
  for (const name of names.filter((each) => earlier.has(each))) {
    const form = [...document.forms].find((each) => isKept(each) && nameOf(each) === name);
    const dialog = form?.closest("dialog");
    if (dialog && !document.querySelector("dialog[open]")) {
      open(dialog);
      lift();
    }
    if (form) continue;
    const link = [...document.querySelectorAll("[hx-get]")].find((each) => name === `${PREFIX}${person()} ${each.getAttribute("hx-get")} `);
    link?.click();
  }
}

addEventListener("pagehide", () => {
  if (!person()) return; // the sign-in page lies between
  const shown = [...document.forms].filter((form) => isKept(form) && form.checkVisibility()).map(nameOf);
  store((storage) => storage.setItem(OPEN, JSON.stringify(shown.filter((name) => storage.getItem(name)))));
});

// Not "change" as well: a browser fires that at a field which is taken out of the page, so also at one that was sent.
document.addEventListener("input", (event) => isKept(event.target.form) && keep(event.target.form));

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !isKept(event.target)) return;
  store((storage) => storage.setItem(SENT, nameOf(event.target)));
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const form = requestConfig?.elt;
  if (event.defaultPrevented || xhr.status >= 300 || !(form instanceof HTMLFormElement) || !isKept(form)) return;
  store((storage) => storage.removeItem(nameOf(form)));
});

document.addEventListener("signed-out", () => {
  forget(() => true);
  store((storage) => storage.removeItem(OPEN));
});
document.addEventListener("htmx:load", (event) => event.detail.elt !== document.body && putBackWithin(event.detail.elt));

settleSent();
if (person()) {
  forget((name) => !name.startsWith(`${PREFIX}${person()} `));
  store((storage) => {
    const found = Object.keys(storage).filter((name) => name.startsWith(PREFIX));
    for (const name of found) earlier.set(name, JSON.parse(storage.getItem(name)).changed);
  });
  putBackWithin(document.body);
  // After htmx, which waits for this event too.
  if (document.readyState === "complete") openAgain();
  else document.addEventListener("DOMContentLoaded", openAgain);
}
