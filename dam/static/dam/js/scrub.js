// Moving over a card plays through its sprite. The sprite is fetched at the first touch, not before.
import * as tiles from "./player/tiles.js";

let active = null;

function inside(box, { clientX: x, clientY: y }) {
  return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
}

async function scrub(thumb, event) {
  const image = await tiles.load(thumb.dataset.sprite);
  if (!image || active !== thumb) return;
  const box = thumb.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  const canvas = thumb.querySelector(".thumb-scrub");
  const width = Math.round(box.width * devicePixelRatio);
  if (canvas.width !== width) {
    canvas.width = width;
    canvas.height = Math.round(box.height * devicePixelRatio);
  }
  canvas.hidden = false;
  const frame = Math.floor(share * Number(thumb.dataset.frames));
  tiles.draw(canvas, image, { ...tiles.grid(thumb.dataset), frame, fit: thumb.dataset.fit });
  thumb.querySelector(".thumb-at").style.inlineSize = `${share * 100}%`;
}

function rest() {
  active?.querySelector(".thumb-scrub").setAttribute("hidden", "");
  active?.querySelector(".thumb-at").style.setProperty("inline-size", "0");
  active = null;
}

// A card's link lies over its picture, so where the pointer is counts, not what it is over.
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const thumb = event.target.closest?.(".card")?.querySelector(".thumb[data-sprite]");
  const over = thumb && inside(thumb.getBoundingClientRect(), event) ? thumb : null;
  if (active && active !== over) rest();
  if (!over) return;
  active = over;
  scrub(over, event);
});
