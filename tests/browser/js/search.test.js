import { equal, find, html, press, test } from "/tests/harness.js";

async function load(box = '<input data-search value="lime">') {
  html(`<main>${box}<textarea></textarea></main><dialog id="shortcuts"></dialog>`);
  await import("/static/dam/js/search.js");
}

test("a slash goes to the search box and chooses its words", async () => {
  await load();
  equal(press("/"), true);
  const box = find("[data-search]");
  equal([document.activeElement, box.selectionStart, box.selectionEnd], [box, 0, 4]);
});

test("a question mark shows the keys", async () => {
  await load();
  press("?");
  equal(find("#shortcuts").open, true);
});

test("both are written where something is written", async () => {
  await load();
  equal([press("/", { target: find("textarea") }), press("?", { target: find("textarea") })], [false, false]);
  equal(find("#shortcuts").open, false);
});

test("a page without a search box leaves the slash to the browser", async () => {
  await load("");
  equal(press("/"), false);
});
