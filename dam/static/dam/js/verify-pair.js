// Two files of one's own disk, one over the other (templates/verify/_pair.html): nothing of them is sent.
import "./compare.js";
import { _, percent } from "./words.js";

const NAMES = ["A", "B"];
const root = document.querySelector("[data-pair]");
let shown = new AbortController();
let addresses = [];

const part = (name) => root.querySelector(`[data-pair-${name}]`);
const isImage = (file) => file.type.startsWith("image/") || /\.(avif|gif|heic|heif|jpe?g|png|svg|tiff?|webp)$/i.test(file.name);

export const isPair = (files) => files.length === 2 && files.every(({ name }) => !name.toLowerCase().endsWith(".c2pa"));

// No files: nothing is shown any more, and the browser lets go of them.
export function show(files) {
  if (!root) return;
  shown.abort();
  shown = new AbortController();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = files.map((file) => URL.createObjectURL(file));
  part("stage").replaceChildren();
  part("problem").hidden = true;
  part("shown").hidden = !files.length;
  if (!files.length) return;
  const player = part("player").content.cloneNode(true).firstElementChild;
  const moving = files.filter((file) => !isImage(file)).length;
  if (moving < 2) for (const each of player.querySelectorAll('[data-do="play"], [data-seek], [data-now]')) each.remove();
  player.querySelector(".compare-stage").append(...files.map((file, place) => side(file, place, moving < 2)));
  const wipe = player.querySelector("[data-wipe]");
  wipe.addEventListener("input", () => tell(wipe));
  tell(wipe);
  part("stage").append(player);
  setMode(root.querySelector("[name=pair-mode]:checked").value);
  align();
}

function side(file, place, controls) {
  const figure = document.createElement("figure");
  figure.className = "compare-side";
  const picture = document.createElement(isImage(file) ? "img" : "video");
  const name = `${NAMES[place]} · ${file.name}`;
  const unable = _("Your browser can't show {name}. That doesn't change what the comparison finds.", { name });
  picture.addEventListener("error", () => problem(unable), { signal: shown.signal });
  if (picture.matches("img")) picture.alt = name;
  else Object.assign(picture, { controls, playsInline: true, preload: "auto" });
  if (picture.matches("video")) picture.setAttribute("aria-label", name);
  picture.src = addresses[place];
  const caption = document.createElement("figcaption");
  caption.dir = "auto";
  caption.textContent = name;
  figure.append(picture, caption);
  return figure;
}

function problem(words) {
  part("words").textContent = [part("problem").hidden ? "" : part("words").textContent, words].filter(Boolean).join(" ");
  part("problem").hidden = false;
}

function tell(wipe) {
  wipe.setAttribute("aria-valuetext", _("A up to {percent} of the width, B beyond it", { percent: percent(wipe.value / 100) }));
}

function setMode(mode) {
  const player = root.querySelector("reel-compare");
  if (!player) return;
  player.dataset.mode = mode;
  player.querySelector(".compare-wipe").hidden = mode !== "wipe";
}

// A dialog gives files by its own order; that of what was compared is told by their names.
function inOrder(files) {
  const [one, two] = [...document.querySelectorAll("[data-compared] [data-name]")].map((each) => each.dataset.name);
  return files[0].name === two && files[1].name === one ? files.reverse() : files;
}

// So that both show the same moment, once it is known which belong together.
export function align(answer = document.querySelector("[data-compared][data-offset-ms]")) {
  const player = root?.querySelector("reel-compare");
  if (!player || !answer) return;
  player.dataset.offsetMs = answer.dataset.offsetMs;
  player.dataset.ratio = 1 / (Number(answer.dataset.speed) || 1);
  const { ratio, offset } = player.mapped;
  if (!player.follower) return;
  // From where both have something to show, unless it was moved already.
  player.seek(player.leader.currentTime || Math.max(0, -offset / ratio));
}

if (root) {
  root.addEventListener("change", (event) => {
    if (event.target.name === "pair-mode") setMode(event.target.value);
  });
  const choose = root.querySelector("[data-pair-choose]");
  if (choose) root.hidden = false;
  choose?.addEventListener("change", () => {
    const files = [...choose.files];
    show(files.length === 2 ? inOrder(files) : []);
    if (files.length !== 2) problem(_("Choose both files together."));
  });
  document.addEventListener("htmx:afterSettle", () => align());
}
