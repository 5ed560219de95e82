import { equal, find, html, test } from "/tests/harness.js";

const poster = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";

// The script is bound to the page, so each test has one of its own.
async function page({ chosen = true } = {}) {
  html(`<form id="brief">
    <input type="radio" name="size" value="256x144" checked><input type="radio" name="size" value="144x256">
    <input type="radio" name="source_source" value="a" data-poster="${poster}" ${chosen ? "checked" : ""}>
    <fieldset data-region><div data-region-picture hidden style="inline-size: 200px">
      <img alt="" style="inline-size: 100%; block-size: 100%"><span data-region-box></span></div>
    <p data-region-hint hidden></p>
    <input name="left" value="25"><input name="top" value="25"><input name="width" value="50"><input name="height" value="50">
    </fieldset></form>`);
  await import("/static/dam/js/region.js");
}
const box = () => ["left", "top", "width", "height"].map((side) => find("[data-region-box]").style[side]);
const values = () => ["left", "top", "width", "height"].map((name) => find(`[name=${name}]`).value);

function drag([x, y], [toX, toY]) {
  const picture = find("[data-region-picture]");
  picture.setPointerCapture = () => {};
  const place = picture.getBoundingClientRect();
  const at = (type, left, top) => {
    const where = { clientX: place.left + (left / 100) * place.width, clientY: place.top + (top / 100) * place.height };
    picture.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, pointerId: 1, ...where }));
  };
  at("pointerdown", x, y);
  at("pointermove", toX, toY);
  at("pointerup", toX, toY);
  return at;
}

test("the rectangle is shown on the chosen picture, in the shape that the clip will have", async () => {
  await page();
  const picture = find("[data-region-picture]");
  equal([picture.hidden, find("[data-region-hint]").hidden], [false, false]);
  equal([box(), picture.style.aspectRatio], [["25%", "25%", "50%", "50%"], "256 / 144"]);
});

test("without a picture there are only the numbers", async () => {
  await page({ chosen: false });
  equal(find("[data-region-picture]").hidden, true);
  find("[name=source_source]").checked = true;
  find("[name=source_source]").dispatchEvent(new Event("change", { bubbles: true }));
  equal([find("[data-region-picture]").hidden, find("img").getAttribute("src")], [false, poster]);
});

test("numbers move the rectangle, another size changes the shape", async () => {
  await page();
  find("[name=left]").value = 10;
  find("[name=left]").dispatchEvent(new Event("input", { bubbles: true }));
  find("[value='144x256']").checked = true;
  find("[value='144x256']").dispatchEvent(new Event("change", { bubbles: true }));
  equal([box()[0], find("[data-region-picture]").style.aspectRatio], ["10%", "144 / 256"]);
});

test("a rectangle is drawn from any corner, and never beyond the picture", async () => {
  await page();
  drag([80, 60], [20, 40]);
  equal([values(), box()], [["20", "40", "60", "20"], ["20%", "40%", "60%", "20%"]]);
  drag([90, 90], [150, 180]);
  equal(values(), ["90", "90", "10", "10"]);
  drag([100, 100], [100, 100]);
  equal(values(), ["90", "90", "10", "10"]);
});

test("after drawing the pointer is free again", async () => {
  await page();
  const at = drag([10, 10], [30, 30]);
  at("pointermove", 90, 90);
  equal(values(), ["10", "10", "20", "20"]);
});
