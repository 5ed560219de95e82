import { isTyping } from "/static/dam/js/keys.js";
import { equal, find, html, test } from "/tests/harness.js";

const on = (selector, more = {}) => isTyping({ target: find(selector), ...more });

test("a key on the page itself is no writing", () => {
  html("<p>Words</p>");
  equal(isTyping({ target: document.body }), false);
  equal(on("p"), false);
});

test("a key in a field is", () => {
  html("<input><textarea></textarea><select></select><p contenteditable>Words</p>");
  equal(["input", "textarea", "select", "p"].map((selector) => on(selector)), [true, true, true, true]);
});

test("a button and a link are no fields", () => {
  html('<button>Press</button><a href="#here">Go</a>');
  equal([on("button"), on("a")], [false, false]);
});

test("a key with Ctrl, Alt or the command key is the browser's", () => {
  html("<p>Words</p>");
  equal(["ctrlKey", "altKey", "metaKey"].map((name) => on("p", { [name]: true })), [true, true, true]);
});

test("Shift alone belongs to the page", () => {
  html("<p>Words</p>");
  equal(on("p", { shiftKey: true }), false);
});

test("while a dialog is open every key is its own", () => {
  html("<p>Words</p><dialog></dialog>");
  find("dialog").showModal();
  equal(on("p"), true);
  find("dialog").close();
  equal(on("p"), false);
});
