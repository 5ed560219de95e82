import { draw, parse, write } from "/static/dam/js/drawing/shapes.js";
import { equal, ok, test } from "/tests/harness.js";

const shape = (more) => ({ kind: "pencil", colour: "red", width: 0.01, points: [[0.1, 0.1, 0.5], [0.4, 0.4, 0.9], [0.8, 0.2, 0.2]], ...more });
const attributes = (element, ...names) => names.map((name) => Number(element.getAttribute(name)));

test("a pencil's line is an area, wider where it was pressed", () => {
  const path = draw(shape(), 160, 90);
  equal([path.localName, path.getAttribute("fill")], ["path", "#ff453a"]);
  ok(/^M[\d.]+ [\d.]+Q/.test(path.getAttribute("d")), path.getAttribute("d"));
  ok(!path.getAttribute("d").includes("NaN"), "a path of numbers");
});

test("a single touch leaves a dot", () => {
  ok(draw(shape({ points: [[0.5, 0.5, 0.5]] }), 160, 90).getAttribute("d").length > 10, "an area");
});

test("a rectangle may be drawn from any corner", () => {
  const box = draw(shape({ kind: "rectangle", points: [[0.5, 0.5], [0.25, 0.1]] }), 200, 100);
  equal(attributes(box, "x", "y", "width", "height"), [50, 10, 50, 40]);
});

test("an ellipse fills the box that was drawn", () => {
  const ellipse = draw(shape({ kind: "ellipse", points: [[0, 0], [1, 1]] }), 200, 100);
  equal(attributes(ellipse, "cx", "cy", "rx", "ry"), [100, 50, 100, 50]);
});

test("an arrow has its head where the pointer was let go", () => {
  const path = draw(shape({ kind: "arrow", points: [[0, 0.5], [1, 0.5]] }), 200, 100).getAttribute("d");
  equal(path.match(/L200 50/g).length, 3);
});

test("text stays text", () => {
  const text = draw(shape({ kind: "text", text: "<b>", points: [[0.5, 0.5]] }), 200, 100);
  equal([text.textContent, text.children.length], ["<b>", 0]);
});

test("a draft that is cut off is an empty drawing", () => {
  equal([parse('{"shapes": [{'), parse(""), parse(undefined)], [[], [], []]);
  equal(parse(write([shape()])), [shape()]);
  equal(write([]), "");
});
