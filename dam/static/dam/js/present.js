// Who else has the review room open: what came and went is said once, and the list stays open while it changes.
import { list, ngettext } from "./words.js";

let known; // who was here last, by key; undefined until it was known once
let open = false;

const place = (event) => event.detail.target?.closest?.(".present");

const people = (root) =>
  new Map([...root.querySelectorAll("[data-present]")].map((each) => [each.dataset.present, each.dataset.name]));

const without = (one, other) => [...one].filter(([key]) => !other.has(key)).map(([, name]) => name);

// "Anna is here. Ben left."
export function told(before, now) {
  const came = without(now, before);
  const went = without(before, now);
  const words = [];
  if (came.length) words.push(ngettext("{names} is here.", "{names} are here.", came.length, { names: list(came) }));
  if (went.length) words.push(ngettext("{names} has left.", "{names} have left.", went.length, { names: list(went) }));
  return words.join(" ");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const root = place(event);
  if (root) open = root.querySelector("details")?.open ?? false;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const root = place(event);
  if (!root) return;
  const menu = root.querySelector("details");
  if (menu) menu.open = open;
  if (root.querySelector("[data-present-unknown]")) return; // nobody left because it can't be known
  const now = people(root);
  const said = known ? told(known, now) : "";
  known = now;
  if (said) document.querySelector("[data-present-said]").textContent = said;
});
