import { isCommand, isTyping, keyOf } from "/static/dam/js/keys.js";
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

test("a letter means the same on Cyrillic, Greek, Hebrew and Arabic keyboards", () => {
  const pressed = (key, code) => keyOf({ key, code });
  equal(
    [pressed("о", "KeyJ"), pressed("Λ", "KeyL"), pressed("ל", "KeyK"), pressed("م", "KeyL"), pressed("С", "KeyC")],
    ["j", "l", "k", "l", "c"],
  );
  equal([pressed("б", "Comma"), pressed("ю", "Period"), pressed("　", "Space")], [",", ".", " "]);
});

test("what a layout with Latin letters writes comes before the place of the key", () => {
  equal([keyOf({ key: "a", code: "KeyQ" }), keyOf({ key: ",", code: "KeyM" }), keyOf({ key: "j", code: "KeyC" })], ["a", ",", "j"]);
});

test("a key that writes another character than a letter is that character", () => {
  equal([keyOf({ key: "é", code: "Digit2" }), keyOf({ key: "ö", code: "Semicolon" })], ["é", "ö"]);
});

test("while a character is put together no key means anything", () => {
  equal([keyOf({ key: "j", code: "KeyJ", isComposing: true }), keyOf({ key: "Process", code: "KeyJ", keyCode: 229 })], ["", ""]);
  equal([keyOf({ key: "Dead", code: "KeyE" })], [""]);
  html("<p>Words</p>");
  equal(on("p", { isComposing: true }), true);
});

test("named keys keep their names", () => {
  equal([keyOf({ key: "ArrowLeft", code: "ArrowLeft" }), keyOf({ key: " ", code: "Space" })], ["ArrowLeft", " "]);
});

test("a command is Ctrl or the command key alone with its letter", () => {
  const held = (more) => isCommand({ key: "л", code: "KeyK", ...more }, "k");
  equal(
    [held({ ctrlKey: true }), held({ metaKey: true }), held({}), held({ ctrlKey: true, altKey: true }), held({ ctrlKey: true, shiftKey: true })],
    [true, true, false, false, false],
  );
});
