import { equal, find, html, test } from "/tests/harness.js";

async function page() {
  html(`<div data-cut-player="2"><reel-stub data-rate="25/1"></reel-stub></div>
    <input id="in-2" value="0"><input id="out-2" value="4">
    <span data-cut-focus="1" style="display: block; inline-size: 200px; block-size: 100px">
      <span data-cut-mark hidden></span></span><input id="x-1" value="50"><input id="y-1" value="50">`);
  await import("/static/dam/js/cut.js");
}
const mark = (detail) => find("reel-stub").dispatchEvent(new CustomEvent("range", { bubbles: true, detail }));
const point = (type, x, y) => {
  const box = find("[data-cut-focus]").getBoundingClientRect();
  const at = { clientX: box.left + x, clientY: box.top + y, bubbles: true, cancelable: true };
  find("[data-cut-focus]").dispatchEvent(new PointerEvent(type, at));
};

test("a range that is marked is where the piece begins and ends", async () => {
  await page();
  mark({ start: 0, end: 97, marked: false });
  equal([find("#in-2").value, find("#out-2").value], ["0", "4"]);
  mark({ start: 10, end: 97, marked: true });
  equal([find("#in-2").value, find("#out-2").value], ["0.4", "4"]);
  mark({ start: 10, end: 24, marked: true });
  equal([find("#in-2").value, find("#out-2").value], ["0.4", "1"]);
});

test("what stays in the picture is dragged on it, and follows the fields", async () => {
  await page();
  equal([find("[data-cut-mark]").hidden, find("[data-cut-mark]").style.left], [false, "50%"]);
  point("pointerdown", 20, 50);
  point("pointermove", 150, 25);
  point("pointerup", 150, 25);
  point("pointermove", 10, 10);
  equal([find("#x-1").value, find("#y-1").value, find("[data-cut-mark]").style.left], ["75", "25", "75%"]);
  find("#x-1").value = "10";
  find("#x-1").dispatchEvent(new Event("input"));
  equal(find("[data-cut-mark]").style.left, "10%");
});
