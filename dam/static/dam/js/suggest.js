// The list under the search box: arrows choose, Enter goes there, Escape closes it. The server says what is offered.
import { isComposing } from "./keys.js";

const WAIT_MS = 120;

const box = document.querySelector("[data-search][role=combobox]");
const list = document.getElementById("suggestions");
const panel = list?.closest("[data-suggest]");
let timer;

const behind = () => box.value.slice(box.selectionEnd ?? box.value.length);
const options = () => [...list.querySelectorAll('[role="option"]')];
const isOpen = () => !panel.hidden;

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", each === option);
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function show(open) {
  panel.hidden = !open;
  box.setAttribute("aria-expanded", open);
  if (!open) choose(undefined);
}

// An older question that is still on its way is given up (hx-sync).
function ask(wait = WAIT_MS) {
  clearTimeout(timer);
  timer = setTimeout(() => htmx.trigger(box, "suggest"), wait);
}

function close() {
  clearTimeout(timer);
  htmx.trigger(box, "htmx:abort");
  show(false);
}

if (panel) {
  box.addEventListener("input", (event) => isComposing(event) || ask());
  box.addEventListener("compositionend", () => ask());
  box.addEventListener("focus", () => box.value || ask(0));
  box.addEventListener("click", () => isOpen() || ask(0));
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const all = options();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) return ask(0);
      // Above the first and below the last is the box itself, with what was typed.
      const next = at + (event.key === "ArrowDown" ? 1 : at < 0 ? all.length : -1);
      choose(all[next]);
    } else if (event.key === "Enter" && at >= 0 && isOpen()) {
      event.preventDefault();
      all[at].click();
    } else if (event.key === "Enter") close();
    else if (event.key === "Escape" && isOpen()) {
      event.preventDefault(); // what was typed stays
      event.stopPropagation();
      close();
    }
  });
  // A press on the list must not take the focus from the box, which would close it first.
  panel.addEventListener("pointerdown", (event) => event.preventDefault());
  panel.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[data-completes]");
    if (!option) return;
    event.preventDefault();
    const { completes } = option.dataset;
    box.value = completes + behind();
    box.focus();
    box.setSelectionRange(completes.length, completes.length);
    ask(0);
  });
  list.addEventListener("htmx:afterSwap", () => {
    const stillThere = document.activeElement === box;
    choose(undefined);
    show(stillThere && options().length > 0);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    // A caret in the middle: what is before it is what is being typed, and what is behind it stays.
    if (event.detail.elt !== box || event.detail.triggeringEvent?.type !== "suggest") return;
    event.detail.parameters.set?.("q", box.value.slice(0, box.value.length - behind().length));
    event.detail.parameters.set?.("rest", behind());
  });
}
