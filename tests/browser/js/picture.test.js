import { equal, find, html, press, test } from "/tests/harness.js";
import "/static/dam/js/picture.js";

const PIXELS = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='800' height='400'/%3E";

async function open(said = 800) {
  html(`<reel-picture data-width="${said}" style="display: block; inline-size: 400px"><div class="picture-stage" style="overflow: auto; inline-size: 400px; block-size: 200px">
    <a href="#alone"><img src="${PIXELS}" style="inline-size: 400px"></a></div>
    <div class="picture-bar" hidden><button data-zoom="out">out</button><output data-scale></output>
    <button data-zoom="in">in</button><button data-zoom="fit">fit</button><button data-zoom="whole">whole</button></div></reel-picture>`);
  await find("img").decode();
  return find("reel-picture");
}
const zoomed = () => find(".picture-stage").hasAttribute("data-zoomed");
const scale = () => find("[data-scale]").textContent;
const width = () => find(".picture-stage").style.getPropertyValue("--picture-width");

test("its bar appears, and says how large the picture is shown", async () => {
  await open();
  equal([find(".picture-bar").hidden, zoomed(), scale()], [false, false, "50%"]);
});

test("a click shows the picture in its own size, and the next one all of it", async () => {
  await open();
  find("a").click();
  equal([zoomed(), width(), location.hash], [true, "800px", ""]);
  find("a").click();
  equal(zoomed(), false);
});

test("keys and buttons zoom in steps, never below what fits", async () => {
  await open();
  press("+");
  equal([zoomed(), scale()], [true, "75%"]);
  find('[data-zoom="out"]').click();
  equal(zoomed(), false);
  press("1");
  equal(scale(), "100%");
  press("0");
  equal(zoomed(), false);
});

test("a drawing of few pixels that is shown larger comes closer, never smaller", async () => {
  await open(20); // drawn 800 wide, shown 400 wide
  equal(scale(), "2,000%");
  find('[data-zoom="in"]').click();
  equal([zoomed(), scale()], [true, "3,000%"]);
  press("0");
  find("a").click();
  equal([zoomed(), scale()], [true, "3,000%"]);
});

test("it is not zoomed by what somebody types", async () => {
  await open();
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  press("1", { target: field });
  equal(zoomed(), false);
});
