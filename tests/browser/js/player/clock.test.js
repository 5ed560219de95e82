import { Clock } from "/static/dam/js/player/clock.js";
import { close, equal, test } from "/tests/harness.js";

const RATES = ["24/1", "25/1", "30/1", "24000/1001", "30000/1001", "60000/1001", "12/1"];

test("the last frame is one before their number", () => {
  equal(new Clock("24/1", 48).last, 47);
});

test("a clip of no frames has frame 0 as its last", () => {
  equal(new Clock("24/1", 0).last, 0);
});

test("a frame is held between the first and the last", () => {
  const clock = new Clock("24/1", 48);
  equal([-3, 0, 20, 47, 48, 1000].map((frame) => clock.clamp(frame)), [0, 0, 20, 47, 47, 47]);
});

test("the middle of a frame is half a frame after its beginning", () => {
  close(new Clock("25/1", 100).middleOf(0), 0.02);
  close(new Clock("25/1", 100).middleOf(10), 0.42);
});

test("the middle of a frame is exact at rates that are no whole number", () => {
  close(new Clock("24000/1001", 5000).middleOf(2400), (2400.5 * 1001) / 24000, 1e-12);
});

test("seeking to the middle of any frame shows that frame", () => {
  for (const rate of RATES) {
    const clock = new Clock(rate, 5000);
    for (let frame = 0; frame < 5000; frame += 7) equal(clock.frameAt(clock.middleOf(frame)), frame);
  }
});

test("the beginning of a frame belongs to it, also when rounding took a little off", () => {
  for (const rate of RATES) {
    const clock = new Clock(rate, 5000);
    for (let frame = 0; frame < 5000; frame += 11) {
      const begin = (frame * clock.denominator) / clock.numerator;
      equal(clock.frameAt(begin - 1e-9), frame);
    }
  }
});

test("a decoder's time a third of a frame off still means the same frame", () => {
  const clock = new Clock("24000/1001", 500);
  const frame = 1001 / 24000;
  equal(clock.presentedAt(100 * frame + frame / 3), 100);
  equal(clock.presentedAt(100 * frame - frame / 3), 100);
});

test("a time after the end is the last frame, one before the beginning the first", () => {
  const clock = new Clock("24/1", 48);
  equal([clock.frameAt(99), clock.presentedAt(99), clock.frameAt(-1), clock.presentedAt(-1)], [47, 47, 0, 0]);
});

test("timecode counts hours, minutes, seconds and frames", () => {
  const clock = new Clock("25/1", 200000);
  equal(clock.timecode(0), "00:00:00:00");
  equal(clock.timecode(24), "00:00:00:24");
  equal(clock.timecode(25), "00:00:01:00");
  equal(clock.timecode(25 * 60), "00:01:00:00");
  equal(clock.timecode(25 * 3600 + 25 * 61 + 3), "01:01:01:03");
});

test("timecode is counted in the nominal rate: 24 for 23.976, 30 for 29.97", () => {
  equal(new Clock("24000/1001", 100).timecode(24), "00:00:01:00");
  equal(new Clock("30000/1001", 100).timecode(30), "00:00:01;00");
});

// As tests/unit/provenance/test_marker_files.py has them: the page and the exports say the same.
const DROPPED = [
  ["30000/1001", 1798, "00:00:59;28"],
  ["30000/1001", 1799, "00:00:59;29"],
  ["30000/1001", 1800, "00:01:00;02"],
  ["30000/1001", 3597, "00:01:59;29"],
  ["30000/1001", 3598, "00:02:00;02"],
  ["30000/1001", 17981, "00:09:59;29"],
  ["30000/1001", 17982, "00:10:00;00"],
  ["30000/1001", 107892, "01:00:00;00"],
  ["60000/1001", 3599, "00:00:59;59"],
  ["60000/1001", 3600, "00:01:00;04"],
  ["60000/1001", 35964, "00:10:00;00"],
];

test("at 29.97 and 59.94 timecode is drop-frame, as exports and editing programs count", () => {
  for (const [rate, frame, timecode] of DROPPED) equal(new Clock(rate, 200000).timecode(frame), timecode);
});

test("at 23.976 no number is dropped", () => {
  equal(new Clock("24000/1001", 5000).timecode(1440), "00:01:00:00");
});

test("a rate below one frame a second still has a timecode", () => {
  equal(new Clock("1/4", 10).timecode(3), "00:00:03:00");
});

test("ninety-nine frames of a fast rate keep their two digits", () => {
  equal(new Clock("120/1", 500).timecode(119), "00:00:00:119");
});

test("while one picture is held, the time says which frame is shown", () => {
  const clock = new Clock("25/1", 20000, [[99, 14999]]);
  equal(clock.shownAt(98 / 25, 5), 98);
  equal(clock.shownAt(99 / 25, clock.middleOf(99)), 99);
  equal(clock.shownAt(99 / 25, clock.middleOf(7000)), 7000);
  equal(clock.shownAt(99 / 25, clock.middleOf(16000)), 14999);
  equal(clock.shownAt(15000 / 25, clock.middleOf(15000)), 15000);
});

test("a moment's time, rounded to milliseconds, leads back to its frame", () => {
  for (const rate of RATES) {
    const clock = new Clock(rate, 5000);
    for (let frame = 0; frame < 5000; frame += 1) {
      const rounded = Math.round((frame * 1000 * clock.denominator) / clock.numerator);
      equal(clock.frameAtMilliseconds(rounded), frame);
    }
  }
});
