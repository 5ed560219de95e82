// Native dialogs: a button with data-dialog="id" opens, one with data-close closes.
// A press on the backdrop closes too, unless the dialog says data-stay.

// Where something is to be written or chosen one begins there, not at the button that closes.
export function open(dialog) {
  dialog.showModal();
  dialog.querySelector("textarea, input:not([type=hidden])")?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) open(dialog);
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    return;
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && !("stay" in event.target.dataset)) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});
