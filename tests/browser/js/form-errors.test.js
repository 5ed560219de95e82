import { equal, find, html, ok, test } from "/tests/harness.js";

async function load(page) {
  html(page);
  return import("/static/dam/js/form-errors.js");
}

const settle = (status) =>
  document.dispatchEvent(
    Object.assign(new CustomEvent("htmx:afterSettle", { detail: { xhr: { status }, elt: document.body } })),
  );

test("a field that is wrong has the focus once its form came back", async () => {
  await load("<form><input id=a><div class=field><input id=b></div></form>");
  find("#b").setAttribute("aria-invalid", "true");
  settle(422);
  equal(document.activeElement.id, "b");
});

test("of several it is the summary that has the focus", async () => {
  await load("<form><div id=s data-form-errors>Two fields</div><input id=b aria-invalid=true></form>");
  equal(document.activeElement.id, "s");
});

test("an error of a group of choices leads to its first choice", async () => {
  await load('<fieldset class=field><label><input type=radio id=r>A</label><p class="field-error">Choose</p></fieldset>');
  equal(document.activeElement.id, "r");
});

test("an answer without errors leaves the focus where it is", async () => {
  await load("<input id=a><input id=b>");
  find("#a").focus();
  find("#b").setAttribute("aria-invalid", "true");
  settle(200);
  ok(document.activeElement.id === "a");
});
