import { equal, html, press, test } from "/tests/harness.js";

const FORM = `<form data-own-fields onsubmit="this.dataset.sent = 'yes'; return false">
  <select name="own-line"><option value="">—</option><option value="cars">Cars</option><option value="bikes">Bikes</option></select>
  <select name="own-make" data-depends-on="line">
    <option value="">—</option><option value="suv" data-only-with="cars">SUV</option><option value="city" data-only-with="bikes cars">City</option>
  </select>
  <div><div><label><input type="checkbox" name="own-extra" value="rack" data-depends-on="line" data-only-with="bikes" /> Rack</label></div></div>
  <textarea name="own-note"></textarea><a href="#left" data-cancel>Cancel</a>
</form>`;

async function load(line = "") {
  html(FORM);
  choose(line, false);
  await import("/static/dam/js/own-fields.js");
}

const option = (value) => document.querySelector(`option[value=${value}]`);
const rack = () => document.querySelector("[value=rack]");

function choose(value, told = true) {
  const line = document.querySelector("[name=own-line]");
  line.value = value;
  if (told) line.dispatchEvent(new Event("change", { bubbles: true }));
}

test("an option is offered where the other field has what it goes with", async () => {
  await load();
  equal(option("suv").hidden, true);
  equal(option("suv").disabled, true);
  choose("cars");
  equal(option("suv").hidden, false);
  equal(option("suv").disabled, false);
  equal(option("city").hidden, false);
  choose("bikes");
  equal(option("suv").hidden, true);
  equal(option("city").hidden, false);
});

test("a box goes with its words", async () => {
  await load();
  equal(rack().closest("div").hidden, true);
  choose("bikes");
  equal(rack().closest("div").hidden, false);
  equal(rack().disabled, false);
});

test("what is chosen stays in sight, so that it can be changed", async () => {
  await load("cars");
  option("suv").selected = true;
  choose("bikes");
  equal(option("suv").hidden, false);
  equal(option("suv").disabled, false);
});

test("Escape leaves the form, Ctrl and Enter send it", async () => {
  await load();
  const note = document.querySelector("textarea");
  note.focus();
  press("Enter", { target: note });
  equal(document.querySelector("form").dataset.sent, undefined);
  press("Enter", { target: note, ctrlKey: true });
  equal(document.querySelector("form").dataset.sent, "yes");
  press("Escape", { target: note });
  equal(location.hash, "#left");
});
