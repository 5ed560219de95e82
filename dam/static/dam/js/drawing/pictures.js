// The small pictures of drawings in the list of comments: the frame behind them, and pencils as wide as they were pressed.
import * as tiles from "../player/tiles.js";
import { draw, parse } from "./shapes.js";

export function showPictures(player) {
  for (const svg of document.querySelectorAll("svg[data-shapes]")) {
    const { width, height } = svg.viewBox.baseVal;
    svg.replaceChildren(...parse(svg.dataset.shapes).map((shape) => draw(shape, width, height)));
    svg.removeAttribute("data-shapes");
    showFrame(player, svg.parentElement, height / width);
  }
}

// Copies of what the page's comments have drawn at a frame, of those that can be seen. `of` narrows them, as a selector,
// and `shows` by their small picture.
export function drawnAt(frame, of = "", shows = () => true) {
  const drawn = [...document.querySelectorAll(`[data-drawing-of="${frame}"]${of} > svg`)].filter((svg) => shows(svg.parentElement));
  return drawn.filter((svg) => svg.checkVisibility()).flatMap((svg) => [...svg.cloneNode(true).children]);
}

async function showFrame(player, button, ratio) {
  const canvas = button.querySelector("canvas");
  if (!player.dataset.sprite) return void showOwn(player, canvas, { frame: Number(button.dataset.drawingOf), ratio });
  const image = await tiles.load(player.dataset.sprite);
  if (!image) return;
  canvas.width = 256;
  canvas.height = Math.max(1, Math.round(256 * ratio));
  tiles.draw(canvas, image, { ...tiles.grid(player.dataset), frame: Number(button.dataset.drawingOf) });
}

// Where a page has no sprite, as for people from outside, the picture is taken out of the clip itself: by a second
// video, one frame after the other, so that what they watch stays where it is.
const own = new Map();
let film;
let last = Promise.resolve();

async function showOwn(player, canvas, { frame, ratio }) {
  if (!canvas || !player.video || player.isSound) return; // an image is there by itself
  if (!own.has(frame)) own.set(frame, (last = last.then(() => take(player, frame)).catch(() => null)));
  const picture = await own.get(frame);
  if (!picture) return void own.delete(frame);
  canvas.width = picture.width;
  canvas.height = Math.max(1, Math.round(picture.width * ratio));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
}

async function take(player, frame) {
  film ??= Object.assign(document.createElement("video"), { muted: true, preload: "auto", src: player.video.currentSrc });
  if (film.readyState < 1) await until("loadedmetadata");
  film.currentTime = player.clock.middleOf(frame);
  await until("seeked");
  return createImageBitmap(film, { resizeWidth: 256, resizeQuality: "high" });
}

const until = (name) =>
  new Promise((done, failed) => {
    film.addEventListener(name, done, { once: true });
    film.addEventListener("error", failed, { once: true });
  });
