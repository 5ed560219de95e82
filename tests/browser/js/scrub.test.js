import { close, equal, find, html, ok, pointer, settled, test } from "/tests/harness.js";

function sprite() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 10 });
  const context = canvas.getContext("2d");
  ["#ff0000", "#0000ff"].forEach((colour, index) => {
    context.fillStyle = colour;
    context.fillRect(index * 20, 0, 20, 10);
  });
  return canvas.toDataURL();
}

const CARD = (url) => `
  <article class="card" style="position: relative; inline-size: 200px">
    <div class="thumb" ${url ? `data-sprite="${url}"` : ""} data-columns="2" data-rows="1" data-tiles="12 36" data-frames="48"
         style="inline-size: 200px; block-size: 100px">
      <canvas class="thumb-scrub" hidden style="inline-size: 200px; block-size: 100px"></canvas>
      <span class="thumb-at" style="display: block"></span>
    </div>
    <p>Title</p>
    <a href="#clip" style="position: absolute; inset: 0">Open</a>
  </article>`;

async function load(...urls) {
  document.body.style.margin = "0";
  html(`<main>${urls.map(CARD).join("")}</main><footer>Elsewhere</footer>`);
  await import("/static/dam/js/scrub.js");
}

const cards = () => [...document.querySelectorAll(".card")];

async function over(card, share, options = {}) {
  const box = card.querySelector(".thumb").getBoundingClientRect();
  pointer("pointermove", card.querySelector("a"), { clientX: box.left + box.width * share, clientY: box.top + 5, ...options });
  for (let turn = 0; turn < 10; turn += 1) await settled();
}

const isShown = (card) => !card.querySelector("canvas").hidden;

function colour(card) {
  const canvas = card.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
  return data[0] > data[2] ? "red" : "blue";
}

test("moving over a card shows the picture of that place", async () => {
  await load(sprite());
  await over(cards()[0], 0.25);
  ok(isShown(cards()[0]));
  equal(colour(cards()[0]), "red");
  await over(cards()[0], 0.75);
  equal(colour(cards()[0]), "blue");
});

test("a line tells how far along the place is", async () => {
  await load(sprite());
  await over(cards()[0], 0.5);
  close(parseFloat(find(".thumb-at").style.inlineSize), 50, 1);
});

test("leaving the card brings its still picture back", async () => {
  await load(sprite());
  await over(cards()[0], 0.5);
  pointer("pointermove", find("footer"));
  equal(isShown(cards()[0]), false);
  equal(find(".thumb-at").style.inlineSize, "0px");
});

test("the words below the picture are not the picture", async () => {
  await load(sprite());
  const box = find(".thumb").getBoundingClientRect();
  pointer("pointermove", find("p"), { clientX: box.left + 20, clientY: box.bottom + 5 });
  await settled();
  equal(isShown(cards()[0]), false);
});

test("going from one card to the next plays one at a time", async () => {
  await load(sprite(), sprite());
  await over(cards()[0], 0.5);
  await over(cards()[1], 0.5);
  equal(cards().map(isShown), [false, true]);
});

test("a finger scrolls and does not scrub", async () => {
  await load(sprite());
  await over(cards()[0], 0.5, { pointerType: "touch" });
  equal(isShown(cards()[0]), false);
});

test("a card without a sprite yet stays still", async () => {
  await load("");
  await over(cards()[0], 0.5);
  equal(isShown(cards()[0]), false);
});

test("a sprite that can't be fetched leaves the still picture", async () => {
  await load("data:image/png;base64,broken");
  await over(cards()[0], 0.5);
  equal(isShown(cards()[0]), false);
});

test("a sprite that comes after the pointer has left is not shown", async () => {
  await load(sprite());
  const box = find(".thumb").getBoundingClientRect();
  pointer("pointermove", find(".card a"), { clientX: box.left + 20, clientY: box.top + 5 });
  pointer("pointermove", find("footer"));
  for (let turn = 0; turn < 10; turn += 1) await settled();
  equal(isShown(cards()[0]), false);
});

test("the drawing is as fine as the screen", async () => {
  await load(sprite());
  await over(cards()[0], 0.5);
  const canvas = find("canvas");
  equal([canvas.width, canvas.height], [200 * devicePixelRatio, 100 * devicePixelRatio]);
});
