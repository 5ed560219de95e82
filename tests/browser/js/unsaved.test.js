import { equal, html, test } from "/tests/harness.js";

async function load(mark = "") {
  const free = '<form id="free" data-unsent><input name="b" /></form>';
  html(`<form data-guarded ${mark} onsubmit="return false"><input name="a" /></form>${free}`);
  await import("/static/dam/js/unsaved.js");
}

const type = (name) => document.querySelector(`[name=${name}]`).dispatchEvent(new Event("input", { bubbles: true }));
const asks = () => !dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("whoever leaves a guarded form that was changed is asked first", async () => {
  await load();
  equal(asks(), false);
  type("a");
  equal(asks(), true);
});

test("a form that was sent, or isn't guarded, lets people go", async () => {
  await load();
  type("b");
  equal(asks(), false);
  type("a");
  document.querySelector("[data-guarded]").dispatchEvent(new Event("submit", { bubbles: true }));
  equal(asks(), false);
});

test("a form that came back with what was typed is as one that was changed", async () => {
  await load("data-unsent");
  equal(asks(), true);
  document.querySelector("[data-guarded]").dispatchEvent(new Event("submit", { bubbles: true }));
  equal(asks(), false);
});
