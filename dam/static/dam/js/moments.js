// Frames of moments: each canvas [data-tile] shows its frame out of the card's sprite, once it comes into view.
import * as tiles from "./player/tiles.js";

async function show(canvas) {
  const card = canvas.closest("[data-moments]");
  const source = card?.querySelector("[data-sprite]");
  const image = source && (await tiles.load(source.dataset.sprite));
  if (!image) return;
  const box = (canvas.parentElement ?? canvas).getBoundingClientRect();
  canvas.width = Math.round(box.width * devicePixelRatio);
  canvas.height = Math.round(box.height * devicePixelRatio);
  canvas.hidden = false;
  const fit = canvas.closest("[data-fit]")?.dataset.fit;
  tiles.draw(canvas, image, { ...tiles.grid(source.dataset), frame: Number(canvas.dataset.tile), fit });
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      for (const canvas of target.querySelectorAll("canvas[data-tile]")) show(canvas);
    }
  },
  { rootMargin: "200px" },
);

function watch(root) {
  for (const card of root.querySelectorAll("[data-moments]")) watcher.observe(card);
}

watch(document);
document.addEventListener("htmx:load", (event) => watch(event.target.parentElement ?? document));
