// <details class="menu"> closes on Escape, on a press elsewhere, and when another one opens.
import { isComposing } from "./keys.js";

const EDGE = 8; // pixels between a list and the edge of a narrow screen
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("pointerdown", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (isComposing(event)) return;
  const menu = event.target.closest?.("details.menu[open]");
  if (event.key === "Escape") {
    for (const open of openMenus()) open.open = false;
    menu?.querySelector("summary").focus();
  }
  if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const items = [...menu.querySelectorAll(".menu-item")].filter((item) => item.checkVisibility());
    if (!items.length) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length].focus();
  }
});

// A list that stands by one end of its button may be wider than what is left on that side.
function keepOnScreen(list) {
  if (!list) return;
  list.style.translate = "";
  const { left, right } = list.getBoundingClientRect();
  const { clientWidth } = document.documentElement;
  const moved = left < EDGE ? EDGE - left : Math.min(0, clientWidth - EDGE - right);
  if (moved) list.style.translate = `${moved}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("details.menu[open]")) return;
    for (const menu of openMenus()) if (menu !== event.target) menu.open = false;
    keepOnScreen(event.target.querySelector(".menu-list"));
  },
  true,
);

// A row of pages that is wider than the screen begins where one is.
document.querySelector(".administration-menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
