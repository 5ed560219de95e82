import { equal, find, html, send, settled, test } from "/tests/harness.js";

// A sprite of two tiles, 80 by 40 pixels each: red and green.
function sprite() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 40 });
  const context = canvas.getContext("2d");
  ["#ff0000", "#00ff00"].forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect(index * 80, 0, 80, 40);
  });
  return canvas.toDataURL();
}

const card = (frame, url = sprite()) => `<article data-moments>
  <div data-sprite="${url}" data-columns="2" data-rows="1" data-tiles="5 15"></div>
  <p style="width:80px;height:40px;margin:0"><canvas data-tile="${frame}" hidden></canvas></p></article>`;

const load = (markup) => (html(`<main>${markup}</main>`), import("/static/dam/js/moments.js"));

// Cards come into view, and sprites are read, when the browser gets to it.
async function shown() {
  for (let turn = 0; turn < 100 && find("canvas").hidden; turn += 1) {
    await new Promise(requestAnimationFrame);
    await settled();
  }
  return !find("canvas").hidden;
}

const colour = () => [...find("canvas").getContext("2d").getImageData(find("canvas").width / 2, 20, 1, 1).data].slice(0, 3);

test("a moment shows the tile of its frame", async () => {
  await load(card(15));
  equal([await shown(), colour()], [true, [0, 255, 0]]);
});

test("a card that htmx brings shows its moments too", async () => {
  await load("");
  find("main").innerHTML = card(5);
  send("htmx:load", {}, find("article"));
  equal([await shown(), colour()], [true, [255, 0, 0]]);
});

test("a card far below the window waits until it is near", async () => {
  await load(`<div style="height:3000px"></div>${card(15)}`);
  equal(await shown(), false);
  find("article").scrollIntoView();
  equal(await shown(), true);
});

test("a moment whose sprite can't be read stays hidden", async () => {
  await load(card(15, "/static/no-such-sprite.webp"));
  equal(await shown(), false);
});
