import "/static/dam/js/player.js";
import { click, equal, find, ok, press, test } from "/tests/harness.js";
import { now, player } from "/tests/player/film.js";

const FORM = `<form><textarea data-comment-box></textarea><input type="hidden" data-frame-field><input type="hidden" data-end-field>
  <label><input type="checkbox" name="at_frame" checked><output data-frame-timecode></output></label>
  <label data-range-choice hidden><input type="checkbox"><output></output></label></form>`;
const MARKERS = `<section data-markers='[{"id": 1, "frame": 2000, "text": "Ada: click"}, {"id": 2, "frame": 5500, "end": 7250, "text": "Ada: loud"}]'></section>`;

// Of ten seconds.
const sound = ({ around = "", attributes = "" } = {}) => player({ kind: "audio", frames: 10_000, rate: "1000/1", around, attributes });

test("it says times, and a link to a moment begins there", () => {
  sound({ attributes: 'data-start="2500"' });
  equal([now(), find("[data-total]").textContent, find(".player-seek > input").getAttribute("aria-valuetext")], ["0:02.5", " / 0:09.9", "0:02.5"]);
});

test("arrows go five seconds, with Shift a tenth, and what plays goes on", () => {
  const { element, film } = sound();
  press(" ");
  press("ArrowRight");
  press("ArrowRight", { shiftKey: true });
  equal([element.frame, film.paused], [5100, false]);
  press("ArrowLeft");
  equal(element.frame, 100);
  press("ArrowLeft");
  equal(element.frame, 0);
});

test("K plays on a keyboard with other letters, and as a capital", () => {
  const { film } = sound();
  press("κ", { code: "KeyK" });
  press("K");
  equal(film.did, ["play", "pause"]);
});

test("F fills no screen with it", () => {
  const { element, film } = sound();
  element.requestFullscreen = () => film.did.push("full");
  press("f");
  equal(film.did, []);
});

test("the first key of a comment stops it, and the comment is at that time", () => {
  const { element, film } = sound({ around: FORM });
  press(" ");
  film.currentTime = 3.25;
  element.video.dispatchEvent(new Event("timeupdate"));
  const box = find("[data-comment-box]");
  box.focus();
  box.value = "A click";
  box.dispatchEvent(new Event("input", { bubbles: true }));
  equal([film.paused, find("[data-frame-field]").value, find("[data-frame-timecode]").textContent], [true, "3250", "0:03.2"]);
});

test("a range of I and O is what the comment is over", () => {
  const { element } = sound({ around: FORM });
  element.seekFrame(1500);
  press("i");
  element.seekFrame(4000);
  press("o");
  equal([find("[data-frame-field]").value, find("[data-end-field]").value], ["1500", "4000"]);
  equal(find("[data-range-choice] output").textContent, "0:01.5 – 0:04.0");
});

test("comments are marks on the waveform, and comma and full stop go through them", () => {
  const { element } = sound({ around: MARKERS });
  const shown = [...find(".player-markers").children].map((mark) => [mark.style.insetInlineStart.slice(0, 5), mark.title]);
  equal(shown, [["20.00", "0:02.0 Ada: click"], ["55.00", "0:05.5 – 0:07.2 Ada: loud"]]);
  press(".");
  equal(element.frame, 2000);
  press(".");
  equal(element.frame, 5500);
  press(",");
  equal(element.frame, 2000);
});

test("a time in the list of comments leads there", () => {
  const { element } = sound({ around: '<button id="there" data-seek-frame="5500" data-seek-end="7250">0:05.5</button>' });
  click(find("#there"));
  equal([element.frame, element.range], [5500, { start: 5500, end: 7250 }]);
});

test("without its length in the page, the file says it", () => {
  const { element, video } = player({ kind: "audio", frames: 0, rate: "1000/1" });
  video.dispatchEvent(new Event("loadedmetadata"));
  equal(element.clock.frames, 2000);
});

test("however often it was stopped and played, its time is told once a picture of the screen", async () => {
  const { element } = sound();
  for (let times = 0; times < 10; times += 1) press(" ");
  press(" ");
  let told = 0;
  element.present = () => (told += 1);
  for (let pictures = 0; pictures < 4; pictures += 1) await new Promise(requestAnimationFrame);
  ok(told <= 5, `told ${told} times in 4`);
  element.pause();
});

test("marks of comments stand right once the file has said its length", () => {
  const { video } = player({ kind: "audio", frames: 0, rate: "1000/1", around: `<section data-markers='[{"id": 1, "frame": 500, "text": "Ada: click"}]'></section>` });
  video.dispatchEvent(new Event("loadedmetadata"));
  equal(find(".player-marker").style.insetInlineStart.slice(0, 4), "25.0");
});
