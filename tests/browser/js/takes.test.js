import { equal, find, html, ok, press, send, test } from "/tests/harness.js";

let narrow = false;
globalThis.matchMedia = () => ({ matches: narrow });

async function load(markup) {
  html(markup);
  await import("/static/dam/js/takes.js");
}

async function sent(markup) {
  await load(`<main>${markup}<h2 id="feed-title">Takes</h2></main>`);
  let scrolled = false;
  find("#feed-title").scrollIntoView = () => (scrolled = true);
  send("htmx:load", { elt: find("#studio") ?? find("main") });
  return scrolled;
}

test("in one column the page goes to the takes once the form was sent", async () => {
  narrow = true;
  ok(await sent('<div id="studio"><form id="brief"></form></div>'));
});

test("in one column it stays at the form while something in it is wrong", async () => {
  narrow = true;
  ok(!(await sent('<div id="studio"><form id="brief"><p role="alert">Too long</p></form></div>')));
});

test("beside each other nothing needs to move", async () => {
  narrow = false;
  ok(!(await sent('<div id="studio"><form id="brief"></form></div>')));
});

test("another part that comes moves nothing", async () => {
  narrow = true;
  ok(!(await sent("<div></div>")));
});

test("a seed that is typed is kept, one that is emptied is not", async () => {
  await load('<input id="seed" data-keeps="keep"><input type="checkbox" id="keep">');
  const seed = find("#seed");
  for (const [value, kept] of [["7", true], ["", false]]) {
    seed.value = value;
    seed.dispatchEvent(new Event("input", { bubbles: true }));
    equal(find("#keep").checked, kept);
  }
});

test("typing elsewhere keeps no seed", async () => {
  await load('<textarea></textarea><input type="checkbox" id="keep">');
  find("textarea").value = "a red ball";
  find("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  equal(find("#keep").checked, false);
});

test("new words for the same seed begin in the words", async () => {
  location.hash = "#id_prompt";
  await load('<textarea id="id_prompt">a red ball</textarea>');
  const box = find("textarea");
  equal([document.activeElement, box.selectionStart, box.selectionEnd], [box, 0, 10]);
});

test("without that link the page begins where it begins", async () => {
  await load('<textarea id="id_prompt">a red ball</textarea>');
  equal(document.activeElement, document.body);
});

const takes = (name) =>
  `<article class="brief-takes">${[1, 2]
    .map((n) => `<div class="take"><div class="take-actions"><a href="#" id="${name}${n}">Open</a></div></div>`)
    .join("")}</article>`;

test("a number goes to a take of the newest brief, or of the one that one is at", async () => {
  await load(`<input>${takes("new")}${takes("old")}`);
  press("2");
  equal(document.activeElement.id, "new2");
  find("#old1").focus();
  press("2");
  equal(document.activeElement.id, "old2");
  press("9");
  equal(document.activeElement.id, "old2");
});

test("a number that is typed goes nowhere", async () => {
  await load(`<input>${takes("new")}`);
  find("input").focus();
  press("1", { target: find("input") });
  equal(document.activeElement, find("input"));
});
