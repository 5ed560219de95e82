import { equal, find, html, press, send, settled, test } from "/tests/harness.js";
import "/static/dam/js/picture.js";
import "/static/dam/js/drawing/board.js";

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

const CIRCLE = JSON.stringify({ v: 1, shapes: [{ kind: "ellipse", colour: "red", width: 0.01, points: [[0.1, 0.1], [0.5, 0.5]] }] });
const small = (name) => `<button id="${name}" data-drawing-of="0"><img><svg viewBox="0 0 800 400" width="80" height="40" data-shapes='${CIRCLE}'></svg></button>`;

// With a form, and what two comments have drawn on it.
async function drawable() {
  html(`<reel-picture data-width="800" style="display: block; inline-size: 400px"><div class="picture-stage">
    <div class="picture-frame" style="position: relative"><a href="#alone"><img src="${PIXELS}" style="display: block; inline-size: 400px"></a>
      <drawing-board data-width="800" data-height="400" style="position: absolute; inset: 0; pointer-events: none">
        <svg viewBox="0 0 800 400" style="position: absolute; inset: 0; inline-size: 100%; block-size: 100%"></svg></drawing-board></div></div>
    <div class="drawing-tools" hidden>
      <label><input type="radio" name="drawing-tool" value="rectangle" checked></label>
      <label><input type="radio" name="drawing-colour" value="red" checked></label>
      <button data-do="undo-drawing"></button><button data-do="clear-drawing"></button></div>
    <div class="picture-bar" hidden><button data-do="draw"></button><button data-do="show-drawings" hidden></button><output data-scale></output></div>
    </reel-picture>
    <form><textarea data-comment-box></textarea><textarea data-drawing hidden></textarea><input type="hidden" data-frame-field></form>
    ${small("one")}${small("two")}`);
  const image = find(".picture-stage img");
  await image.decode();
  const board = find("drawing-board");
  board.svg.setPointerCapture = () => {};
  await settled();
  const drag = (...points) => {
    const box = board.svg.getBoundingClientRect();
    points.forEach(([x, y], at) => {
      const name = at === 0 ? "pointerdown" : "pointermove";
      const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height, pointerId: 1, bubbles: true, cancelable: true };
      board.svg.dispatchEvent(new PointerEvent(name, place));
      if (at === points.length - 1) board.svg.dispatchEvent(new PointerEvent("pointerup", place));
    });
  };
  return { board, drag, over: () => board.svg.children.length };
}

test("D draws on the image, into the comment and at its one frame, without zooming", async () => {
  const { board, drag } = await drawable();
  press("d");
  equal([board.active, find(".drawing-tools").hidden], [true, false]);
  drag([0.25, 0.25], [0.5, 0.75]);
  board.svg.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  const [box] = JSON.parse(find("[data-drawing]").value).shapes;
  equal([box.kind, box.points.map((point) => point.map((value) => Math.round(value * 100) / 100))], ["rectangle", [[0.25, 0.25], [0.5, 0.75]]]);
  equal([find("[data-frame-field]").value, zoomed()], ["0", false]);
});

test("what lies beside the image is not drawn, for nobody would see it", async () => {
  const { drag } = await drawable();
  press("d");
  drag([1.1, 0.2], [1.2, 0.4]);
  equal(find("[data-drawing]").value, "");
});

test("all drawings lie over it, one alone once its small picture is pressed, and S hides them", async () => {
  const { over } = await drawable();
  const pressed = () => [find("#one"), find("[data-do=show-drawings]")].map((each) => each.getAttribute("aria-pressed"));
  equal([over(), find("[data-do=show-drawings]").hidden, pressed()], [2, false, ["false", "true"]]);
  find("#one").click();
  equal([over(), pressed()], [1, ["true", "true"]]);
  find("#one").click();
  equal(over(), 2);
  press("s");
  equal([over(), pressed()], [0, ["false", "false"]]);
  find("#two").click();
  equal([over(), pressed()], [1, ["false", "true"]]);
});

test("C goes to the comment", async () => {
  await drawable();
  press("c");
  equal(document.activeElement, find("[data-comment-box]"));
});

test("D draws on no image that is out of sight, as while two are compared", async () => {
  const { board } = await drawable();
  find("reel-picture").style.display = "none";
  press("d");
  equal([board.active, find("[data-drawing]").value], [false, ""]);
});

test("the one drawing that is shown alone stays it when the list of comments comes anew", async () => {
  const { over } = await drawable();
  const list = (names) => names.map((name) => `<li class="comment" id="comment-${name}">${small(name)}</li>`).join("");
  for (const old of document.querySelectorAll("[data-drawing-of]")) old.remove();
  document.body.insertAdjacentHTML("beforeend", `<ul>${list(["one", "two"])}</ul>`);
  send("htmx:afterSettle");
  find("#one").click();
  equal(over(), 1);
  find("ul").innerHTML = list(["one", "two", "three"]);
  send("htmx:afterSettle");
  equal([over(), find("#one").getAttribute("aria-pressed")], [1, "true"]);
  find("ul").innerHTML = list(["two", "three"]);
  send("htmx:afterSettle");
  equal(over(), 2);
});
