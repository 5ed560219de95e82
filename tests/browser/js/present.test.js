import { equal, find, html, send, test } from "/tests/harness.js";

const PAGE = '<div class="present"></div><p role="status" data-present-said></p>';
const said = () => find("[data-present-said]").textContent;

const listed = (people) =>
  people.length
    ? `<details><summary>Also here</summary><ul>${people
        .map(([key, name]) => `<li data-present="${key}" data-name="${name}">${name}</li>`)
        .join("")}</ul></details>`
    : "";

function swap(markup) {
  const target = find(".present");
  send("htmx:beforeSwap", { target });
  target.innerHTML = markup;
  send("htmx:afterSwap", { target });
}

async function load() {
  html(PAGE);
  await import("/static/dam/js/present.js");
}

const ANNA = ["member-1", "Anna"];
const BEN = ["guest-1", "Ben"];

test("who was here before is not read out", async () => {
  await load();
  swap(listed([ANNA]));
  equal(said(), "");
});

test("who comes and who goes is said once", async () => {
  await load();
  swap(listed([]));
  swap(listed([ANNA, BEN]));
  equal(said(), "Anna and Ben are here.");
  swap(listed([BEN]));
  equal(said(), "Anna has left.");
  find("[data-present-said]").textContent = "";
  swap(listed([BEN]));
  equal(said(), "");
});

test("nobody has left because it can't be known", async () => {
  await load();
  swap(listed([ANNA]));
  swap("<p data-present-unknown></p>");
  equal(said(), "");
  swap(listed([ANNA]));
  equal(said(), "");
});

test("an open list stays open while it changes", async () => {
  await load();
  swap(listed([ANNA]));
  find("details").open = true;
  swap(listed([ANNA, BEN]));
  equal(find("details").open, true);
});

test("other parts of the page say nothing", async () => {
  await load();
  find(".present").insertAdjacentHTML("afterend", '<div id="other"></div>');
  const target = find("#other");
  send("htmx:beforeSwap", { target });
  target.innerHTML = listed([ANNA]);
  send("htmx:afterSwap", { target });
  equal(said(), "");
});
