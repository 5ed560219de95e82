import { recall, remember } from "/static/dam/js/player/memory.js";
import { equal, test } from "/tests/harness.js";

const forbid = () =>
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw new DOMException("denied", "SecurityError");
    },
  });

test("what is remembered is recalled as it was", () => {
  remember("volume", 0.25);
  remember("muted", true);
  equal([recall("volume", 1), recall("muted", false)], [0.25, true]);
});

test("what was never remembered is what is given instead", () => {
  equal(recall("volume", 1), 1);
});

test("false and 0 are remembered, not taken for nothing", () => {
  remember("muted", false);
  remember("volume", 0);
  equal([recall("muted", true), recall("volume", 1)], [false, 0]);
});

test("something unreadable in the browser's memory is as good as nothing", () => {
  localStorage.setItem("player-volume", "{loud");
  equal(recall("volume", 1), 1);
});

test("names do not run into those of other pages", () => {
  remember("volume", 0.5);
  equal(Object.keys(localStorage), ["player-volume"]);
});

test("a browser that keeps nothing is no failure", () => {
  forbid();
  remember("volume", 0.5);
  equal(recall("volume", 1), 1);
});
