// Searching by the shot at the player's time, and by a box drawn over its frame (assets/_alike.html).
import { _, percent } from "./words.js";

const root = document.querySelector("[data-alike]");
const player = document.querySelector("reel-player");
const form = root?.querySelector("form");
const opener = root?.querySelector("[data-region-start]");
const NAMES = ["left", "top", "width", "height"];
const LEAST = 2; // percent: smaller parts show nothing
const SIDE = 100;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
let layer = null;

function milliseconds() {
  const { frame, clock } = player;
  return Math.round((frame * 1000 * clock.denominator) / clock.numerator);
}

const address = (like) => `${root.dataset.library}?like=${root.dataset.alike}@${like}`;

// The box in percent of the picture, always inside it.
function read() {
  const [left, top, width, height] = NAMES.map((name) => Number(form.elements[name].value) || 0);
  const at = { left: clamp(left, 0, SIDE - LEAST), top: clamp(top, 0, SIDE - LEAST) };
  return { ...at, width: clamp(width, LEAST, SIDE - at.left), height: clamp(height, LEAST, SIDE - at.top) };
}

function write(box) {
  for (const name of NAMES) form.elements[name].value = Math.round(box[name]);
  show();
}

// Where the picture is in the stage: letters and pillars are not part of it.
function place() {
  const video = player.querySelector("video");
  const [stage, box] = [layer.parentElement, video].map((element) => element.getBoundingClientRect());
  const scale = Math.min(box.width / (video.videoWidth || box.width), box.height / (video.videoHeight || box.height));
  const width = (video.videoWidth || box.width) * scale;
  const height = (video.videoHeight || box.height) * scale;
  const style = { left: box.left - stage.left + (box.width - width) / 2, top: box.top - stage.top + (box.height - height) / 2 };
  Object.assign(layer.style, { left: `${style.left}px`, top: `${style.top}px`, width: `${width}px`, height: `${height}px` });
}

function show() {
  const box = read();
  const region = layer.firstElementChild;
  for (const name of NAMES) region.style[name] = `${box[name]}%`;
  const at = Object.fromEntries(NAMES.map((name) => [name, percent(box[name] / 100)]));
  region.setAttribute("aria-label", _("Part of the frame: left {left}, top {top}, width {width}, height {height}", at));
}

function point(event) {
  const box = layer.getBoundingClientRect();
  return [
    clamp(((event.clientX - box.left) / box.width) * SIDE, 0, SIDE),
    clamp(((event.clientY - box.top) / box.height) * SIDE, 0, SIDE),
  ];
}

// On the box it is moved, at its corner it is resized, elsewhere a new one is drawn.
function drag(event) {
  event.preventDefault();
  const [x, y] = point(event);
  const before = read();
  const moves = event.target.closest(".region") && !event.target.closest(".region-corner");
  const from = event.target.closest(".region-corner") ? [before.left, before.top] : [x, y];
  layer.setPointerCapture(event.pointerId);
  const follow = (moved) => {
    const [nowX, nowY] = point(moved);
    if (moves) {
      const left = clamp(before.left + nowX - x, 0, SIDE - before.width);
      return write({ ...before, left, top: clamp(before.top + nowY - y, 0, SIDE - before.height) });
    }
    const [left, top] = [Math.min(from[0], nowX), Math.min(from[1], nowY)];
    write({ left, top, width: Math.max(LEAST, Math.abs(nowX - from[0])), height: Math.max(LEAST, Math.abs(nowY - from[1])) });
  };
  layer.addEventListener("pointermove", follow);
  layer.addEventListener("lostpointercapture", () => layer?.removeEventListener("pointermove", follow), { once: true });
  layer.firstElementChild.focus();
}

// Arrows move the box, with Shift they resize it; Enter searches, Escape closes.
function press(event) {
  event.stopPropagation(); // the player's own keys
  if (event.key === "Escape") return stop();
  if (event.key === "Enter") return form.requestSubmit();
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!step) return;
  event.preventDefault();
  const box = read();
  const [a, b] = event.shiftKey ? ["width", "height"] : ["left", "top"];
  const most = event.shiftKey ? [SIDE - box.left, SIDE - box.top] : [SIDE - box.width, SIDE - box.height];
  const least = event.shiftKey ? LEAST : 0;
  write({ ...box, [a]: clamp(box[a] + step[0] * 2, least, most[0]), [b]: clamp(box[b] + step[1] * 2, least, most[1]) });
}

function start() {
  if (layer) return stop();
  player.pause();
  layer = document.createElement("div");
  layer.className = "region-layer";
  const region = document.createElement("div");
  region.className = "region";
  region.tabIndex = 0;
  region.setAttribute("role", "group");
  region.setAttribute("aria-description", _("Arrow keys move it, Shift and arrow keys resize it, Enter searches."));
  const corner = document.createElement("span");
  corner.className = "region-corner";
  region.append(corner);
  layer.append(region);
  player.querySelector(".player-stage").append(layer);
  layer.addEventListener("pointerdown", drag);
  region.addEventListener("keydown", press);
  form.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  place();
  show();
  region.focus();
}

function stop() {
  layer?.remove();
  layer = null;
  form.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
}

if (root && player) {
  player.addEventListener("frame", () => {
    root.querySelector("[data-like-shot]").href = address(milliseconds());
  });
  player.addEventListener("play", () => layer && stop(), true);
  opener.addEventListener("click", start);
  root.querySelector("[data-region-stop]").addEventListener("click", stop);
  form.addEventListener("input", () => layer && show());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = read();
    const thousandths = NAMES.map((name) => Math.round(box[name] * 10));
    location.assign(address(`${milliseconds()}:${thousandths.join(",")}`));
  });
  addEventListener("resize", () => layer && place());
}
