import { equal, html, ok, send, settled, test } from "/tests/harness.js";

const facet = (open) =>
  `<details data-facet="tag" ${open ? "open" : ""}><summary>Tags</summary><input data-facet-find />
  <ul><li><span class="ellipsis">summer</span></li></ul>
  <details class="facet-rest"><summary>1 more</summary><ul><li><span class="ellipsis">Drinks</span></li></ul></details></details>`;

async function load(open = true) {
  html(facet(open));
  await import("/static/dam/js/facets.js");
}

const tags = () => document.querySelector("[data-facet]");

test("a facet stays folded when the page is drawn again", async () => {
  await load();
  tags().open = false;
  await settled();
  html(facet(true));
  send("htmx:afterSwap", {});
  ok(!tags().open);
});

test("a facet that was left open is open on the next page", async () => {
  sessionStorage.setItem("facets", JSON.stringify({ tag: true }));
  await load(false);
  ok(tags().open);
});

test("a long facet shows what is looked for, in what was folded away too", async () => {
  await load();
  const find = document.querySelector("input");
  find.value = "dri";
  find.dispatchEvent(new Event("input", { bubbles: true }));
  equal([...document.querySelectorAll("li")].map((item) => item.hidden), [true, false]);
  ok(document.querySelector(".facet-rest").open);
});
