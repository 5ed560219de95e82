// One picture out of a sprite, drawn to fill a canvas.

const loaded = new Map();

export function load(url) {
  if (!loaded.has(url)) {
    const image = new Image();
    image.src = url;
    loaded.set(
      url,
      image.decode().then(
        () => image,
        () => {
          loaded.delete(url);
          return null;
        },
      ),
    );
  }
  return loaded.get(url);
}

// `share` from 0 to 1 picks the tile. The canvas keeps its own shape; the tile is cut or fitted to it.
export function draw(canvas, image, { columns, rows, tiles, share, fit = "cover" }) {
  const index = Math.min(tiles - 1, Math.max(0, Math.floor(share * tiles)));
  const width = image.naturalWidth / columns;
  const height = image.naturalHeight / rows;
  const scale =
    fit === "cover" ? Math.max(canvas.width / width, canvas.height / height) : Math.min(canvas.width / width, canvas.height / height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.save();
  context.beginPath();
  context.rect(0, 0, canvas.width, canvas.height);
  context.clip();
  context.drawImage(
    image,
    (index % columns) * width,
    Math.floor(index / columns) * height,
    width,
    height,
    (canvas.width - width * scale) / 2,
    (canvas.height - height * scale) / 2,
    width * scale,
    height * scale,
  );
  context.restore();
}
