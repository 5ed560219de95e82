import { equal, find, html, pointer, press, settled, test } from "/tests/harness.js";

const MENU = (id) =>
  `<details class="menu" id="${id}"><summary>${id}</summary>
    <a class="menu-item" href="#1">one</a><a class="menu-item" href="#2">two</a><a class="menu-item" href="#3">three</a>
  </details>`;

async function load() {
  html(`<main>${MENU("first")}${MENU("second")}<details id="plain"><summary>plain</summary></details><p>Text</p></main>`);
  await import("/static/dam/js/menu.js");
}

const opened = () => [...document.querySelectorAll("details[open]")].map(({ id }) => id);

async function open(...ids) {
  for (const id of ids) find(`#${id}`).open = true;
  await settled();
}

test("Escape closes the menu and gives the focus back to its button", async () => {
  await load();
  await open("first");
  press("Escape", { target: find("#first .menu-item") });
  equal(opened(), []);
  equal(document.activeElement, find("#first summary"));
});

test("Escape from elsewhere closes it too, and leaves the focus", async () => {
  await load();
  await open("first");
  press("Escape");
  equal(opened(), []);
  equal(document.activeElement, document.body);
});

test("a press elsewhere closes the menu", async () => {
  await load();
  await open("first");
  pointer("pointerdown", find("p"));
  equal(opened(), []);
});

test("a press inside leaves it open", async () => {
  await load();
  await open("first");
  pointer("pointerdown", find("#first .menu-item"));
  equal(opened(), ["first"]);
});

test("a menu that opens closes the other", async () => {
  await load();
  await open("first");
  await open("second");
  await settled();
  equal(opened(), ["second"]);
});

test("a list that would leave the screen is moved into it", async () => {
  html(`<main><details class="menu"><summary>order</summary><div class="menu-list">list</div></details></main>`);
  await import("/static/dam/js/menu.js");
  const list = find(".menu-list");
  for (const [side, width] of [["left", "120px"], ["right", "120px"], ["left", "40px"]]) {
    find("details").open = false;
    Object.assign(list.style, { position: "fixed", inlineSize: "160px", left: "auto", right: "auto" });
    list.style[side] = width === "120px" ? "-120px" : "40px";
    find("details").open = true;
    await settled();
    const box = list.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    equal(box.left >= 8 && box.right <= wide - 8, true);
    if (width === "40px") equal(box.left, 40);
  }
});

test("details that are no menu stay as they are", async () => {
  await load();
  await open("plain", "first");
  await settled();
  pointer("pointerdown", find("p"));
  equal(opened(), ["plain"]);
});

test("arrow down goes from item to item, and from the last to the first", async () => {
  await load();
  await open("first");
  const seen = [];
  for (let time = 0; time < 4; time += 1) {
    press("ArrowDown", { target: find("#first summary") });
    seen.push(document.activeElement.textContent);
  }
  equal(seen, ["one", "two", "three", "one"]);
});

test("arrow up goes back", async () => {
  await load();
  await open("first");
  const items = document.querySelectorAll("#first .menu-item");
  items[1].focus();
  press("ArrowUp", { target: items[1] });
  equal(document.activeElement, items[0]);
  press("ArrowUp", { target: items[0] });
  equal(document.activeElement, items[2]);
});

test("arrows in a menu do not scroll the page, elsewhere they do", async () => {
  await load();
  await open("first");
  equal(press("ArrowDown", { target: find("#first summary") }), true);
  equal(press("ArrowDown"), false);
});

test("a menu without items takes no arrows", async () => {
  await load();
  for (const item of document.querySelectorAll("#first .menu-item")) item.remove();
  await open("first");
  equal(press("ArrowDown", { target: find("#first summary") }), false);
});
