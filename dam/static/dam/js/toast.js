// Short messages in the corner. toast("Saved.", "success"), or from the server a response header
// HX-Trigger: {"toast": {"text": "Saved.", "tone": "success"}}.

const STAYS_MS = 6000;
const box = document.getElementById("toasts");

function moveTo(place) {
  if (box.parentElement !== place) place.append(box);
}

// Nothing beside an open dialog can be pressed, so the messages lie in it; shown anew they lie over it.
export function lift() {
  moveTo([...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body);
  if (!box.popover) return;
  box.hidePopover();
  box.showPopover();
}

export function toast(text, tone = "info") {
  const made = document.getElementById("toast-template").content.cloneNode(true).firstElementChild;
  made.classList.add(`toast-${tone}`);
  made.querySelector("p").textContent = text;
  box.append(made);
  lift();
  expire(made);
  return made;
}

function expire(element) {
  // An error stays until it is dismissed: it has to be read.
  if (element.classList.contains("toast-error")) return;
  const stays = element.querySelector("form") ? 3 * STAYS_MS : STAYS_MS;
  let timer = setTimeout(() => element.remove(), stays);
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("pointerleave", () => {
    timer = setTimeout(() => element.remove(), STAYS_MS / 2);
  });
}

// Whoever dismisses a message goes on where they were.
let cameFrom = null;

box?.addEventListener("focusin", ({ relatedTarget }) => {
  if (!box.contains(relatedTarget)) cameFrom = relatedTarget;
});

document.addEventListener("click", (event) => {
  const dismissed = event.target.closest("[data-dismiss]")?.closest("[data-toast]");
  if (!dismissed) return;
  const hadFocus = dismissed.contains(document.activeElement);
  dismissed.remove();
  if (hadFocus) (cameFrom?.isConnected ? cameFrom : document.getElementById("main"))?.focus({ preventScroll: true });
});

document.addEventListener(
  "close",
  (event) => {
    if (!event.target.contains(box)) return;
    moveTo(document.body);
    if (box.popover && box.childElementCount) box.showPopover();
  },
  true,
);

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));

document.querySelectorAll("[data-toast]").forEach(expire);
