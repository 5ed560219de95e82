import "/static/dam/js/focus.js";
import { equal, find, html, send, settled, test } from "/tests/harness.js";

// What htmx does with an answer, and says while it does.
function swap(target, markup, by = document.activeElement) {
  const elt = by.closest("form") ?? by;
  send("htmx:beforeRequest", { elt });
  for (const button of elt.querySelectorAll?.("button") ?? []) button.disabled = true; // hx-disabled-elt
  send("htmx:beforeSwap", { target });
  const parent = target.parentElement;
  target.outerHTML = markup;
  send("htmx:afterSettle", { elt: parent.firstElementChild });
}

const there = () => document.activeElement.id || document.activeElement.name || document.activeElement.tagName;

test("a sent comment leaves the focus in the box of the next one", () => {
  const comments = '<section id="comments"><form action="/add/"><textarea name="body" data-comment-box></textarea><button>Comment</button></form></section>';
  html(`<main id="main">${comments}</main>`);
  find("button").focus();
  swap(find("#comments"), comments.replace("<form", "<p>The logo</p><form"));
  equal(document.activeElement.textContent, "Comment");
});

test("a comment that was marked as resolved leaves the focus among the comments", () => {
  html('<main id="main"><section id="comments"><form action="/1/"><button aria-label="Resolve">x</button></form></section></main>');
  find("button").focus();
  swap(find("#comments"), '<section id="comments"><textarea data-comment-box name="body"></textarea></section>');
  equal(there(), "body");
});

test("Edit leads into the form, and Cancel back to Edit", () => {
  html('<main id="main"><div id="details"><a href="/edit/">Edit</a></div></main>');
  find("a").focus();
  swap(find("#details"), '<form id="details"><input name="title"><a href="/clip/">Cancel</a></form>');
  equal(there(), "title");
  find("a").focus();
  swap(find("#details"), '<div id="details"><a href="/edit/">Edit</a></div>');
  equal(document.activeElement.textContent, "Edit");
});

test("a form that comes back with an error leads to the field", () => {
  html('<main id="main"><form id="f"><input name="a"><input name="b"><button>Send</button></form></main>');
  find("button").focus();
  swap(find("#f"), '<form id="f"><input name="a"><input name="b" aria-invalid="true"><button>Send</button></form>');
  equal(there(), "b");
});

test("a button that was off while its request failed has the focus again", () => {
  html('<main id="main"><form><button id="go">Go</button></form></main>');
  const button = find("button");
  button.focus();
  send("htmx:beforeRequest", { elt: find("form") });
  button.disabled = true;
  button.blur();
  button.disabled = false;
  send("htmx:afterRequest", {});
  equal(there(), "go");
});

test("what comes by itself while a button is off for its own request takes the focus from nobody", () => {
  const list = '<section id="list"><form action="/1/"><button>Done</button></form><form action="/2/"><button>Done</button></form></section>';
  html(`<main id="main">${list}<div id="news"></div></main>`);
  const [, button] = document.querySelectorAll("button");
  button.focus();
  const form = button.form;
  send("htmx:beforeRequest", { elt: form });
  button.disabled = true;
  button.blur();
  send("htmx:beforeRequest", { elt: find("#news") }); // a hint of the server, before the answer
  send("htmx:afterSettle", { elt: find("#news") });
  send("htmx:afterRequest", { elt: find("#news") });
  equal(there(), "BODY");
  send("htmx:beforeSwap", { target: find("#list") });
  find("#list").outerHTML = list;
  send("htmx:afterSettle", { elt: find("#list") });
  equal(document.activeElement.form?.getAttribute("action"), "/2/");
});

test("whoever went on elsewhere stays there", () => {
  html('<main id="main"><form id="f"><button>Go</button></form><input name="other"></main>');
  const form = find("#f");
  find("button").focus();
  send("htmx:beforeRequest", { elt: form });
  find("input").focus();
  send("htmx:beforeSwap", { target: form });
  form.outerHTML = "<p>Done</p>";
  send("htmx:afterSettle", { elt: find("main") });
  equal(there(), "other");
});

test("a change by itself moves no focus", () => {
  html('<main id="main"><section id="s"></section></main>');
  send("htmx:beforeRequest", { elt: find("#s") });
  send("htmx:beforeSwap", { target: find("#s") });
  send("htmx:afterSettle", { elt: find("#s") });
  equal(there(), "BODY");
});

test("a dialog that closes leads to what took the place of its opener", async () => {
  html('<main id="main" tabindex="-1"><footer><button data-dialog="d">Approve</button></footer><dialog id="d"><button>x</button></dialog></main>');
  find("footer button").focus();
  find("dialog").showModal();
  find("footer").innerHTML = '<button id="new" data-dialog="d">Approve</button>';
  find("dialog").close();
  await new Promise((resolve) => find("dialog").addEventListener("close", resolve));
  for (let turn = 0; turn < 3; turn += 1) await settled();
  equal(there(), "new");
});

test("where nothing like it is left the page itself has the focus", async () => {
  html('<main id="main" tabindex="-1"><button data-dialog="d">Approve</button><dialog id="d"></dialog></main>');
  find("main > button").focus();
  find("dialog").showModal();
  find("main > button").remove();
  find("dialog").close();
  await new Promise((resolve) => find("dialog").addEventListener("close", resolve));
  for (let turn = 0; turn < 3; turn += 1) await settled();
  equal(there(), "main");
});
