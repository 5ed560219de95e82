import { click, equal, find, pointer, press, send, settled, test } from "/tests/harness.js";
import { player } from "/tests/player/film.js";

const WRITING =
  '<input data-frame-field><output data-frame-timecode></output><input type="checkbox" name="at_frame" checked><textarea data-comment-box></textarea>';

function type(words) {
  find("textarea").value = words;
  find("textarea").dispatchEvent(new Event("input", { bubbles: true }));
}

test("dragging the bar seeks", () => {
  const { element } = player();
  element.seek.value = 30;
  element.seek.dispatchEvent(new Event("input"));
  equal(element.frame, 30);
  equal(element.seek.getAttribute("aria-valuetext"), "00:00:01:06, frame 30");
});

test("fields and words of the page follow the frame", () => {
  const { element } = player({ around: "<input data-frame-field><output data-frame-timecode></output>" });
  element.seekFrame(30);
  equal([find("[data-frame-field]").value, find("output").textContent], ["30", "00:00:01:06"]);
});

test("a second player on the page leaves those fields to the first", () => {
  const { element } = player({ around: "<input data-frame-field>" });
  const second = element.cloneNode(true);
  document.body.append(second);
  second.seekFrame(5);
  equal(find("[data-frame-field]").value, "0");
});

test("comments are marks on the bar, and comma and full stop go to them", () => {
  const markers = '[{"frame": 10, "text": "a"}, {"frame": 30, "text": "b"}]';
  const { element } = player({ around: `<i data-markers='${markers}'></i>` });
  equal(document.querySelectorAll(".player-marker").length, 2);
  const seen = [".", ".", ".", ",", ","].map((key) => {
    press(key);
    return element.frame;
  });
  equal(seen, [10, 30, 30, 10, 10]);
});

test("a press on a mark goes to its frame", () => {
  const { element } = player({
    around: `<i data-markers='[{"frame": 10, "text": "a"}]'></i>`,
  });
  click(find(".player-marker"));
  equal(element.frame, 10);
});

test("comments that htmx brings get their marks", () => {
  player();
  document.body.insertAdjacentHTML(
    "beforeend",
    `<i data-markers='[{"frame": 10, "text": "new"}]'></i>`,
  );
  send("htmx:afterSettle", {});
  equal(document.querySelectorAll(".player-marker").length, 1);
});

test("pointing at the bar tells the time there", () => {
  player({ frames: 101, rate: "25/1" });
  const bar = find(".player-seek");
  const box = bar.getBoundingClientRect();
  pointer("pointermove", bar, { clientX: box.left + box.width / 2 });
  equal([find(".player-peek").hidden, find(".player-peek span").textContent], [false, "00:00:02:00"]);
  pointer("pointerleave", bar);
  equal(find(".player-peek").hidden, true);
});

test("pointing at the bar shows the picture there, once there is a sprite", async () => {
  player();
  const bar = find(".player-seek");
  pointer("pointermove", bar, { clientX: 1 });
  equal(find("canvas").hidden, true);
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 36 });
  const sprite = canvas.toDataURL();
  player({ attributes: `data-sprite="${sprite}" data-columns="2" data-rows="2" data-tiles="6 18 30 42"` });
  pointer("pointermove", find(".player-seek"), { clientX: 1 });
  for (let turn = 0; turn < 10; turn += 1) await settled();
  equal([find("canvas").hidden, find("canvas").width, find("canvas").height], [false, 256, 144]);
});

test("a comment keeps the frame at which somebody began to write it", async () => {
  const { element, film } = player({ around: WRITING, frames: 200 });
  element.play();
  film.show(34 / 24);
  find("textarea").focus();
  type("The logo");
  equal([film.paused, element.frame, find("[data-frame-field]").value, find("output").textContent], [true, 34, "34", "00:00:01:10"]);
  element.seekFrame(121); // somewhere else, by a comment of the list say
  equal(find("[data-frame-field]").value, "34");
  send("htmx:afterSettle", {}); // the list of comments came anew
  equal(find("[data-frame-field]").value, "34");
});

test("a box that was left empty follows the frame again", () => {
  const { element } = player({ around: WRITING });
  find("textarea").focus();
  element.seekFrame(20);
  equal(find("[data-frame-field]").value, "0");
  find("textarea").blur();
  equal(find("[data-frame-field]").value, "20");
});

test("choosing the frame anew means the one on screen", () => {
  const { element } = player({ around: WRITING });
  find("textarea").focus();
  find("textarea").value = "The logo";
  element.seekFrame(20);
  click(find('[name="at_frame"]'));
  click(find('[name="at_frame"]'));
  equal(find("[data-frame-field]").value, "20");
});
