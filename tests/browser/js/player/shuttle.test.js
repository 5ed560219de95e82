import { close, equal, find, press, settled, test } from "/tests/harness.js";
import { button, player, pressed } from "/tests/player/film.js";

// Frames of the screen that come when told to.
function screen() {
  const waiting = [];
  globalThis.requestAnimationFrame = (act) => waiting.push(act);
  globalThis.cancelAnimationFrame = (id) => delete waiting[id - 1];
  return (now) => waiting.splice(0).forEach((act) => act?.(now));
}

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
  equal([told, pressed("in"), pressed("out")], [{ start: 25, end: 75, marked: true }, "true", "true"]);
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
