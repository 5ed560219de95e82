// Choosing cards: press, Shift for a run of them, Ctrl/⌘ A for all, Escape for none.
import { isCommand, isComposing, isTyping } from "./keys.js";
import { ngettext } from "./words.js";

const boxes = () => [...document.querySelectorAll('.card-pick input[type="checkbox"]')];
let last = null;

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  document.querySelector("[data-selected]").textContent = ngettext("{count} selected", "{count} selected", chosen);
}

function set(chosen) {
  for (const box of boxes()) box.checked = chosen;
  count();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest('.card-pick input[type="checkbox"]');
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  count();
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
