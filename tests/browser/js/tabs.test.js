import { equal, html, send, test } from "/tests/harness.js";

async function load(panel) {
  html(`<nav class="tabs"><a data-tab="details">D</a><a data-tab="review" aria-current="page">R</a><a>Other</a></nav>${panel}`);
  await import("/static/dam/js/tabs.js");
}

const current = () => [...document.querySelectorAll("[aria-current=page]")].map((tab) => tab.dataset.tab);

test("the tab of the panel that came is the current one", async () => {
  await load('<div id="panel" data-tab="details"></div>');
  send("htmx:afterSwap", {});
  equal(current(), ["details"]);
});

test("a panel that no tab names leaves none of them current", async () => {
  await load('<div id="panel" data-tab="elsewhere"></div>');
  send("htmx:afterSwap", {});
  equal(current(), []);
});

test("a page without a panel keeps its tabs", async () => {
  await load("");
  send("htmx:afterSwap", {});
  equal(current(), ["review"]);
});

test("a link that is no tab is never current", async () => {
  await load('<div id="panel" data-tab="review"></div>');
  send("htmx:afterSwap", {});
  equal(current(), ["review"]);
});

test("in a row that is too narrow the current tab is in view", async () => {
  html(`<nav class="tabs" style="display: flex; inline-size: 100px; overflow-x: auto">${["a", "b", "c"]
    .map((name) => `<a data-tab="${name}" style="flex: none; inline-size: 90px" ${name === "c" && 'aria-current="page"'}>${name}</a>`)
    .join("")}</nav><div id="panel" data-tab="a"></div>`);
  await import("/static/dam/js/tabs.js");
  const row = document.querySelector("nav");
  equal(row.scrollLeft, row.scrollWidth - row.clientWidth);
  send("htmx:afterSwap", {});
  equal(row.scrollLeft, 0);
});
