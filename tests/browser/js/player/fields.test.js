import { Clock } from "/static/dam/js/player/clock.js";
import { FrameFields } from "/static/dam/js/player/fields.js";
import { click, equal, find, html, test } from "/tests/harness.js";

const FORM =
  '<input data-frame-field><output data-frame-timecode></output><input type="checkbox" name="at_frame" checked><textarea data-comment-box></textarea>';

function load() {
  html(`<reel-player></reel-player>${FORM}`);
  const player = Object.assign(find("reel-player"), { frame: 34, clock: new Clock("24/1", 200), standStill: () => undefined });
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

const box = () => find("textarea");

function write(words) {
  box().focus();
  box().value = words;
  box().dispatchEvent(new Event("input", { bubbles: true }));
}

test("what is written about a range stays on it when another comment's is pressed", () => {
  const { player, fields } = withRange();
  mark(player, 24, 71);
  write("Too fast");
  box().blur();
  mark(player, 100, 120, false);
  equal([place(), find("[data-range-choice] input").checked], [["24", "71"], true]);
  equal(find("[data-range-choice] output").textContent, "00:00:01:00 – 00:00:02:23");
  box().value = "";
  fields.settle(); // it was sent
  fields.tell();
  equal([place(), player.range.start], [["34", ""], null]);
});

test("a range that was marked is meant no more once another comment's is in its place and nothing is written", () => {
  const { player } = withRange();
  mark(player, 24, 71);
  mark(player, 100, 120, false);
  equal([place(), find("[data-range-choice]").hidden, find("[data-range-choice] input").checked], [["34", ""], false, false]);
});

function draftOf(start, end) {
  find("[data-frame-field]").dataset.kept = start;
  find("[data-end-field]").dataset.kept = end;
  box().value = "Too fast";
}

test("a draft that is back has its own range on a page that marks the moment of a search", () => {
  const { player } = withRange();
  draftOf("7", "19");
  mark(player, 24, 71, false);
  box().focus();
  equal(place(), ["7", "19"]);
  box().blur();
  mark(player, 30, 40, false);
  equal(place(), ["7", "19"]);
});

test("a draft that was back before the player has its own place without being touched", () => {
  const { player } = withRange();
  draftOf("7", "19");
  const later = new FrameFields(player);
  later.listen(new AbortController().signal);
  later.tell();
  equal(place(), ["7", "19"]);
});

test("the range of a draft goes with its words", () => {
  const { player } = withRange();
  draftOf("7", "19");
  mark(player, 24, 71, false);
  box().focus();
  box().value = "";
  box().blur();
  equal([place(), find("[data-range-choice] input").checked], [["34", ""], false]);
});

async function withDrafts() {
  sessionStorage.clear();
  document.body.dataset.person = "7";
  await import(`/static/dam/js/drafts.js?${Math.random()}`); // before the player, as on the pages
  const { player } = withRange();
  const fields = [...document.body.children].filter((each) => each !== player);
  const form = Object.assign(document.createElement("form"), { method: "post" });
  form.append(...fields);
  document.body.append(form);
  box().name = "body";
  return player;
}

const kept = () => {
  const { frame, end } = JSON.parse(Object.values(sessionStorage)[0]);
  return [frame, end];
};

test("a range that is marked or taken back while somebody writes is in the draft", async () => {
  const player = await withDrafts();
  write("Too fast");
  equal(kept(), ["34", undefined]);
  mark(player, 24, 71);
  equal(kept(), ["24", "71"]);
  find('[name="over_range"]').click();
  equal(kept(), ["34", undefined]);
  find('[name="over_range"]').click();
  equal(kept(), ["24", "71"]);
});

test("a frame that is chosen anew is in the draft", async () => {
  const player = await withDrafts();
  write("Too fast");
  player.frame = 20;
  find('[name="at_frame"]').click();
  find('[name="at_frame"]').click();
  equal(kept()[0], "20");
});

test("marking a range makes no draft where nothing is written", async () => {
  const player = await withDrafts();
  mark(player, 24, 71);
  equal(sessionStorage.length, 0);
});
