import { bringBack, set, toggle } from "/static/dam/js/player/volume.js";
import { equal, test } from "/tests/harness.js";

const video = () => document.createElement("video");
const heard = ({ volume, muted }) => [volume, muted];

test("the next player is as loud as the last one was set", () => {
  set(video(), 0.5);
  const next = video();
  bringBack(next);
  equal(heard(next), [0.5, false]);
});

test("none of it is silence, which is switched off at the level from before", () => {
  const first = video();
  set(first, 0.25);
  set(first, 0);
  equal(heard(first), [0, true]);
  toggle(first);
  equal(heard(first), [0.25, false]);
});

test("silence is remembered apart from the level", () => {
  const first = video();
  set(first, 0.75);
  toggle(first);
  const next = video();
  bringBack(next);
  equal(heard(next), [0.75, true]);
});
