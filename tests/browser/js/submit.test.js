import "/static/dam/js/submit.js";
import { equal, find, html, press, test } from "/tests/harness.js";

function enter({ on = "textarea", ...options }) {
  html("<form><textarea></textarea><input></form>");
  let count = 0;
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    count += 1;
  });
  press("Enter", { target: find(on), ...options });
  return count;
}

test("Ctrl Enter sends the form, and the command key with Enter does", () => {
  equal([enter({ ctrlKey: true }), enter({ metaKey: true })], [1, 1]);
});

test("Enter alone writes a line", () => {
  equal(enter({}), 0);
});

test("Ctrl Enter in a field of one line is the browser's", () => {
  equal(enter({ on: "input", ctrlKey: true }), 0);
});

test("Ctrl Enter that is held down, or that puts a character together, sends nothing", () => {
  equal([enter({ ctrlKey: true, repeat: true }), enter({ ctrlKey: true, isComposing: true })], [0, 0]);
});
