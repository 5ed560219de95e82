import { click, equal, find, html, test } from "/tests/harness.js";

async function load(attributes = "") {
  html(`<button data-dialog="reject">Reject <b>it</b></button><button data-dialog="nowhere">Nothing</button>
    <details class="menu" open><summary>Menu</summary></details>
    <dialog id="reject" ${attributes} style="padding: 20px; inline-size: 200px; block-size: 100px">
      <p>Why?</p><button data-close>Cancel</button>
    </dialog>`);
  await import("/static/dam/js/dialog.js");
  return find("dialog");
}

const at = (dialog, { right = 0, down = 0 }) => {
  const box = dialog.getBoundingClientRect();
  return { clientX: box.left + right, clientY: box.top + down };
};

test("a button opens the dialog that it names", async () => {
  const dialog = await load();
  click(find("[data-dialog=reject]"));
  equal(dialog.open, true);
  equal(dialog.matches(":modal"), true);
});

test("what is written on the button opens it as well", async () => {
  const dialog = await load();
  click(find("b"));
  equal(dialog.open, true);
});

test("a button that names no dialog does nothing", async () => {
  await load();
  click(find("[data-dialog=nowhere]"));
  equal(find("dialog[open]"), null);
});

test("the menu that the button lay in closes", async () => {
  await load();
  click(find("[data-dialog=reject]"));
  equal(find("details").open, false);
});

test("Cancel closes", async () => {
  const dialog = await load();
  dialog.showModal();
  click(find("[data-close]"));
  equal(dialog.open, false);
});

test("a press beside the dialog closes it", async () => {
  const dialog = await load();
  dialog.showModal();
  for (const place of [{ right: -5, down: 5 }, { right: 5, down: -5 }, { right: 5000, down: 5 }]) {
    if (!dialog.open) dialog.showModal();
    click(dialog, at(dialog, place));
    equal(dialog.open, false);
  }
});

test("a press on the dialog's own edge does not", async () => {
  const dialog = await load();
  dialog.showModal();
  click(dialog, at(dialog, { right: 5, down: 5 }));
  equal(dialog.open, true);
});

test("a press on something in it does not", async () => {
  const dialog = await load();
  dialog.showModal();
  click(find("dialog p"));
  equal(dialog.open, true);
});

test("a dialog that is to stay is not closed by a press beside it", async () => {
  const dialog = await load("data-stay");
  dialog.showModal();
  click(dialog, at(dialog, { right: -5, down: 5 }));
  equal(dialog.open, true);
  click(find("[data-close]"));
  equal(dialog.open, false);
});

test("a dialog with a form begins at its first field", async () => {
  const dialog = await load();
  dialog.querySelector("p").insertAdjacentHTML("afterend", '<input type="hidden" name="kind"><textarea></textarea>');
  dialog.prepend(Object.assign(document.createElement("button"), { textContent: "Close" }));
  click(find("[data-dialog=reject]"));
  equal(document.activeElement.tagName, "TEXTAREA");
});
