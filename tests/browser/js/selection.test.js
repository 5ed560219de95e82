import { click, equal, find, html, press, send, settled, test } from "/tests/harness.js";

const LIMIT = 5;
const boxes = () => [...document.querySelectorAll(".card-pick input")];
const chosen = () => boxes().flatMap((box, index) => (box.checked ? [index] : []));
const said = () => find("[data-selected]").textContent;

async function load({ checked = [] } = {}) {
  const card = (index) =>
    `<label class="card-pick"><input type="checkbox" form="selection" ${checked.includes(index) ? "checked" : ""}></label>`;
  html(`<form id="selection"><output data-selected></output><input name="tags"><button type="reset">Clear</button></form>
    ${Array.from({ length: LIMIT }, (_, index) => card(index)).join("")}<input type="checkbox" id="other">`);
  await import("/static/dam/js/selection.js");
}

const pick = (index, options) => click(boxes()[index], options);

test("a list of nothing has no bar, and nothing fails", async () => {
  html(`<p>The trash is empty</p>`);
  await import("/static/dam/js/selection.js");
  press("Escape");
  document.dispatchEvent(new Event("htmx:afterSettle"));
  equal(boxes(), []);
});

test("a press chooses a card, and the count follows", async () => {
  await load();
  pick(1);
  pick(3);
  equal([chosen(), said()], [[1, 3], "2 selected"]);
});

test("a second press lets it go", async () => {
  await load();
  pick(1);
  pick(1);
  equal([chosen(), said()], [[], "0 selected"]);
});

test("what the browser brought back is counted at once", async () => {
  await load({ checked: [0, 4] });
  equal(said(), "2 selected");
});

test("Shift chooses all between the last press and this one", async () => {
  await load();
  pick(1);
  pick(4, { shiftKey: true });
  equal([chosen(), said()], [[1, 2, 3, 4], "4 selected"]);
});

test("Shift goes backwards as well", async () => {
  await load();
  pick(3);
  pick(0, { shiftKey: true });
  equal(chosen(), [0, 1, 2, 3]);
});

test("Shift on a chosen card lets the whole run go", async () => {
  await load({ checked: [0, 1, 2, 3] });
  pick(0);
  pick(2, { shiftKey: true });
  equal(chosen(), [3]);
});

test("Shift without an earlier press chooses one", async () => {
  await load();
  pick(3, { shiftKey: true });
  equal(chosen(), [3]);
});

test("a card that has left the page is no beginning of a run", async () => {
  await load();
  pick(0);
  boxes()[0].closest("label").remove();
  pick(2, { shiftKey: true });
  equal(chosen(), [2]);
});

test("a tick elsewhere on the page is no card", async () => {
  await load();
  click(find("#other"));
  equal(said(), "0 selected");
});

test("Ctrl A and the command key choose all", async () => {
  for (const modifier of ["ctrlKey", "metaKey"]) {
    await load();
    equal(press("a", { [modifier]: true }), true);
    equal(chosen(), [0, 1, 2, 3, 4]);
  }
});

test("Ctrl A in a line of text chooses the text", async () => {
  await load();
  equal(press("a", { ctrlKey: true, target: find("[name=tags]") }), false);
  equal(chosen(), []);
});

test("Ctrl A works while a card's own box has the focus", async () => {
  await load();
  equal(press("a", { ctrlKey: true, target: boxes()[0] }), true);
  equal(chosen(), [0, 1, 2, 3, 4]);
});

test("an A alone chooses nothing", async () => {
  await load();
  press("a");
  equal(chosen(), []);
});

test("Escape lets all go", async () => {
  await load({ checked: [0, 1] });
  press("Escape");
  equal([chosen(), said()], [[], "0 selected"]);
});

test("Escape closes an open dialog and leaves the choice", async () => {
  await load({ checked: [0, 1] });
  document.body.append(Object.assign(document.createElement("dialog"), { open: true }));
  press("Escape");
  equal(chosen(), [0, 1]);
});

test("Clear lets all go, and the count follows", async () => {
  await load();
  pick(0);
  find("button[type=reset]").click();
  await new Promise(requestAnimationFrame);
  await settled();
  equal([chosen(), said()], [[], "0 selected"]);
});

test("cards that htmx brought are counted", async () => {
  await load();
  boxes()[2].checked = true;
  send("htmx:afterSettle", {});
  equal(said(), "1 selected");
});
