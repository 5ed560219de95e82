import { Clock } from "/static/dam/js/player/clock.js";
import { FrameFields } from "/static/dam/js/player/fields.js";
import { click, equal, find, html, test } from "/tests/harness.js";

const FORM =
  '<input data-frame-field><output data-frame-timecode></output><input type="checkbox" name="at_frame" checked><textarea data-comment-box></textarea>';

function load() {
  html(`<reel-player></reel-player>${FORM}`);
  const player = Object.assign(find("reel-player"), { frame: 34, clock: new Clock("24/1", 200) });
  const fields = new FrameFields(player);
  fields.listen(new AbortController().signal);
  return { player, fields };
}

const told = () => [find("[data-frame-field]").value, find("output").textContent];

test("fields and words tell the frame of the page's first player", () => {
  const { fields, player } = load();
  fields.tell();
  equal(told(), ["34", "00:00:01:10"]);
  player.before(document.createElement("reel-player"));
  player.frame = 50;
  fields.tell();
  equal(told(), ["34", "00:00:01:10"]);
});

test("they stay while somebody writes, and follow again once what was written is gone", () => {
  const { fields, player } = load();
  find("textarea").focus();
  find("textarea").value = "The logo";
  player.frame = 121;
  fields.settle();
  fields.tell();
  equal(told()[0], "34");
  find("textarea").blur();
  find("textarea").value = "";
  fields.settle();
  fields.tell();
  equal(told()[0], "121");
});

test("a draft that is back has its own frame until its box is left empty", () => {
  const { player } = load();
  find("[data-frame-field]").dataset.kept = "7";
  find("textarea").focus();
  equal(told()[0], "7");
  find("textarea").blur();
  equal(told()[0], String(player.frame));
  equal("kept" in find("[data-frame-field]").dataset, false);
});

test("choosing the frame anew means the one on screen", () => {
  const { player } = load();
  find("textarea").focus();
  find("textarea").value = "The logo";
  player.frame = 20;
  click(find('[name="at_frame"]'));
  click(find('[name="at_frame"]'));
  equal(told()[0], "20");
});

const RANGE = `<input data-end-field><label data-range-choice hidden><input type="checkbox" name="over_range"><output></output></label>`;

function withRange() {
  const loaded = load();
  document.querySelector("textarea").insertAdjacentHTML("beforebegin", RANGE);
  loaded.player.range = { start: null, end: null };
  loaded.player.clearRange = () => mark(loaded.player, null, null);
  return loaded;
}

function mark(player, start, end, marked = true) {
  player.range = { start, end };
  player.dispatchEvent(new CustomEvent("range", { bubbles: true, detail: { start, end, marked } }));
}

const place = () => [find("[data-frame-field]").value, find("[data-end-field]").value];

test("a range that somebody marked is what the comment is on", () => {
  const { player } = withRange();
  mark(player, 24, null);
  equal([place(), find("[data-range-choice]").hidden], [["34", ""], true]);
  mark(player, 24, 71);
  equal(place(), ["24", "71"]);
  equal(find("[data-range-choice] output").textContent, "00:00:01:00 – 00:00:02:23");
  find('[name="over_range"]').click();
  equal(place(), ["34", ""]);
});

test("only one of the two places is shown as the one that is meant", () => {
  const { player } = withRange();
  const box = find('[name="at_frame"]');
  const label = document.createElement("label");
  box.replaceWith(label);
  label.append(box);
  mark(player, 24, 71);
  equal(label.hidden, true);
  find('[name="over_range"]').click();
  equal(label.hidden, false);
});

test("a moment that a search marked is offered and not meant", () => {
  const { player } = withRange();
  mark(player, 24, 71, false);
  equal([place(), find("[data-range-choice]").hidden], [["34", ""], false]);
  find('[name="over_range"]').click();
  equal(place(), ["24", "71"]);
});

test("a range can be marked while somebody writes, and is no more once that is sent", () => {
  const { player, fields } = withRange();
  find("textarea").focus();
  find("textarea").value = "Too fast";
  find("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  mark(player, 24, 71);
  fields.settle(); // the list came again by itself
  equal(place(), ["24", "71"]);
  find("textarea").blur();
  find("textarea").value = "";
  fields.settle();
  fields.tell();
  equal([place(), player.range.start], [["34", ""], null]);
});

test("what is drawn stands on one frame, whatever is marked", () => {
  const { player } = withRange();
  find("textarea").insertAdjacentHTML("afterend", "<textarea data-drawing></textarea>");
  mark(player, 24, 71);
  find("[data-drawing]").value = '{"v":1}';
  find("[data-drawing]").dispatchEvent(new Event("input", { bubbles: true }));
  player.dispatchEvent(new CustomEvent("range", { bubbles: true, detail: { start: 24, end: 71, marked: false } }));
  equal([place(), find("[data-range-choice]").hidden], [["34", ""], true]);
});

test("a draft that is back has its own range", () => {
  withRange();
  find("[data-frame-field]").dataset.kept = "7";
  find("[data-end-field]").dataset.kept = "19";
  find("textarea").focus();
  equal(place(), ["7", "19"]);
});
