import "/static/dam/js/tick-all.js";
import { equal, find, html, test } from "/tests/harness.js";

function rows() {
  html(`<form>
    <input type="checkbox" id="all" data-tick-all="row" checked>
    <input type="checkbox" name="row" id="one" checked>
    <input type="checkbox" name="row" id="two" checked>
    <input type="checkbox" name="other" id="other">
  </form>`);
}

const state = () => ["one", "two", "other"].map((id) => find(`#${id}`).checked);
const all = () => [find("#all").checked, find("#all").indeterminate];

test("the box above ticks all of its name, and no other", () => {
  rows();
  find("#all").click();
  equal(state(), [false, false, false]);
  find("#all").click();
  equal(state(), [true, true, false]);
});

test("the box above says whether all, some or none are ticked", () => {
  rows();
  find("#one").click();
  equal(all(), [false, true]);
  find("#two").click();
  equal(all(), [false, false]);
  find("#one").click();
  find("#two").click();
  equal(all(), [true, false]);
});
