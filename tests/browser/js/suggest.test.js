import { equal, find, html, ok, press, send, stopTime, test } from "/tests/harness.js";

// What the module asks of htmx, in order.
const asked = [];
let time;

async function load() {
  html(`<input data-search role="combobox" aria-expanded="false">
    <div data-suggest hidden><div id="suggestions">
      <a id="one" role="option" aria-selected="false" href="#one">Summer</a>
      <a id="two" role="option" aria-selected="false" href="#two" data-completes="tag:winter">Winter</a>
    </div></div>`);
  globalThis.htmx = { trigger: (element, name) => asked.push(name) };
  time = stopTime();
  await import("/static/dam/js/suggest.js");
}

const box = () => find("[data-search]");
const active = () => box().getAttribute("aria-activedescendant");

// The list as it is once the server has answered.
async function open() {
  await load();
  box().focus();
  send("htmx:afterSwap", {}, find("#suggestions"));
}

test("typing asks once, when the keys rest", async () => {
  await load();
  for (const words of ["s", "su"]) {
    box().value = words;
    box().dispatchEvent(new InputEvent("input", { bubbles: true }));
    await time.pass(100);
  }
  equal(asked, []);
  await time.pass(100);
  equal(asked, ["suggest"]);
});

test("the arrows go through the list and back to the box", async () => {
  await open();
  equal([find("[data-suggest]").hidden, box().getAttribute("aria-expanded")], [false, "true"]);
  const went = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => (press(key, { target: box() }), active()));
  equal(went, ["one", "two", null, "two"]);
});

test("Enter opens what is chosen, and searches where nothing is", async () => {
  await open();
  let opened = false;
  find("#one").addEventListener("click", () => (opened = true));
  equal(press("Enter", { target: box() }), false);
  ok(find("[data-suggest]").hidden);
  send("htmx:afterSwap", {}, find("#suggestions"));
  press("ArrowDown", { target: box() });
  equal([press("Enter", { target: box() }), opened], [true, true]);
});

test("Escape closes the list and keeps what was typed", async () => {
  await open();
  box().value = "sum";
  equal(press("Escape", { target: box() }), true);
  equal([find("[data-suggest]").hidden, box().value], [true, "sum"]);
  equal(press("Escape", { target: box() }), false);
});

test("what completes a word is put into the box, and asks on", async () => {
  await open();
  find("#two").click();
  equal([box().value, document.activeElement], ["tag:winter", box()]);
  await time.pass(0);
  equal(asked.at(-1), "suggest");
});

test("an answer that comes when the box was left opens nothing", async () => {
  await load();
  send("htmx:afterSwap", {}, find("#suggestions"));
  ok(find("[data-suggest]").hidden);
});

test("what stands behind the caret stays when a word before it is completed", async () => {
  await open();
  box().value = "wint lime";
  box().setSelectionRange(4, 4);
  find("#two").click();
  equal([box().value, box().selectionEnd], ["tag:winter lime", "tag:winter".length]);
});

test("what is asked is what stands before the caret", async () => {
  await load();
  box().value = "lime ice";
  box().setSelectionRange(4, 4);
  const parameters = new FormData();
  send("htmx:configRequest", { elt: box(), triggeringEvent: new Event("suggest"), parameters });
  equal([parameters.get("q"), parameters.get("rest")], ["lime", " ice"]);
});
