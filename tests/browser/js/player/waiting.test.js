// The clip waits while somebody writes a comment (player/fields.js).
import { click, equal, find, pointer, press, send, stopTime, test } from "/tests/harness.js";
import { player } from "/tests/player/film.js";

const FORM = `<form method="post"><input type="hidden" data-frame-field><input type="hidden" data-end-field><label><input type="checkbox" name="at_frame" checked>at</label>
  <textarea data-comment-box></textarea><textarea data-drawing hidden></textarea><input type="hidden" data-attached><button type="button">Attach</button></form><button id="elsewhere">Elsewhere</button>`;
const box = () => find("[data-comment-box]");

function playing({ at = 10 } = {}) {
  const time = stopTime();
  const made = player({ around: FORM, frames: 200 });
  made.film.duration = 10;
  made.element.play();
  made.film.show(at / 24 + 0.01);
  return { ...made, time };
}

function clickInto(target) {
  target.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  target.focus();
  click(target);
}

function type(words, target = box()) {
  target.value = words;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

// As htmx does: the server took it (or not), and the form comes anew, with the cursor where it was.
function answer(status, { words = "" } = {}) {
  const form = find("form");
  send("htmx:beforeOnLoad", { xhr: { status }, requestConfig: { elt: form } }, form);
  const there = document.activeElement === box();
  const fresh = document.createElement("template");
  fresh.innerHTML = FORM;
  form.replaceWith(fresh.content.querySelector("form"));
  box().value = words;
  if (there) box().focus();
  send("htmx:afterSettle", {});
}

test("a click into the box pauses the clip on the frame that the comment is on", () => {
  const { film, element } = playing();
  clickInto(box());
  equal([film.paused, element.frame, find("[data-frame-field]").value], [true, 10, "10"]);
});

test("coming to the box by Tab leaves the clip playing; the first key pauses it there", () => {
  const { film } = playing();
  box().focus();
  equal([film.paused, find("[data-frame-field]").value], [false, "10"]);
  film.show(20 / 24 + 0.01);
  equal(find("[data-frame-field]").value, "20");
  type("T");
  equal([film.paused, find("[data-frame-field]").value], [true, "20"]);
});

test("C waits as a click does", async () => {
  const { film, time } = playing();
  press("c");
  equal([film.paused, document.activeElement], [true, box()]);
  box().blur();
  await time.pass(200);
  equal(film.paused, false);
});

test("sending lets it go on where it stood, as fast as it was", () => {
  const { film, element, video } = playing();
  video.playbackRate = 2;
  clickInto(box());
  equal(video.playbackRate, 1);
  type("The logo");
  answer(200);
  equal([film.paused, element.frame, video.playbackRate], [false, 10, 2]);
});

test("what is written next after sending stops it anew, on its own frame", () => {
  const { film } = playing();
  clickInto(box());
  type("The logo");
  answer(200);
  film.show(50 / 24 + 0.01);
  equal(find("[data-frame-field]").value, "50");
  type("And");
  equal([film.paused, find("[data-frame-field]").value], [true, "50"]);
});

test("a comment that is refused keeps its words, its frame and the clip paused", async () => {
  const { film, time } = playing();
  clickInto(box());
  type("The logo");
  answer(422, { words: "The logo" });
  await time.pass(1000);
  equal([film.paused, find("[data-frame-field]").value], [true, "10"]);
  answer(200);
  equal(film.paused, false);
});

test("a clip that stood still isn't started by sending or leaving", async () => {
  const { film, element, time } = playing();
  element.pause();
  clickInto(box());
  type("The logo");
  answer(200);
  box().focus();
  box().blur();
  await time.pass(200);
  equal(film.paused, true);
});

test("leaving the empty box lets it go on, also by Escape", async () => {
  const { film, time } = playing();
  clickInto(box());
  press("Escape", { target: box() });
  equal([document.activeElement === box(), film.paused], [false, true]);
  await time.pass(200);
  equal(film.paused, false);
});

test("leaving a box with words in it keeps it paused until they are sent", async () => {
  const { film, time } = playing();
  clickInto(box());
  type("The logo");
  find("#elsewhere").focus();
  await time.pass(1000);
  equal([film.paused, find("[data-frame-field]").value], [true, "10"]);
  answer(200);
  equal(film.paused, false);
});

test("a drawing or an attached file is something to be sent, too", async () => {
  for (const field of ["[data-drawing]", "[data-attached]"]) {
    const { film, time } = playing();
    clickInto(box());
    type("[1]", find(field));
    find("#elsewhere").focus();
    await time.pass(1000);
    equal(film.paused, true);
  }
});

test("the form's other fields and buttons are no leaving", async () => {
  const { film, time } = playing();
  clickInto(box());
  box().blur(); // a label that is pressed takes the cursor out for a moment
  find('[name="at_frame"]').focus();
  await time.pass(1000);
  equal(film.paused, true);
  find("form button").focus();
  await time.pass(1000);
  equal(film.paused, true);
  find("form button").blur();
  await time.pass(200);
  equal(film.paused, false);
});

test("who moves or plays the clip meanwhile has it as they leave it", () => {
  const { film, element } = playing();
  clickInto(box());
  type("The logo");
  element.seekFrame(40);
  answer(200);
  equal([film.paused, element.frame], [true, 40]);
});

test("who has played it and stopped it themselves meanwhile finds it so, also on the same frame", () => {
  const { film, element } = playing();
  clickInto(box());
  type("The logo");
  element.roll();
  element.pause();
  element.seekFrame(10);
  type("The logo leaves");
  answer(200);
  equal([film.paused, element.frame], [true, 10]);
});

test("who plays on while they write isn't stopped by each key", () => {
  const { film, element } = playing();
  clickInto(box());
  type("T");
  element.roll(); // a key of the headphones
  type("Th");
  equal(film.paused, false);
});

test("a draft that comes back stops nothing", () => {
  const { film } = playing();
  type("The logo");
  equal([film.paused, find("[data-frame-field]").value], [false, "10"]);
});

test("a clip that ran backwards goes on backwards", () => {
  const { element } = playing({ at: 100 });
  element.shuttle(-1);
  equal(element.reverse, 1);
  clickInto(box());
  equal(element.reverse, 0);
  type("The logo");
  answer(200);
  equal(element.reverse, 1);
  element.stopReverse();
});

test("the range that a comment is on stays meant while the clip waits", () => {
  const { element, film } = playing();
  element.range = { start: 5, end: 60 };
  element.showRange({ marked: true });
  clickInto(box());
  type("Too fast");
  equal([find("[data-frame-field]").value, find("[data-end-field]").value], ["5", "60"]);
  answer(200);
  equal([film.paused, element.frame, element.range.start], [false, 10, null]);
});

test("a second player on the page isn't stopped", () => {
  const { element } = playing();
  const second = element.cloneNode(true);
  element.after(second);
  let stopped = 0;
  second.standStill = () => void (stopped += 1);
  clickInto(box());
  pointer("pointerdown", box());
  equal(stopped, 0);
});
