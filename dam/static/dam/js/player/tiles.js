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

// Which tile stands for a frame. `frames` are the tiles' own, each from the middle of the part it stands for.
export function at(frame, frames) {
  const gaps = frames.slice(1).map((own, index) => own - frames[index]);
  const half = gaps.length ? Math.floor(Math.min(...gaps) / 2) : 0;
  return Math.max(0, frames.findLastIndex((own) => own <= frame + half));
}

// What a page says of a sprite: columns, rows and the frames of its tiles.
export function grid({ columns, rows, tiles }) {
  return { columns: Number(columns), rows: Number(rows), frames: tiles.split(" ").map(Number) };
}

// The canvas keeps its own shape; the tile for the frame is cut or fitted to it.
export function draw(canvas, image, { columns, rows, frames, frame, fit = "cover" }) {
  const index = at(frame, frames);
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
