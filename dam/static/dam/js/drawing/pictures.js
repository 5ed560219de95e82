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
  if (!player.dataset.sprite) return;
  const canvas = button.querySelector("canvas");
  const image = await tiles.load(player.dataset.sprite);
  if (!image) return;
  canvas.width = 256;
  canvas.height = Math.max(1, Math.round(256 * ratio));
  tiles.draw(canvas, image, { ...tiles.grid(player.dataset), frame: Number(button.dataset.drawingOf) });
}
