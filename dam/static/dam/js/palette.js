// Ctrl/⌘ K opens the palette; arrows choose, Enter goes there. The server answers what is typed. While clips are chosen
// it also offers collections to put them into, last: who presses Enter wants to go somewhere, and changes nothing unseen.
import { chosen, collect } from "./collect.js";
import { isCommand, isComposing } from "./keys.js";

const dialog = document.getElementById("palette");
const box = dialog?.querySelector("input");
const answers = () => [...dialog.querySelectorAll('[role="option"]')];
const leads = () => answers().find((option) => !("paletteCollect" in option.dataset));

let asked = null; // the words of the last question
let answered = null; // the words that the answers shown are for; null while they are those of another time
let goes = false; // Enter was pressed before its answers came
let failed = false; // the last question got no answer, and none will come

function choose(option) {
  for (const each of answers()) each.setAttribute("aria-selected", each === option);
  box.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function open() {
  box.value = "";
  [answered, goes] = [null, false];
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
      if (event.repeat) return;
      if (answered === box.value) options[at]?.click();
      else {
        goes = true;
        if (failed) htmx.trigger(box, "palette");
      }
    }
  });
  box.addEventListener("input", () => (goes = false));
  dialog.addEventListener("close", () => (goes = false));
  dialog.addEventListener("click", (event) => {
    const into = event.target.closest("[data-palette-collect]");
    if (!into) return;
    dialog.close();
    collect(into.dataset.paletteCollect);
  });
  // A newer question ends the one before (hx-sync), so that answers are always those to the last one.
  box.addEventListener("htmx:configRequest", () => ([asked, failed] = [box.value, false]));
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    box.addEventListener(failure, () => ([goes, failed] = [false, true]));
  }
  dialog.addEventListener("htmx:afterSwap", () => {
    answered = asked;
    choose(leads());
    if (!goes || answered !== box.value) return;
    goes = false;
    if (dialog.open) leads()?.click();
  });
}
