// Choosing cards: press, Shift for a run of them, Ctrl/⌘ A for all of the page, Escape for none. All that the list
// has, on this page or not, is one box in the bar.
import { isCommand, isComposing, isTyping } from "./keys.js";
import { ngettext } from "./words.js";

const boxes = () => [...document.querySelectorAll('.card-pick input[type="checkbox"]')];
const all = () => document.querySelector("[data-all]");
let last = null;

function count() {
  const told = document.querySelector("[data-selected]");
  if (!told) return; // a list of nothing has no bar
  if (all()?.checked) {
    for (const box of boxes()) box.checked = true; // also those that came since, as the page grew
    told.textContent = all().dataset.all;
    return;
  }
  const chosen = boxes().filter((box) => box.checked).length;
  told.textContent = ngettext("{count} selected", "{count} selected", chosen);
}

function set(chosen) {
  if (all()) all().checked = false;
  for (const box of boxes()) box.checked = chosen;
  count();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest('.card-pick input[type="checkbox"]');
  if (!box) return;
  const every = boxes();
  if (all() && !box.checked) all().checked = false; // one is taken out: it is no longer all of them
  if (event.shiftKey && every.includes(last)) {
    const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
    for (const between of every.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  count();
});

document.addEventListener("change", (event) => {
  if (event.target === all()) count();
});

document.addEventListener("keydown", (event) => {
  const isTyped = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName) && event.target.type !== "checkbox";
  if (isCommand(event, "a") && !isTyped && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    set(true);
  } else if (event.key === "Escape" && !isComposing(event) && !isTyping({ target: document.body })) set(false);
});

document.addEventListener("reset", (event) => {
  if (event.target.id === "selection") requestAnimationFrame(count);
});

document.addEventListener("htmx:afterSettle", count);
// Going back brings the choice with it: by the browser, or by returning.js.
document.addEventListener("chosen", count);
count();
