// The player's keys, unless something is being written: for the page's player, or of several small ones for that which
// the reader is at, or points to.
import { isTyping, keyOf } from "../keys.js";

// Those of whatever a comment can be on, an image too.
export const writing = {
  d: () => document.querySelector("drawing-board")?.toggle(),
  c: (player, event) => {
    const box = document.querySelector("[data-comment-box]");
    if (!box) return;
    event.preventDefault();
    player.fields.stand();
    box.focus();
  },
};

const commands = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  j: (player) => player.shuttle(-1),
  l: (player) => player.shuttle(1),
  ArrowLeft: (player, event) => player.step(-player.stride(event.shiftKey)),
  ArrowRight: (player, event) => player.step(player.stride(event.shiftKey)),
  Home: (player) => player.seekFrame(player.range.start ?? 0),
  End: (player) => player.seekFrame(player.range.end ?? player.clock.last),
  i: (player) => player.mark("start"),
  o: (player) => player.mark("end"),
  x: (player) => player.clearRange(),
  r: (player) => player.toggleLoop(),
  m: (player) => player.toggleMute(),
  t: (player) => player.captions.toggle(),
  f: (player) => player.toggleFullscreen(),
  ",": (player) => player.toMarker(-1),
  ".": (player) => player.toMarker(1),
  ...writing,
};

// Space and Enter on a button or a link belong to it; arrows on tabs and menus too.
function isTaken(event, player) {
  const focused = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (player.contains(focused) && focused.type === "range" && !focused.matches("[data-volume]")) return false;
  if (isTyping(event)) return true;
  return [" ", "Enter"].includes(event.key) && focused.closest("a, button, summary, label") !== null;
}

function meant(event) {
  const first = document.querySelector("reel-player");
  if (!first || !("quiet" in first.dataset)) return first;
  return event.target.closest?.("reel-player") ?? document.querySelector("reel-player:hover");
}

document.addEventListener("keydown", (event) => {
  const player = meant(event);
  if (!player?.clock || isTaken(event, player)) return;
  const command = commands[keyOf(event)];
  if (!command) return;
  event.preventDefault();
  command(player, event);
});
