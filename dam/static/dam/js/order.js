// An order by hand, of the cards in a [data-order] ("clips", or "collections" inside another): one is dragged, or moved by
// the buttons of its menu, which without script send their form. It moves at once; where the server refuses, it goes back.
import { _, number } from "./words.js";

const KIND = "application/x-reelproof-clip";
const listOf = (card) => card.closest("[data-order]");
const placed = (list) => [...list.querySelectorAll("[data-placed]:not([hidden])")];
const itself = (element) => element?.closest?.("[data-order] [data-placed]") ?? null;
const more = (list) => list.querySelector("#more");
const continues = (list) => list.hasAttribute("data-continues");

let dragged = null;
let target = null;
const back = new WeakMap(); // the form that was sent: how its card goes back

function say(text) {
  const sayer = document.getElementById("order-say");
  if (sayer) sayer.textContent = text;
}

// Puts the card where it is to stand, and out of sight where that isn't loaded. Returns the way back.
function put(card, to, beside) {
  const list = listOf(card);
  const all = placed(list);
  const others = all.filter((each) => each !== card);
  const at = all.indexOf(card);
  const [parent, next] = [card.parentElement, card.nextElementSibling];
  const spot = {
    start: () => (continues(list) ? null : [others[0], false]),
    up: () => (at > 0 ? [all[at - 1], false] : continues(list) ? null : undefined),
    down: () => (at < all.length - 1 ? [all[at + 1], true] : more(list) ? null : undefined),
    end: () => (more(list) ? null : [others.at(-1), true]),
    before: () => [beside, false],
    after: () => [beside, true],
  }[to]();
  if (spot === undefined || (spot && !spot[0])) return () => {}; // it stands there
  if (spot === null) {
    card.hidden = true; // and there until the answer comes: htmx tells it of that
    return () => (card.hidden = false);
  }
  spot[0][spot[1] ? "after" : "before"](card);
  return () => parent.insertBefore(card, next?.parentElement === parent ? next : null);
}

function tell(card) {
  const all = placed(listOf(card));
  const at = all.indexOf(card);
  if (card.hidden) card.remove();
  if (at < 0) say(_("Moved. The clip is on another page now."));
  else say(_("Moved to place {place} of the {count} shown.", { place: number(at + 1), count: number(all.length) }));
}

// The buttons: htmx is about to send the form of a menu.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest?.("form[data-move]");
  const card = itself(form);
  if (!card) return;
  const { to, beside } = event.detail.requestConfig.parameters;
  back.set(form, put(card, to, beside ? document.querySelector(`[data-order] [data-placed="${CSS.escape(beside)}"]`) : null));
  const menu = form.closest("details");
  if (menu) menu.open = false;
  menu?.querySelector("summary")?.focus(); // moving took the focus away
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-move]");
  if (!form || !back.has(form)) return;
  if (event.detail.successful) tell(form.closest("[data-placed]"));
  else back.get(form)();
  back.delete(form);
});

// A page that follows may bring a clip that was moved over its edge once more.
document.addEventListener("htmx:afterSettle", () => {
  for (const list of document.querySelectorAll("[data-order]")) {
    const seen = new Set();
    for (const card of placed(list)) {
      if (seen.has(card.dataset.placed)) card.remove();
      seen.add(card.dataset.placed);
    }
  }
});

function mark(card, after) {
  for (const each of document.querySelectorAll("[data-drop]")) delete each.dataset.drop;
  target = card ? { card, after } : null;
  if (card) card.dataset.drop = after ? "after" : "before";
}

document.addEventListener("dragstart", (event) => {
  const card = itself(event.target);
  if (!card) return;
  dragged = card;
  event.dataTransfer.effectAllowed = "copyMove"; // a copy of a clip into another collection: collect.js
  const isClip = listOf(card).dataset.order === "clips";
  event.dataTransfer.setData(isClip ? KIND : "text/plain", card.dataset.placed);
  event.dataTransfer.setDragImage(card, 24, 24);
  card.dataset.dragged = "";
});

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const card = itself(event.target);
  if (!listOf(dragged).contains(event.target)) return mark(null);
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  if (!card) return;
  const box = card.getBoundingClientRect();
  const past = event.clientX > box.left + box.width / 2;
  const rightToLeft = getComputedStyle(card).direction === "rtl";
  if (card === dragged) mark(null);
  else mark(card, past !== rightToLeft);
});

document.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const form = dragged.querySelector("form[data-move]");
  if (!form || !target) return;
  const to = target.after ? "after" : "before";
  const values = { to, beside: target.card.dataset.placed };
  htmx.ajax("POST", form.action, { source: form, values, swap: "none" }).catch(() => {}); // said by requests.js
});

document.addEventListener("dragend", () => {
  if (dragged) delete dragged.dataset.dragged;
  dragged = null;
  mark(null);
});
