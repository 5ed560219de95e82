import { equal, find, html, ok, pointer, click, send, stopTime, test } from "/tests/harness.js";

const PAGE = `
  <div id="toasts"></div>
  <template id="toast-template">
    <div class="toast" data-toast><p></p><button type="button" data-dismiss>x</button></div>
  </template>`;

const shown = () => [...document.querySelectorAll("#toasts .toast p")].map((each) => each.textContent);

async function load(page = PAGE) {
  html(page);
  const time = stopTime();
  const { toast } = await import("/static/dam/js/toast.js");
  return { toast, time };
}

test("a message is shown with its tone", async () => {
  const { toast } = await load();
  toast("Saved.", "success");
  equal(shown(), ["Saved."]);
  ok(find(".toast").classList.contains("toast-success"));
});

test("a message without a tone is a plain one", async () => {
  const { toast } = await load();
  toast("Saved.");
  ok(find(".toast").classList.contains("toast-info"));
});

test("markup in a message stays text", async () => {
  const { toast } = await load();
  toast("<b>bold</b>");
  equal(shown(), ["<b>bold</b>"]);
  equal(find(".toast b"), null);
});

test("messages lie one below the other", async () => {
  const { toast } = await load();
  toast("one");
  toast("two");
  equal(shown(), ["one", "two"]);
});

test("a message goes by itself after six seconds", async () => {
  const { toast, time } = await load();
  toast("Saved.");
  await time.pass(5999);
  equal(shown(), ["Saved."]);
  await time.pass(1);
  equal(shown(), []);
});

test("an error stays until it is dismissed", async () => {
  const { toast, time } = await load();
  toast("Broken.", "error");
  await time.pass(60000);
  equal(shown(), ["Broken."]);
  click(find("[data-dismiss]"));
  equal(shown(), []);
});

test("a message that somebody points at stays, and goes soon after", async () => {
  const { toast, time } = await load();
  toast("Saved.");
  pointer("pointerenter", find(".toast"));
  await time.pass(10000);
  equal(shown(), ["Saved."]);
  pointer("pointerleave", find(".toast"));
  await time.pass(3000);
  equal(shown(), []);
});

test("dismissing takes one message, not the others", async () => {
  const { toast } = await load();
  toast("one");
  toast("two");
  click(find("[data-dismiss]"));
  equal(shown(), ["two"]);
});

test("the server says a message in an event", async () => {
  await load();
  send("toast", { text: "Moved to trash.", tone: "success" });
  equal(shown(), ["Moved to trash."]);
});

test("a message that came with the page goes by itself too", async () => {
  const { time } = await load(`<div class="toast" data-toast>Welcome</div>${PAGE}`);
  await time.pass(6000);
  equal(find("div.toast"), null);
});

test("an error that came with the page stays", async () => {
  const { time } = await load(`<div class="toast toast-error" data-toast>Broken</div>${PAGE}`);
  await time.pass(60000);
  ok(find("div.toast"));
});

test("over an open dialog a message lies in it, where it can be pressed, and stays when the dialog closes", async () => {
  const { toast } = await load(`${PAGE}<dialog><form method="dialog"><button>Cancel</button></form></dialog>`);
  const dialog = find("dialog");
  dialog.showModal();
  toast("You're signed out.", "error");
  equal(find("#toasts").parentElement, dialog);
  const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
  dialog.close();
  await closed;
  equal([find("#toasts").parentElement, shown()], [document.body, ["You're signed out."]]);
});

test("dismissing a message gives the focus back to where it was", async () => {
  const { toast } = await load(`${PAGE}<input>`);
  toast("Broken.", "error");
  find("input").focus();
  find("[data-dismiss]").focus();
  click(find("[data-dismiss]"));
  equal(document.activeElement, find("input"));
});
