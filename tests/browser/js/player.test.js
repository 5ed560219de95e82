import { click, close, equal, find, ok, press, settled, test } from "/tests/harness.js";
import { button, now, page, player, pressed } from "/tests/player/film.js";

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

test("who seeks before the video can be sought stays there", () => {
  page({ attributes: 'data-start="1000"' });
  const element = find("reel-player");
  element.seekFrame(30);
  element.video.dispatchEvent(new Event("loadedmetadata"));
  equal(element.frame, 30);
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

test("sound that was turned down to nothing comes back as loud as it was", () => {
  const turn = (value) => {
    find("[data-volume]").value = value;
    find("[data-volume]").dispatchEvent(new Event("input"));
  };
  player();
  turn("0.3");
  turn("0");
  const { video } = player(); // the next page
  button("mute");
  equal([video.muted, video.volume], [false, 0.3]);
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
