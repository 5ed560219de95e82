// Short messages in the corner. toast("Saved.", "success"), or from the server a response header
// HX-Trigger: {"toast": {"text": "Saved.", "tone": "success"}}.

const STAYS_MS = 6000;

export function toast(text, tone = "info") {
  const made = document.getElementById("toast-template").content.cloneNode(true).firstElementChild;
  made.classList.add(`toast-${tone}`);
  made.querySelector("p").textContent = text;
  const box = document.getElementById("toasts");
  box.append(made);
  // Shown anew it lies over a dialog that was opened since.
  if (box.popover) {
    box.hidePopover();
    box.showPopover();
  }
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

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
});

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.tone));

document.querySelectorAll("[data-toast]").forEach(expire);
