import * as tiles from "/static/dam/js/player/tiles.js";
import { close, equal, html, ok, test } from "/tests/harness.js";

// A sprite of 2 by 2 tiles, 80 by 40 pixels each: red, green, blue, white.
const COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffffff"];

function sprite() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 80 });
  const context = canvas.getContext("2d");
  COLOURS.forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect((index % 2) * 80, Math.floor(index / 2) * 40, 80, 40);
  });
  return canvas.toDataURL();
}

function pixel(canvas, x, y) {
  const [red, green, blue, alpha] = canvas.getContext("2d").getImageData(x, y, 1, 1).data;
  return alpha ? `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}` : null;
}

const FRAMES = [1, 3, 5, 7];

async function drawn(frame, { width = 80, height = 40, fit } = {}) {
  const canvas = html(`<canvas width="${width}" height="${height}"></canvas>`);
  const image = await tiles.load(sprite());
  tiles.draw(canvas, image, { columns: 2, rows: 2, frames: FRAMES, frame, fit });
  return canvas;
}

test("a sprite is loaded once, however often it is asked for", () => {
  const url = sprite();
  equal(tiles.load(url), tiles.load(url));
});

test("a sprite that is not there gives nothing, and is asked for again next time", async () => {
  const first = tiles.load("/static/no-such-sprite.webp");
  equal(await first, null);
  ok(tiles.load("/static/no-such-sprite.webp") !== first);
});

test("each frame shows the tile of its part", async () => {
  for (const [index, colour] of COLOURS.entries()) {
    equal(pixel(await drawn(2 * index), 40, 20), colour);
    equal(pixel(await drawn(2 * index + 1), 40, 20), colour);
  }
});

test("a clip of few frames shows each frame itself", () => {
  const frames = Array.from({ length: 17 }, (_, frame) => frame);
  equal(frames.map((frame) => tiles.at(frame, frames)), frames);
});

test("a tile stands for as many frames before it as behind it", () => {
  const frames = Array.from({ length: 25 }, (_, part) => Math.floor(((2 * part + 1) * 275) / 50));
  for (let frame = 0; frame < 275; frame += 1) equal(tiles.at(frame, frames), Math.floor(frame / 11));
});

test("the end shows the last tile, and what lies outside the nearest", async () => {
  equal(pixel(await drawn(8), 40, 20), COLOURS[3]);
  equal(pixel(await drawn(99), 40, 20), COLOURS[3]);
  equal(pixel(await drawn(-1), 40, 20), COLOURS[0]);
});

test("a canvas of the tile's shape is filled to its corners", async () => {
  const canvas = await drawn(0);
  equal([pixel(canvas, 0, 0), pixel(canvas, 79, 39)], [COLOURS[0], COLOURS[0]]);
});

test("a tile that covers leaves no part of a square canvas empty", async () => {
  const canvas = await drawn(0, { width: 40, height: 40 });
  for (const [x, y] of [[1, 1], [38, 1], [1, 38], [38, 38]]) equal(pixel(canvas, x, y), COLOURS[0]);
});

test("a tile that is fitted leaves bars above and below", async () => {
  const canvas = await drawn(0, { width: 40, height: 40, fit: "contain" });
  equal([pixel(canvas, 20, 2), pixel(canvas, 20, 20), pixel(canvas, 20, 37)], [null, COLOURS[0], null]);
});

test("what was drawn before is gone", async () => {
  const canvas = await drawn(0);
  const image = await tiles.load(sprite());
  tiles.draw(canvas, image, { columns: 2, rows: 2, frames: FRAMES, frame: 3, fit: "contain" });
  equal(pixel(canvas, 40, 20), COLOURS[1]);
});

test("a sprite whose last row is not full never shows what is not there", async () => {
  const canvas = html('<canvas width="80" height="40"></canvas>');
  tiles.draw(canvas, await tiles.load(sprite()), { columns: 2, rows: 2, frames: [1, 3, 5], frame: 7 });
  equal(pixel(canvas, 40, 20), COLOURS[2]);
});

test("drawing leaves the canvas as large as it was", async () => {
  const canvas = await drawn(4, { width: 33, height: 21 });
  close(canvas.width, 33);
  close(canvas.height, 21);
});
