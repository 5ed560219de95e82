import { equal, ok, settled, test } from "/tests/harness.js";
import { player } from "/tests/player/film.js";

const CALM = { matches: false, addEventListener: (_name, act) => (CALM.changed = act) };
globalThis.matchMedia = () => CALM;

function quiet({ calm = false } = {}) {
  CALM.matches = calm;
  return player({ attributes: "data-loop data-quiet" });
}

test("one of several begins by itself, without sound", async () => {
  const { film, video } = quiet();
  await settled();
  equal([film.did, video.muted], [["play"], true]);
});

test("its silence is not that of other players", () => {
  quiet();
  equal(localStorage.getItem("player-muted"), null);
  ok(!player().video.muted);
});

test("who wants no motion gets a still picture", async () => {
  const { element, film } = quiet({ calm: true });
  await settled();
  equal([film.did, element.frame], [[], 0]);
});

test("a wish that changes is followed at once", async () => {
  const { film } = quiet();
  await settled();
  CALM.matches = true;
  CALM.changed(CALM);
  CALM.matches = false;
  CALM.changed(CALM);
  await settled();
  equal(film.did, ["play", "pause", "play"]);
});

test("another player stands until somebody plays it", async () => {
  CALM.matches = false;
  const { film } = player();
  await settled();
  equal(film.did, []);
});
