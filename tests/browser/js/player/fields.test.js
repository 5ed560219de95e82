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
