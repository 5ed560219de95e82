import "/static/dam/js/drawing/board.js";
import { click, equal, find, ok, press, send, settled, test } from "/tests/harness.js";
import { player } from "/tests/player/film.js";

const TOOLS = ["pencil", "arrow", "rectangle", "ellipse", "text", "eraser"];
const radios = (name, values) =>
  values.map((value, at) => `<label><input type="radio" name="drawing-${name}" value="${value}" ${at ? "" : "checked"}>${value}</label>`).join("");
const FORM = `<form><textarea data-comment-box></textarea><textarea data-drawing hidden></textarea>
  <input type="hidden" data-frame-field><input type="checkbox" name="at_frame"></form>`;

async function board({ form = FORM, comments = "" } = {}) {
  const made = player({ around: form + comments });
  const { element } = made;
  element.style.cssText = "display: block; inline-size: 160px";
  const stage = find(".player-stage");
  stage.style.cssText = "position: relative; block-size: 90px";
  element.insertAdjacentHTML(
    "beforeend",
    `<div class="drawing-tools" hidden>${radios("tool", TOOLS)}${radios("colour", ["red", "blue"])}
       <button data-do="undo-drawing"></button><button data-do="clear-drawing"></button><button data-do="end-drawing"></button></div>`,
  );
  stage.insertAdjacentHTML(
    "beforeend",
    `<drawing-board data-width="160" data-height="90" style="position: absolute; inset: 0">
       <svg viewBox="0 0 160 90" style="position: absolute; inset: 0; inline-size: 100%; block-size: 100%"></svg></drawing-board>`,
  );
  const drawing = find("drawing-board");
  drawing.svg.setPointerCapture = () => {};
  await settled();
  return { ...made, drawing, shapes: () => JSON.parse(find("[data-drawing]").value || '{"shapes": []}').shapes };
}

function pointer(drawing, name, x, y, more = {}) {
  const box = drawing.svg.getBoundingClientRect();
  const place = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  drawing.svg.dispatchEvent(new PointerEvent(name, { bubbles: true, cancelable: true, pointerId: 1, pressure: 0.5, ...place, ...more }));
}

function stroke(drawing, ...points) {
  pointer(drawing, "pointerdown", ...points[0]);
  for (const point of points.slice(1)) pointer(drawing, "pointermove", ...point);
  pointer(drawing, "pointerup", ...points.at(-1));
}

const choose = (value) => find(`[value="${value}"]`).click();

test("nothing is drawn before somebody wants to", async () => {
  const { drawing, shapes } = await board();
  stroke(drawing, [0.2, 0.2], [0.4, 0.4]);
  equal(shapes(), []);
});

test("a line goes into the comment, at the frame on screen", async () => {
  const { element, drawing, shapes } = await board();
  element.seekFrame(7);
  drawing.toggle();
  stroke(drawing, [0.25, 0.5], [0.5, 0.5], [0.75, 0.5]);
  const [line] = shapes();
  equal([line.kind, line.colour, line.points.length], ["pencil", "red", 3]);
  equal(line.points[1].map((value) => Math.round(value * 100) / 100), [0.5, 0.5, 0.5]);
  equal([element.fields.pinned, find("[data-frame-field]").value, find("[name=at_frame]").checked], [7, "7", true]);
});

test("a box is drawn from corner to corner in the colour that was chosen", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  choose("rectangle");
  choose("blue");
  stroke(drawing, [0.25, 0.2], [0.3, 0.3], [0.75, 0.6]);
  const [box] = shapes();
  equal([box.kind, box.colour, box.points.map((point) => point.map((value) => Math.round(value * 100) / 100))], [
    "rectangle",
    "blue",
    [[0.25, 0.2], [0.75, 0.6]],
  ]);
});

test("a click with a box draws none", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  choose("arrow");
  stroke(drawing, [0.5, 0.5], [0.5, 0.5]);
  equal(shapes(), []);
});

test("text is written where the picture was clicked, and Escape leaves it", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  choose("text");
  pointer(drawing, "pointerdown", 0.5, 0.5);
  find(".drawing-text").value = " Logo ";
  press("Enter", { target: find(".drawing-text") });
  equal([shapes()[0].text, document.querySelectorAll(".drawing-text").length], ["Logo", 0]);
  pointer(drawing, "pointerdown", 0.1, 0.1);
  find(".drawing-text").value = "not this";
  press("Escape", { target: find(".drawing-text") });
  equal([shapes().length, drawing.active], [1, true]);
});

test("the eraser takes the shape under it, and Undo brings it back", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  choose("rectangle");
  stroke(drawing, [0.3, 0.3], [0.9, 0.9]);
  choose("eraser");
  document.elementsFromPoint = () => [drawing.svg.children[1]];
  pointer(drawing, "pointerdown", 0.3, 0.5);
  pointer(drawing, "pointerup", 0.3, 0.5);
  equal(shapes().map((shape) => shape.kind), ["pencil"]);
  click(find('[data-do="undo-drawing"]'));
  equal(shapes().map((shape) => shape.kind), ["pencil", "rectangle"]);
});

test("Ctrl Z undoes, and Escape ends drawing and keeps what is drawn", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  stroke(drawing, [0.1, 0.5], [0.2, 0.5]);
  press("z", { ctrlKey: true });
  equal(shapes().length, 1);
  press("Escape");
  equal([drawing.active, shapes().length, drawing.svg.children.length], [false, 1, 1]);
});

test("what is drawn is shown at its frame alone", async () => {
  const { element, drawing } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  drawing.toggle();
  element.seekFrame(3);
  equal(drawing.svg.children.length, 0);
  element.seekFrame(0);
  equal(drawing.svg.children.length, 1);
});

test("who goes on drawing elsewhere comes back to the frame of the drawing", async () => {
  const { element, drawing } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  drawing.toggle();
  element.seekFrame(30);
  drawing.toggle();
  equal(element.frame, 0);
});

test("a drawing that was cleared does not come back onto another frame", async () => {
  const { element, drawing, shapes } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  click(find('[data-do="clear-drawing"]'));
  drawing.toggle();
  element.seekFrame(30);
  drawing.toggle();
  equal(find('[data-do="undo-drawing"]').disabled, true);
  drawing.undo();
  equal([shapes(), find("[data-frame-field]").value], [[], "30"]);
});

test("what is drawn after a step is on the frame on screen, or leads back to that of the drawing", async () => {
  const { element, drawing, shapes } = await board();
  drawing.toggle();
  element.seekFrame(12);
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  equal([shapes().length, find("[data-frame-field]").value], [1, "12"]);
  element.seekFrame(30);
  equal(drawing.svg.children.length, 0);
  stroke(drawing, [0.5, 0.5], [0.6, 0.6]);
  equal([shapes().length, element.frame, find("[data-frame-field]").value], [1, 12, "12"]);
});

test("whatever comes to the page, Undo goes on", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  stroke(drawing, [0.1, 0.5], [0.2, 0.5]);
  document.dispatchEvent(new Event("htmx:afterSettle"));
  drawing.undo();
  equal(shapes().length, 1);
});

test("drawings of comments are shown at their frame while the clip rests", async () => {
  const saved = JSON.stringify({ v: 1, shapes: [{ kind: "ellipse", colour: "red", width: 0.01, points: [[0, 0], [1, 1]] }] });
  const comments = `<button data-drawing-of="5"><canvas></canvas><svg viewBox="0 0 160 90" data-shapes='${saved}'></svg></button>`;
  const { element, drawing } = await board({ comments });
  equal(drawing.svg.children.length, 0);
  element.seekFrame(5);
  equal(drawing.svg.firstElementChild.localName, "ellipse");
  element.play();
  await settled();
  equal(drawing.svg.children.length, 0);
});

test("two drawings on one frame are both shown", async () => {
  const saved = (kind) => JSON.stringify({ v: 1, shapes: [{ kind, colour: "red", width: 0.01, points: [[0, 0], [1, 1]] }] });
  const comments = ["ellipse", "rectangle"].map(
    (kind) => `<button data-drawing-of="5"><canvas></canvas><svg viewBox="0 0 160 90" data-shapes='${saved(kind)}'></svg></button>`,
  );
  const { element, drawing } = await board({ comments: comments.join("") });
  element.seekFrame(5);
  equal([...drawing.svg.children].map((shape) => shape.localName), ["ellipse", "rect"]);
});

test("a draft that comes back is drawn again", async () => {
  const { element, drawing } = await board();
  element.seekFrame(4);
  const field = find("[data-drawing]");
  field.value = JSON.stringify({ v: 1, shapes: [{ kind: "arrow", colour: "red", width: 0.01, points: [[0, 0], [1, 1]] }] });
  field.dispatchEvent(new Event("input", { bubbles: true }));
  equal([drawing.svg.children.length, element.fields.pinned], [1, 4]);
});

test("after the comment was sent the board is empty and drawing over", async () => {
  const { drawing } = await board();
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  find("[data-drawing]").value = "";
  document.dispatchEvent(new Event("htmx:afterSettle"));
  equal([drawing.shapes.length, drawing.svg.children.length], [0, 0]);
});

test("without a comment to draw into nothing begins", async () => {
  const { drawing } = await board({ form: "" });
  drawing.toggle();
  ok(!drawing.active, "inactive");
});

test("the clip waits for a drawing, and goes on where nothing was drawn or once it is sent", async () => {
  const { element, film, drawing } = await board();
  element.play();
  drawing.toggle();
  equal(film.paused, true);
  press("Escape");
  await new Promise((resolve) => setTimeout(resolve, 300));
  equal([drawing.active, film.paused], [false, false]);
  drawing.toggle();
  stroke(drawing, [0.1, 0.1], [0.2, 0.1]);
  press("Escape");
  await new Promise((resolve) => setTimeout(resolve, 300));
  equal(film.paused, true);
  send("htmx:beforeOnLoad", { xhr: { status: 200 }, requestConfig: { elt: find("form") } });
  find("[data-drawing]").value = "";
  send("htmx:afterSettle", {});
  equal(film.paused, false);
});

// How wide the one line of the board is drawn, across its middle.
const thickness = (drawing) => drawing.svg.firstElementChild.getBBox().height;

test("a pen's pressure is in the line, which is as wide as it was pressed", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  const widths = [0.1, 0.9].map((pressure) => {
    const pen = { pointerType: "pen", pressure };
    pointer(drawing, "pointerdown", 0.2, 0.5, pen);
    for (const x of [0.3, 0.4, 0.5, 0.6]) pointer(drawing, "pointermove", x, 0.5, pen);
    pointer(drawing, "pointerup", 0.6, 0.5, { ...pen, pressure: 0 });
    const pressed = shapes()[0].points.map(([, , each]) => each);
    equal(pressed, pressed.map(() => pressure));
    const wide = thickness(drawing);
    find('[data-do="clear-drawing"]').click();
    return wide;
  });
  ok(widths[1] > 1.5 * widths[0], `pressed hard it is wider: ${widths}`);
});

test("a pen that is pressed harder on its way draws a line that grows", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  const at = (x, pressure) => [x, 0.5, { pointerType: "pen", pressure }];
  stroke(drawing, at(0.2, 0.15), at(0.4, 0.4), at(0.6, 0.95));
  equal(shapes()[0].points.map(([, , pressure]) => pressure), [0.15, 0.4, 0.95]);
});

test("a finger that says no pressure draws as a mouse does, and a second finger doesn't break its line", async () => {
  const { drawing, shapes } = await board();
  drawing.toggle();
  const finger = { pointerType: "touch", pressure: 0 };
  pointer(drawing, "pointerdown", 0.2, 0.2, finger);
  const second = { ...finger, pointerId: 2, isPrimary: false };
  pointer(drawing, "pointerdown", 0.8, 0.8, second);
  pointer(drawing, "pointermove", 0.9, 0.9, second);
  pointer(drawing, "pointerup", 0.9, 0.9, second);
  pointer(drawing, "pointermove", 0.4, 0.2, finger);
  pointer(drawing, "pointerup", 0.4, 0.2, finger);
  equal(shapes().length, 1);
  equal(shapes()[0].points.map(([, , pressure]) => pressure), [0.5, 0.5]);
});
