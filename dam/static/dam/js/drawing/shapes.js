// The shapes of a drawing as elements of SVG. What a shape is: provenance/review/drawings.py, which draws the same.
import { getStroke } from "../../../vendor/perfect-freehand.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
export const COLOURS = {
  red: "#ff453a",
  yellow: "#ffd60a",
  green: "#32d74b",
  blue: "#0a84ff",
  white: "#ffffff",
  black: "#000000",
};
// What a mouse says, which feels no pressure.
const UNPRESSED = 0.5;

function make(name, attributes, text = "") {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

const round = (value) => Math.round(value * 10) / 10;

// [x, y] of a polygon, smoothed through the middles of its edges.
function outline(points) {
  if (points.length < 3) return "";
  const middle = ([x, y], [u, v]) => `${round((x + u) / 2)} ${round((y + v) / 2)}`;
  const parts = points.map((point, index) => {
    const next = points[(index + 1) % points.length];
    return `${round(point[0])} ${round(point[1])} ${middle(point, next)}`;
  });
  return `M${middle(points.at(-1), points[0])}Q${parts.join(" ")}Z`;
}

function head([x, y], [u, v], line) {
  const angle = Math.atan2(v - y, u - x);
  const length = Math.max(4 * line, 0.12 * Math.hypot(u - x, v - y));
  return [0.45, -0.45].map(
    (turn) => `M${round(u - length * Math.cos(angle + turn))} ${round(v - length * Math.sin(angle + turn))}L${round(u)} ${round(v)}`,
  );
}

export function draw(shape, width, height) {
  const points = shape.points.map(([x, y, ...pressure]) => [x * width, y * height, ...pressure]);
  const colour = COLOURS[shape.colour];
  const line = shape.width * height;
  const [first, last] = [points[0], points.at(-1)];
  const drawn = {
    fill: "none",
    stroke: colour,
    "stroke-width": round(line),
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  const low = (axis) => round(Math.min(first[axis], last[axis]));
  const span = (axis) => round(Math.abs(last[axis] - first[axis]));
  if (shape.kind === "text") {
    const place = { x: round(first[0]), y: round(first[1]), "font-size": round(line), "dominant-baseline": "hanging" };
    return make("text", { ...place, fill: colour }, shape.text);
  }
  if (shape.kind === "rectangle") return make("rect", { x: low(0), y: low(1), width: span(0), height: span(1), ...drawn });
  if (shape.kind === "ellipse")
    return make("ellipse", {
      cx: round((first[0] + last[0]) / 2),
      cy: round((first[1] + last[1]) / 2),
      rx: span(0) / 2,
      ry: span(1) / 2,
      ...drawn,
    });
  if (shape.kind === "arrow") {
    const path = `M${round(first[0])} ${round(first[1])}L${round(last[0])} ${round(last[1])}`;
    return make("path", { d: [path, ...head(first, last, line)].join(" "), ...drawn });
  }
  const simulatePressure = points.every(([, , pressure]) => pressure === undefined || pressure === UNPRESSED);
  const stroke = getStroke(points, { size: 2 * line, thinning: 0.5, smoothing: 0.5, streamline: 0.4, simulatePressure });
  return make("path", { d: outline(stroke), fill: colour });
}

export function parse(text) {
  try {
    return JSON.parse(text || "{}").shapes ?? [];
  } catch {
    return [];
  }
}

export const write = (shapes) => (shapes.length ? JSON.stringify({ v: 1, shapes }) : "");
