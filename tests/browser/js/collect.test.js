import { equal, find, html, ok, send, test } from "/tests/harness.js";

const sent = [];
HTMLFormElement.prototype.requestSubmit = function (button = null) {
  const data = [...new FormData(this, button)].map(([name, value]) => `${name}=${value}`);
  sent.push([this.method, new URL(button?.formAction ?? this.action).pathname, data.join(" ")]);
};
const triggered = [];
globalThis.htmx = { trigger: (target, name) => triggered.push([target.id, name]) };

async function load({ all = false, collects = true } = {}) {
  const card = (name) => `<article class="card" id="card-${name}">
    <input type="checkbox" id="pick-${name}" name="asset" value="${name}" form="selection"><a href="#${name}">${name}</a></article>`;
  html(`<div id="cards">${["A", "B", "C"].map(card).join("")}</div>
    <form id="selection" method="post" ${collects ? 'data-collects="/add/"' : ""}>
      <input type="hidden" name="csrfmiddlewaretoken" value="token"><input type="hidden" name="back" value="/here/">
      <input type="hidden" name="query" value="?state=draft"><input name="tags" value="summer">
      ${all ? '<input type="checkbox" name="all" value="1" checked>' : ""}</form>
    <ul><li data-collect="summer">Summer</li><li data-collect="">Another</li></ul>
    <aside id="collect-tray" hidden></aside><p id="elsewhere"></p>`);
  [sent.length, triggered.length] = [0, 0];
  return import("/static/dam/js/collect.js");
}

const carried = () => ({ dataTransfer: { setData() {}, setDragImage() {} } });
function drag(type, element) {
  const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), carried());
  element.dispatchEvent(event);
  return event;
}
const pick = (...names) => names.forEach((name) => (find(`#pick-${name}`).checked = true));
const drop = (name, on) => {
  drag("dragstart", find(`#card-${name}`));
  drag("dragover", find(on));
  drag("drop", find(on));
  drag("dragend", find(`#card-${name}`));
};

test("a card that is dropped on a collection is sent there alone", async () => {
  await load();
  pick("B");
  drop("A", '[data-collect="summer"]');
  equal(sent, [["post", "/add/", "csrfmiddlewaretoken=token back=/here/ asset=A collection=summer"]]);
});

test("one of the chosen cards takes all of them along", async () => {
  await load();
  pick("A", "C");
  drop("C", '[data-collect="summer"]');
  equal(sent, [["post", "/add/", "asset=A asset=C csrfmiddlewaretoken=token back=/here/ query=?state=draft tags=summer collection=summer"]]);
});

test("dropped where no collection is named, the server asks which", async () => {
  await load();
  drop("A", '[data-collect=""]');
  equal(sent[0][2], "csrfmiddlewaretoken=token back=/here/ asset=A");
});

test("dropped anywhere else nothing is sent", async () => {
  await load();
  drop("A", "#elsewhere");
  equal(sent, []);
});

test("where a card would go is marked, until it is gone", async () => {
  await load();
  const target = find('[data-collect="summer"]');
  drag("dragstart", find("#card-A"));
  ok(drag("dragover", target).defaultPrevented);
  ok("collectHere" in target.dataset);
  drag("dragend", find("#card-A"));
  ok(!("collectHere" in target.dataset));
  ok(!drag("dragover", target).defaultPrevented);
});

test("collections to drop it on come while a card is dragged", async () => {
  await load();
  drag("dragstart", find("#card-A"));
  await new Promise((done) => setTimeout(done, 20));
  equal([find("#collect-tray").hidden, triggered], [false, [["collect-tray", "collect"]]]);
  drag("dragend", find("#card-A"));
  ok(find("#collect-tray").hidden);
});

test("it says how many are chosen: none, some, or all of a list", async () => {
  const { chosen } = await load();
  equal(chosen(), 0);
  pick("A", "B");
  equal(chosen(), 2);
  await load({ all: true });
  equal(chosen(), Infinity);
});

test("what a form has of itself, unseen, is not chosen", async () => {
  const { chosen } = await load();
  find("#selection").insertAdjacentHTML("beforeend", '<input type="hidden" name="asset" value="D">');
  equal(chosen(), 0);
  pick("A");
  equal(chosen(), 1);
});

test("who may not collect drags nothing", async () => {
  const { chosen, collect } = await load({ collects: false });
  collect("summer");
  drop("A", '[data-collect="summer"]');
  equal([chosen(), sent], [0, []]);
});
