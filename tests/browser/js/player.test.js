import "/static/dam/js/player.js";
import { click, close, equal, find, html, ok, pointer, press, send, settled, test } from "/tests/harness.js";

const BUTTONS = ["back", "play", "forward", "clock", "in", "out", "loop", "mute", "full"];

// What templates/components/player.html has of what the script asks for.
function page({ frames = 48, rate = "24/1", attributes = "", around = "" } = {}) {
  html(`${around}<reel-player data-rate="${rate}" data-frames="${frames}" data-width="160" data-height="90" ${attributes}>
    <div class="player-stage"><video></video><p class="player-failed" hidden></p></div>
    <div class="player-seek" style="inline-size: 200px; block-size: 10px">
      <div class="player-range" hidden></div><div class="player-done"></div>
      <input type="range" min="0" max="0" value="0">
      <div class="player-markers"></div>
      <div class="player-peek" hidden><canvas></canvas><span></span></div>
    </div>
    ${BUTTONS.map((name) => `<button data-do="${name}">${name === "clock" ? "<span data-now></span><span data-total></span>" : name}</button>`).join("")}
    <select data-speed><option value="0.5">slow</option><option value="1" selected>1</option><option value="2">2</option></select>
    <input type="range" min="0" max="1" step="0.05" value="1" data-volume>
  </reel-player>`);
}

// A video that plays when it is told to and shows what it is told to; time stands still.
class Film {
  paused = true;
  currentTime = 0;
  seeking = false;
  duration = 2;
  readyState = 4;
  did = [];

  constructor(video) {
    for (const name of ["paused", "currentTime", "seeking", "duration", "readyState"]) {
      Object.defineProperty(video, name, { get: () => this[name], set: (value) => (this[name] = value) });
    }
    video.play = async () => this.tell(video, "play", false);
    video.pause = () => this.paused || this.tell(video, "pause", true);
    video.requestVideoFrameCallback = (act) => (this.presented = act);
  }

  tell(video, name, paused) {
    this.paused = paused;
    this.did.push(name);
    video.dispatchEvent(new Event(name));
  }

  show(seconds) {
    this.currentTime = seconds;
    this.presented(0, { mediaTime: seconds });
  }
}

// The player is put together before the page has it, so that it finds the film.
function player(options) {
  page(options);
  const old = find("reel-player");
  const made = document.createElement("template");
  made.innerHTML = old.outerHTML;
  const element = document.importNode(made.content, true).firstElementChild;
  const film = new Film(element.querySelector("video"));
  old.replaceWith(element);
  return { element, film, video: element.querySelector("video") };
}

const button = (name) => click(find(`[data-do="${name}"]`));
const now = () => find("[data-now]").textContent;
const pressed = (name) => find(`[data-do="${name}"]`).getAttribute("aria-pressed");

test("a player begins at the first frame and knows the last", () => {
  const { element } = player();
  equal([element.frame, element.seek.max, now(), find("[data-total]").textContent], [0, "47", "00:00:00:00", " / 00:00:01:23"]);
});

test("a link to a moment begins there", () => {
  const { element, film } = player({ attributes: 'data-start="1000"' });
  equal(element.frame, 24);
  close(film.currentTime, 24.5 / 24);
});

test("a link to a moment waits until the video can be sought", () => {
  page({ attributes: 'data-start="1000"' });
  const element = find("reel-player");
  equal(element.frame, 0);
  element.video.dispatchEvent(new Event("loadedmetadata"));
  equal(element.frame, 24);
});

test("a page that does not know the number of frames learns it from the length", () => {
  const { element, video } = player({ frames: 0 });
  video.dispatchEvent(new Event("loadedmetadata"));
  equal([element.clock.frames, element.seek.max], [48, "47"]);
});

test("play plays, and the button then says Pause", async () => {
  const { element, film } = player();
  button("play");
  await settled();
  equal([film.did, element.hasAttribute("playing")], [["play"], true]);
  equal(find('[data-do="play"]').getAttribute("aria-label"), "Pause");
  button("play");
  equal([film.did, element.hasAttribute("playing")], [["play", "pause"], false]);
});

test("a press on the picture plays", async () => {
  const { film, video } = player();
  click(video);
  await settled();
  equal(film.did, ["play"]);
});

test("play at the end begins at the beginning", () => {
  const { element } = player();
  element.seekFrame(47);
  element.play();
  equal(element.frame, 0);
});

test("steps go one frame and stop playing", async () => {
  const { element, film } = player();
  element.play();
  await settled();
  button("forward");
  equal([element.frame, film.paused], [1, true]);
  button("back");
  button("back");
  equal(element.frame, 0);
});

test("a step seeks to the middle of its frame", () => {
  const { film } = player({ rate: "24000/1001" });
  button("forward");
  close(film.currentTime, (1.5 * 1001) / 24000, 1e-9);
});

test("a seek never goes beyond the length of the video", () => {
  const { element, film } = player({ frames: 100 });
  element.seekFrame(99);
  equal(film.currentTime, 2);
});

test("dragging the bar seeks", () => {
  const { element } = player();
  element.seek.value = 30;
  element.seek.dispatchEvent(new Event("input"));
  equal(element.frame, 30);
  equal(element.seek.getAttribute("aria-valuetext"), "00:00:01:06, frame 30");
});

test("the frame that the browser presents is the one that is told", () => {
  const { element, film } = player();
  film.show(10 / 24);
  equal([element.frame, now()], [10, "00:00:00:10"]);
});

test("while a seek is under way an older frame does not turn it back", () => {
  const { element, film } = player();
  element.seekFrame(20);
  film.seeking = true;
  film.presented(0, { mediaTime: 3 / 24 });
  equal(element.frame, 20);
});

test("each new frame is an event with its time", () => {
  const { element } = player();
  const heard = [];
  document.addEventListener("frame", ({ detail }) => heard.push(detail));
  element.seekFrame(12);
  element.seekFrame(12);
  equal(heard, [{ frame: 12, timecode: "00:00:00:12", milliseconds: 500 }]);
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

test("a press on a moment of the page goes there and stops", async () => {
  const { element, film } = player({ around: '<a data-seek-frame="33"><b>there</b></a>' });
  element.play();
  await settled();
  click(find("b"));
  equal([element.frame, film.paused], [33, true]);
});

test("the clock shows timecode or frames, and remembers which", () => {
  player();
  button("clock");
  equal([now(), find("[data-total]").textContent], ["0", " / 47"]);
  player();
  equal(now(), "0");
});

test("at the end it stops", async () => {
  const { element, film, video } = player();
  element.play();
  await settled();
  video.dispatchEvent(new Event("ended"));
  equal([film.paused, film.did], [true, ["play", "pause"]]);
});

test("a loop begins again at the end", async () => {
  const { element, film, video } = player({ attributes: "data-loop" });
  equal(pressed("loop"), "true");
  element.play();
  await settled();
  element.seekFrame(47);
  video.dispatchEvent(new Event("ended"));
  await settled();
  equal([element.frame, film.did], [0, ["play", "play"]]);
});

test("the loop is switched on and off", () => {
  player();
  equal(pressed("loop"), "false");
  button("loop");
  equal(pressed("loop"), "true");
  button("loop");
  equal(pressed("loop"), "false");
});

test("a range is shown on the bar, and told", () => {
  const { element } = player({ frames: 101 });
  let told;
  document.addEventListener("range", ({ detail }) => (told = detail));
  element.seekFrame(25);
  button("in");
  element.seekFrame(75);
  button("out");
  const bar = find(".player-range");
  equal([bar.hidden, bar.style.insetInlineStart, bar.style.insetInlineEnd], [false, "25%", "25%"]);
  equal([told, pressed("in"), pressed("out")], [{ start: 25, end: 75 }, "true", "true"]);
});

test("an end before the beginning forgets the beginning, and the other way round", () => {
  const { element } = player();
  element.seekFrame(30);
  element.mark("start");
  element.seekFrame(10);
  element.mark("end");
  equal(element.range, { start: null, end: 10 });
  element.seekFrame(20);
  element.mark("start");
  equal(element.range, { start: 20, end: null });
});

test("a cleared range is gone from the bar", () => {
  const { element } = player();
  element.mark("start");
  element.clearRange();
  equal([element.range, find(".player-range").hidden], [{ start: null, end: null }, true]);
});

test("playing stays within the range and stops at its end", async () => {
  const { element, film } = player();
  element.range = { start: 10, end: 20 };
  element.play();
  await settled();
  equal(element.frame, 10);
  film.show(20 / 24);
  equal([element.frame, film.paused], [20, true]);
});

test("a loop goes round within the range", async () => {
  const { element, film } = player({ attributes: "data-loop" });
  element.range = { start: 10, end: 20 };
  element.play();
  await settled();
  film.show(21 / 24);
  equal([element.frame, film.paused], [10, false]);
});

test("L plays faster with each press, up to four times", async () => {
  const { element, video } = player();
  const rates = [];
  for (let time = 0; time < 4; time += 1) {
    element.shuttle(1);
    await settled();
    rates.push(video.playbackRate);
  }
  equal(rates, [1, 2, 4, 4]);
});

test("J goes back faster with each press, up to eight times", () => {
  const { element } = player();
  element.seekFrame(40);
  const rates = [];
  for (let time = 0; time < 5; time += 1) {
    element.shuttle(-1);
    rates.push(element.reverse);
  }
  equal([rates, element.hasAttribute("playing")], [[1, 2, 4, 8, 8], true]);
});

// Frames of the screen that come when told to.
function screen() {
  const waiting = [];
  globalThis.requestAnimationFrame = (act) => waiting.push(act);
  globalThis.cancelAnimationFrame = (id) => delete waiting[id - 1];
  return (now) => waiting.splice(0).forEach((act) => act?.(now));
}

test("going back keeps the pace of the clip", () => {
  const refresh = screen();
  const { element } = player();
  element.seekFrame(40);
  const began = performance.now();
  element.shuttle(-1);
  refresh(began + 501);
  close(element.frame, 28, 1);
});

test("going back waits for the picture of the last step", () => {
  const refresh = screen();
  const { element, film } = player();
  element.seekFrame(40);
  element.shuttle(-1);
  film.seeking = true;
  refresh(performance.now() + 500);
  equal(element.frame, 40);
});

test("going back ends at the first frame, or where the range begins", () => {
  for (const start of [null, 30]) {
    const refresh = screen();
    const { element } = player();
    element.range = { start, end: null };
    element.seekFrame(40);
    element.shuttle(-1);
    refresh(performance.now() + 10000);
    refresh(performance.now() + 20000);
    equal([element.frame, element.reverse], [start ?? 0, 0]);
  }
});

test("K stops going back", () => {
  const { element } = player();
  element.seekFrame(40);
  element.shuttle(-1);
  press("k");
  equal([element.reverse, element.hasAttribute("playing")], [0, false]);
});

test("play after a shuttle has the speed that was chosen", async () => {
  const { element, video } = player();
  find("[data-speed]").value = "2";
  find("[data-speed]").dispatchEvent(new Event("change"));
  equal(video.playbackRate, 2);
  element.shuttle(1);
  await settled();
  element.toggle();
  element.toggle();
  equal(video.playbackRate, 2);
});

test("sound is switched off and on, and remembered", () => {
  const { video } = player();
  button("mute");
  equal([video.muted, player().video.muted], [true, true]);
});

test("the volume is remembered, and none of it is silence", () => {
  const turn = (value) => {
    find("[data-volume]").value = value;
    find("[data-volume]").dispatchEvent(new Event("input"));
  };
  let { video } = player();
  turn("0.5");
  equal([video.volume, video.muted], [0.5, false]);
  ({ video } = player());
  equal(video.volume, 0.5);
  turn("0");
  equal(video.muted, true);
});

test("a silent player shows so", async () => {
  const { element, video } = player();
  video.muted = true;
  video.dispatchEvent(new Event("volumechange"));
  equal([element.hasAttribute("muted"), pressed("mute"), find("[data-volume]").value], [true, "true", "0"]);
});

test("a video that can't be shown says so", () => {
  const { video } = player();
  video.dispatchEvent(new Event("error"));
  equal(find(".player-failed").hidden, false);
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

test("a player that leaves the page stops and listens no more", async () => {
  const { element } = player();
  element.seekFrame(40);
  element.shuttle(-1);
  element.remove();
  equal(element.reverse, 0);
  element.seek.value = 3;
  element.seek.dispatchEvent(new Event("input"));
  equal(element.frame, 40);
});

test("full screen is asked for and left again", () => {
  const { element } = player();
  let asked = 0;
  element.requestFullscreen = () => (asked += 1);
  button("full");
  equal(asked, 1);
  let left = 0;
  Object.defineProperty(document, "fullscreenElement", { get: () => element });
  document.exitFullscreen = () => (left += 1);
  button("full");
  equal([asked, left], [1, 1]);
});

test("a browser that refuses to play shows that it does not", async () => {
  const { element, video } = player();
  video.play = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  button("play");
  await settled();
  ok(!element.hasAttribute("playing"));
});

test("a step at the last frame stays there, also when the browser says that this is the end", async () => {
  const { element, film, video } = player({ attributes: "data-loop" });
  element.seekFrame(47);
  press("ArrowRight");
  video.dispatchEvent(new Event("ended"));
  await settled();
  equal([element.frame, film.did], [47, []]);
});

test("the first frame is shown, not a poster that is another one", () => {
  const { film } = player();
  close(film.currentTime, 0.5 / 24, 1e-9);
});

test("the speed that J and L reach is the one that the box says", async () => {
  const { element } = player();
  const said = () => find("[data-speed]").selectedOptions[0].textContent;
  for (let time = 0; time < 3; time += 1) {
    element.shuttle(1);
    await settled();
  }
  find("video").dispatchEvent(new Event("ratechange"));
  equal(said(), "4×");
  element.shuttle(-1);
  element.shuttle(-1);
  equal(said(), "−2×");
  element.pause();
  find("video").dispatchEvent(new Event("ratechange"));
  equal([said(), find("[data-speed]").options.length], ["1", 3]);
});

const WRITING =
  '<input data-frame-field><output data-frame-timecode></output><input type="checkbox" name="at_frame" checked><textarea data-comment-box></textarea>';

test("a comment keeps the frame at which somebody began to write it", async () => {
  const { element, film } = player({ around: WRITING, frames: 200 });
  element.play();
  film.show(34 / 24);
  find("textarea").focus();
  find("textarea").value = "The logo";
  film.show(121 / 24);
  equal([element.frame, find("[data-frame-field]").value, find("output").textContent], [121, "34", "00:00:01:10"]);
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
