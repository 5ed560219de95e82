// Ctrl/⌘ K opens the palette; arrows choose, Enter goes there. The server answers what is typed. While clips are chosen
// it also offers collections to put them into.
import { chosen, collect } from "./collect.js";
import { isCommand, isComposing } from "./keys.js";

const dialog = document.getElementById("palette");
const box = dialog?.querySelector("input");
const answers = () => [...dialog.querySelectorAll('[role="option"]')];

function choose(option) {
  for (const each of answers()) each.setAttribute("aria-selected", each === option);
  box.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function open() {
  box.value = "";
  const count = dialog.querySelector('[name="chosen"]');
  if (count) count.value = chosen() === Infinity ? "all" : chosen();
  dialog.showModal();
  htmx.trigger(box, "palette");
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (!isCommand(event, "k")) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const options = answers();
    const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (options.length) choose(options[(at + step + options.length) % options.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      options[Math.max(0, at)]?.click();
    }
  });
  dialog.addEventListener("click", (event) => {
    const into = event.target.closest("[data-palette-collect]");
    if (!into) return;
    dialog.close();
    collect(into.dataset.paletteCollect);
  });
  dialog.addEventListener("htmx:afterSwap", () => choose(answers()[0]));
}
