import { equal, find, html, ok, send, settled, test } from "/tests/harness.js";

const order = () => [...document.querySelectorAll("#cards [data-placed]:not([hidden])")].map((card) => card.dataset.placed).join("");
const form = (name) => find(`[data-placed="${name}"] form`);
const said = () => find("#order-say").textContent;
let asked = [];

async function load({ more = false, continues = false } = {}) {
  const card = (name) =>
    `<div data-placed="${name}" draggable="true" style="width: 100px; height: 60px"><a href="#">${name}</a>
       <details open><summary>Move</summary><form data-move action="/move/"></form></details></div>`;
  html(`<p id="order-say"></p><div id="cards" data-order="clips" style="display: flex" ${continues ? "data-continues" : ""}>
    ${["A", "B", "C", "D"].map(card).join("")}${more ? '<div id="more"></div>' : ""}</div>`);
  asked = [];
  globalThis.htmx = {
    ajax: (method, address, options) => {
      asked.push([method, new URL(address).pathname, options.values]);
      return Promise.resolve();
    },
  };
  await import("/static/dam/js/order.js");
}

const begin = (name, parameters) => send("htmx:beforeRequest", { requestConfig: { parameters } }, form(name));
const end = (sent, successful) => send("htmx:afterRequest", { elt: sent, successful }, sent);

function move(name, to, { successful = true, beside } = {}) {
  const sent = form(name);
  begin(name, { to, beside });
  end(sent, successful);
}

for (const [name, to, expected] of [
  ["C", "start", "CABD"],
  ["C", "up", "ACBD"],
  ["B", "down", "ACBD"],
  ["B", "end", "ACDB"],
  ["A", "up", "ABCD"],
  ["D", "down", "ABCD"],
  ["A", "start", "ABCD"],
])
  test(`${name} moves ${to}: ${expected}`, async () => {
    await load();
    move(name, to);
    equal(order(), expected);
  });

test("a card moves beside another", async () => {
  await load();
  move("A", "after", { beside: "C" });
  move("D", "before", { beside: "B" });
  equal(order(), "DBCA");
});

test("it stands there at once, and goes back where the server refuses", async () => {
  await load();
  const sent = form("D");
  begin("D", { to: "start" });
  equal(order(), "DABC");
  end(sent, false);
  equal([order(), said()], ["ABCD", ""]);
});

test("what goes beyond the end of what is loaded leaves the page, and comes back where it is refused", async () => {
  await load({ more: true });
  const sent = form("B");
  begin("B", { to: "end" });
  equal(order(), "ACD");
  end(sent, false);
  equal(order(), "ABCD");
  move("D", "down");
  equal(order(), "ABC");
});

test("so does what goes before the beginning of a later page", async () => {
  await load({ continues: true });
  move("C", "start");
  move("A", "up");
  equal(order(), "BD");
});

test("the menu closes, keeps the focus, and the new place is read out", async () => {
  await load();
  move("C", "start");
  equal([find('[data-placed="C"] details').open, document.activeElement.textContent], [false, "Move"]);
  equal(said(), "Moved to place 1 of the 4 shown.");
});

test("other requests of the page move nothing", async () => {
  await load();
  send("htmx:beforeRequest", { requestConfig: { parameters: { to: "end" } } }, find("#cards"));
  send("htmx:afterRequest", { elt: find("#cards"), successful: false }, find("#cards"));
  equal(order(), "ABCD");
});

test("a clip that the next page brings once more stands there once", async () => {
  await load();
  find("#cards").insertAdjacentHTML("beforeend", '<div data-placed="B"></div><div data-placed="E"></div>');
  send("htmx:afterSettle", {});
  equal(order(), "ABCDE");
});

function drag(name, element, { x = 0 } = {}) {
  const dataTransfer = new DataTransfer();
  const box = element.getBoundingClientRect();
  const fire = (type, on) => {
    const event = new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer, clientX: box.left + x });
    on.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const card = find(`[data-placed="${name}"]`);
  fire("dragstart", card.querySelector("a"));
  const taken = fire("dragover", element);
  const marked = find("[data-drop]")?.dataset;
  const shown = marked && `${marked.drop} ${marked.placed}`;
  fire("drop", element);
  fire("dragend", card);
  return { taken, shown };
}

test("a card is dropped before or after another, by the half it is over", async () => {
  await load();
  const left = drag("D", find('[data-placed="B"]'), { x: 10 });
  const right = drag("A", find('[data-placed="B"]'), { x: 90 });
  await settled();
  equal([left.shown, right.shown], ["before B", "after B"]);
  equal(asked, [
    ["POST", "/move/", { to: "before", beside: "B" }],
    ["POST", "/move/", { to: "after", beside: "B" }],
  ]);
  ok(!find("[data-drop]") && !find("[data-dragged]"), "a mark is left");
});

test("read from right to left, the right half is before", async () => {
  await load();
  document.documentElement.dir = "rtl";
  const { shown } = drag("D", find('[data-placed="B"]'), { x: 90 });
  document.documentElement.dir = "ltr";
  equal(shown, "before B");
});

test("a card dropped on itself or elsewhere stays", async () => {
  await load();
  drag("A", find('[data-placed="A"]'), { x: 90 });
  const elsewhere = drag("A", find("#order-say"));
  await settled();
  equal([asked, elsewhere.taken], [[], false]);
});

test("a file that is dragged over the page is left to others", async () => {
  await load();
  const over = new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() });
  find('[data-placed="A"]').dispatchEvent(over);
  equal(over.defaultPrevented, false);
});

test("collections inside another have an order of their own, and a clip is no place among them", async () => {
  await load();
  const inner = (name) => `<div data-placed="${name}" draggable="true" style="width: 100px; height: 60px"><a href="#">${name}</a>
    <details><summary>Move</summary><form data-move action="/inside/"></form></details></div>`;
  find("#cards").insertAdjacentHTML("beforebegin", `<div id="inner" data-order="collections" style="display: flex">${["X", "Y"].map(inner).join("")}</div>`);
  move("X", "end");
  equal([...find("#inner").children].map((card) => card.dataset.placed), ["Y", "X"]);
  equal([order(), said()], ["ABCD", "Moved to place 2 of the 2 shown."]);
  const over = drag("X", find('[data-placed="B"]'), { x: 10 });
  const beside = drag("X", find('[data-placed="Y"]'), { x: 10 });
  await settled();
  equal([over.taken, beside.shown], [false, "before Y"]);
  equal(asked, [["POST", "/inside/", { to: "before", beside: "Y" }]]);
});
