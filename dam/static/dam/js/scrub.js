// Moving over a card plays through its sprite. The sprite is fetched at the first touch, not before.
import * as tiles from "./player/tiles.js";

async function scrub(thumb, event) {
  const image = await tiles.load(thumb.dataset.sprite);
  if (!image || !thumb.matches(":hover")) return;
  const canvas = thumb.querySelector(".thumb-scrub");
  const box = thumb.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  canvas.hidden = false;
  canvas.width = Math.round(box.width * devicePixelRatio);
  canvas.height = Math.round(box.height * devicePixelRatio);
  tiles.draw(canvas, image, {
    columns: Number(thumb.dataset.columns),
    rows: Number(thumb.dataset.rows),
    tiles: Number(thumb.dataset.tiles),
    share,
    fit: thumb.dataset.fit,
  });
  thumb.querySelector(".thumb-at").style.inlineSize = `${share * 100}%`;
}

// Cards lie under their link, so the pointer is looked for on the card.
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const thumb = event.target.closest?.(".card")?.querySelector(".thumb[data-sprite]");
  if (thumb && thumb.matches(":hover")) scrub(thumb, event);
});

document.addEventListener(
  "pointerout",
  (event) => {
    const card = event.target.closest?.(".card");
    if (!card || card.contains(event.relatedTarget)) return;
    const canvas = card.querySelector(".thumb-scrub");
    if (canvas) canvas.hidden = true;
    const line = card.querySelector(".thumb-at");
    if (line) line.style.inlineSize = "0";
  },
  true,
);
