import { equal, find, html, press, send, test } from "/tests/harness.js";

// htmx as far as the palette wants it.
const triggered = [];
globalThis.htmx = { trigger: (target, name) => triggered.push(name) };

const ANSWERS = ["Library", "Review", "Trash"].map(
  (name, at) => `<li role="presentation"><a role="option" id="answer-${at}" href="#${name}">${name}</a></li>`,
);

async function load({ answers = ANSWERS } = {}) {
  html(`<dialog id="palette"><input type="search"><ul>${answers.join("")}</ul></dialog><dialog id="other"></dialog>`);
  await import("/static/dam/js/palette.js");
  return { dialog: find("#palette"), box: find("input") };
}

// A question and its answers, as htmx tells of them.
function answer({ dialog, box }) {
  send("htmx:configRequest", {}, box);
  send("htmx:afterSwap", {}, dialog.querySelector("ul"));
}

function type(box, words) {
  box.value = words;
  send("input", {}, box);
}

const chosen = () => find('[aria-selected="true"]')?.textContent ?? null;

test("Ctrl K opens the palette and asks for its answers", async () => {
  const { dialog } = await load();
  equal(press("k", { ctrlKey: true }), true);
  equal([dialog.open, triggered], [true, ["palette"]]);
});

test("the command key does as well", async () => {
  const { dialog } = await load();
  press("k", { metaKey: true });
  equal(dialog.open, true);
});

test("it opens empty, whatever was typed last time", async () => {
  const { box } = await load();
  box.value = "old";
  press("K", { ctrlKey: true });
  equal(box.value, "");
});

test("Ctrl K again closes it", async () => {
  const { dialog } = await load();
  press("k", { ctrlKey: true });
  press("k", { ctrlKey: true });
  equal(dialog.open, false);
});

test("another dialog is not covered by it", async () => {
  const { dialog } = await load();
  find("#other").showModal();
  press("k", { ctrlKey: true });
  equal(dialog.open, false);
});

test("K alone, or with Shift or Alt beside Ctrl, is something else", async () => {
  const { dialog } = await load();
  equal([press("k"), press("k", { ctrlKey: true, shiftKey: true }), press("k", { ctrlKey: true, altKey: true })], [false, false, false]);
  equal(dialog.open, false);
});

test("the first answer is chosen when answers come", async () => {
  const { dialog, box } = await load();
  answer({ dialog, box });
  equal([chosen(), box.getAttribute("aria-activedescendant")], ["Library", "answer-0"]);
});

test("arrows move through the answers and around", async () => {
  const { dialog, box } = await load();
  answer({ dialog, box });
  const seen = ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"].map((key) => {
    press(key, { target: box });
    return chosen();
  });
  equal(seen, ["Review", "Trash", "Library", "Trash"]);
});

test("arrows leave the cursor in the box", async () => {
  const { box } = await load();
  equal(press("ArrowUp", { target: box }), true);
});

test("Enter goes to the chosen answer", async () => {
  const { dialog, box } = await load();
  answer({ dialog, box });
  press("ArrowDown", { target: box });
  press("Enter", { target: box });
  equal(location.hash, "#Review");
});

test("Enter waits for the answers to the words now typed, and goes to the first of them", async () => {
  const { dialog, box } = await load();
  press("k", { ctrlKey: true });
  press("Enter", { target: box });
  equal(location.hash, ""); // these are the answers of another time
  answer({ dialog, box });
  equal(location.hash, "#Library");
  location.hash = "";
  type(box, "tra");
  press("Enter", { target: box });
  equal(location.hash, "");
  find("ul").innerHTML = ANSWERS[2];
  answer({ dialog, box });
  equal(location.hash, "#Trash");
});

test("an answer to fewer words than are typed by now is not the one that Enter waits for", async () => {
  const { dialog, box } = await load();
  press("k", { ctrlKey: true });
  type(box, "t");
  send("htmx:configRequest", {}, box);
  type(box, "tr");
  press("Enter", { target: box });
  send("htmx:afterSwap", {}, dialog.querySelector("ul"));
  equal(location.hash, "");
  find("ul").innerHTML = ANSWERS[2];
  answer({ dialog, box });
  equal(location.hash, "#Trash");
});

const FORGETS = {
  "more is typed": ({ box }) => type(box, "x"),
  "the question fails": ({ box }) => send("htmx:responseError", {}, box),
  "the palette is closed": ({ dialog }) => send("close", {}, dialog),
};
for (const [when, forget] of Object.entries(FORGETS)) {
  test(`Enter is forgotten when ${when}`, async () => {
    const { dialog, box } = await load();
    press("k", { ctrlKey: true });
    press("Enter", { target: box });
    forget({ dialog, box });
    answer({ dialog, box });
    equal([chosen(), location.hash], ["Library", ""]);
  });
}

test("after a question that failed, Enter asks it again and goes to its first answer", async () => {
  const { dialog, box } = await load();
  press("k", { ctrlKey: true });
  type(box, "lib");
  send("htmx:configRequest", {}, box);
  press("Enter", { target: box });
  equal(triggered.length, 1); // its answer is still to come
  send("htmx:sendError", {}, box);
  press("Enter", { target: box });
  equal(triggered, ["palette", "palette"]);
  answer({ dialog, box });
  equal(location.hash, "#Library");
});

test("no answers, nothing to choose and nowhere to go", async () => {
  const { dialog, box } = await load({ answers: [] });
  answer({ dialog, box });
  press("ArrowDown", { target: box });
  equal(press("Enter", { target: box }), true);
  equal([chosen(), box.getAttribute("aria-activedescendant"), location.hash], [null, "", ""]);
});

test("a page without a palette loads all the same", async () => {
  html("<p>Verify</p>");
  await import("/static/dam/js/palette.js");
  equal(press("k", { ctrlKey: true }), false);
});

test("Ctrl K opens it on a keyboard with other letters, too", async () => {
  const { dialog } = await load();
  equal(press("л", { code: "KeyK", ctrlKey: true }), true);
  equal(dialog.open, true);
});

test("Enter that ends the putting together of a character goes nowhere", async () => {
  const { dialog, box } = await load();
  answer({ dialog, box });
  location.hash = "";
  press("Enter", { target: box, isComposing: true });
  equal(location.hash, "");
});

async function loadWithClips(form) {
  const sent = [];
  HTMLFormElement.prototype.requestSubmit = function (button) {
    sent.push([...new FormData(this, button)].map(([name, value]) => `${name}=${value}`).join(" "));
  };
  html(`<dialog id="palette"><input type="search"><input type="hidden" name="chosen" value="0">
      <ul><li><button type="button" role="option" data-palette-collect="summer">Summer</button></li>${ANSWERS[1]}</ul></dialog>
    <form data-collects="/add/">${form}</form>`);
  await import("/static/dam/js/palette.js");
  press("k", { ctrlKey: true });
  return { sent, dialog: find("#palette"), box: find('input[type="search"]') };
}

const pick = (name) => `<input type="checkbox" name="asset" value="${name}" checked>`;

test("it says how many clips are chosen, and puts them into the collection that is chosen", async () => {
  const { sent, dialog, box } = await loadWithClips(pick("A") + pick("B"));
  equal(find('[name="chosen"]').value, "2");
  answer({ dialog, box });
  press("ArrowUp", { target: box });
  press("Enter", { target: box });
  equal([sent, dialog.open], [["asset=A asset=B collection=summer"], false]);
});

test("what changes something is never chosen by itself, wherever it stands", async () => {
  const { sent, dialog, box } = await loadWithClips(pick("A"));
  press("Enter", { target: box });
  answer({ dialog, box });
  equal([chosen(), sent, location.hash], ["Review", [], "#Review"]);
});

test("where nothing leads anywhere, Enter does nothing", async () => {
  const { sent, dialog, box } = await loadWithClips(pick("A"));
  for (const link of document.querySelectorAll("a")) link.remove();
  press("Enter", { target: box });
  answer({ dialog, box });
  press("Enter", { target: box });
  equal([chosen(), sent, location.hash], [null, [], ""]);
});

test("the clip that a page is about is not chosen", async () => {
  await loadWithClips('<input type="hidden" name="asset" value="A">');
  equal(find('[name="chosen"]').value, "0");
});
