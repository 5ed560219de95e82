// A player as components/player.html has it, with a film that does what a test tells it to.
import "/static/dam/js/player.js";
import { click, find, html } from "/tests/harness.js";

const BUTTONS = ["back", "play", "forward", "clock", "in", "out", "loop", "mute", "full"];

// What templates/components/player.html has of what the script asks for.
export function page({ frames = 48, rate = "24/1", attributes = "", around = "", kind = "video" } = {}) {
  html(`${around}<reel-player data-rate="${rate}" data-frames="${frames}" data-width="160" data-height="90" ${attributes}>
    <div class="player-stage"><${kind}></${kind}><p class="player-failed" hidden></p></div>
    <div class="player-seek" style="inline-size: 200px; block-size: 10px">
      <div class="player-range" hidden></div><div class="player-done"></div>
      <input type="range" min="0" max="0" value="0">
      <div class="player-markers"></div>
      <div class="player-peek" hidden><canvas></canvas><span></span></div>
    </div>
    ${BUTTONS.map((name) => `<button data-do="${name}">${name === "clock" ? "<span data-now></span><span data-total></span>" : name}</button>`).join("")}
    <select data-speed><option value="0.5">slow</option><option value="1" selected>1</option><option value="2">2</option></select>
    <input type="range" min="0" max="1" step="0.05" value="1" data-volume>
  </reel-player>`);
}

// A video that plays when it is told to and shows what it is told to; time stands still.
class Film {
  paused = true;
  currentTime = 0;
  seeking = false;
  duration = 2;
  readyState = 4;
  did = [];

  constructor(video) {
    for (const name of ["paused", "currentTime", "seeking", "duration", "readyState"]) {
      Object.defineProperty(video, name, { get: () => this[name], set: (value) => (this[name] = value) });
    }
    video.play = async () => this.tell(video, "play", false);
    video.pause = () => this.paused || this.tell(video, "pause", true);
    video.requestVideoFrameCallback = (act) => (this.presented = act);
  }

  tell(video, name, paused) {
    this.paused = paused;
    this.did.push(name);
    video.dispatchEvent(new Event(name));
  }

  show(seconds) {
    this.currentTime = seconds;
    this.presented(0, { mediaTime: seconds });
  }
}

// The player is put together before the page has it, so that it finds the film.
export function player(options) {
  page(options);
  const old = find("reel-player");
  const made = document.createElement("template");
  made.innerHTML = old.outerHTML;
  const element = document.importNode(made.content, true).firstElementChild;
  const film = new Film(element.querySelector("video, audio"));
  old.replaceWith(element);
  return { element, film, video: element.querySelector("video, audio") };
}

export const button = (name) => click(find(`[data-do="${name}"]`));
export const now = () => find("[data-now]").textContent;
export const pressed = (name) => find(`[data-do="${name}"]`).getAttribute("aria-pressed");
