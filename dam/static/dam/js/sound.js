// <reel-sound>: the waveform above a sound shows where it plays, and plays from where it is pressed (components/sound.html).
import { isTyping, keyOf } from "./keys.js";

const STEP = 5; // seconds
const MOVES = { ArrowLeft: -STEP, ArrowRight: STEP };

class ReelSound extends HTMLElement {
  connectedCallback() {
    this.audio = this.querySelector("audio");
    this.wave = this.querySelector(".sound-wave");
    this.place = this.querySelector(".sound-place");
    this.ending?.abort();
    this.ending = new AbortController();
    const { signal } = this.ending;
    for (const name of ["loadedmetadata", "durationchange", "timeupdate", "seeked"]) {
      this.audio.addEventListener(name, () => this.show(), { signal });
    }
    this.audio.addEventListener("loadedmetadata", () => this.seek(Number(this.dataset.start) / 1000), { signal, once: true });
    this.wave.addEventListener("click", (event) => this.press(event), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("click", (event) => this.jump(event.target.closest("[data-seek-ms]")), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  get length() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
  }

  show() {
    this.toggleAttribute("data-ready", this.length > 0);
    this.place.hidden = !this.length || !this.audio.currentTime; // at the start it would look like a gap
    if (this.length) this.place.style.setProperty("--sound-place", `${(100 * this.audio.currentTime) / this.length}%`);
  }

  seek(seconds) {
    if (this.length) this.audio.currentTime = Math.min(Math.max(seconds, 0), this.length);
  }

  press(event) {
    const box = this.wave.getBoundingClientRect();
    this.seek(((event.clientX - box.left) / box.width) * this.length);
  }

  jump(line) {
    if (line) this.seek(Number(line.dataset.seekMs) / 1000);
  }

  // What has the focus keeps its keys: a button its space bar, the browser's player all of its own.
  key(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target !== document.body || document.querySelector("dialog[open]")) return;
    if ([" ", "k"].includes(keyOf(event))) this.toggle();
    else if (event.key in MOVES) this.seek(this.audio.currentTime + MOVES[event.key]);
    else return;
    event.preventDefault();
  }

  toggle() {
    if (this.audio.paused) this.audio.play().catch(() => {}); // the browser's own player says why
    else this.audio.pause();
  }
}

customElements.define("reel-sound", ReelSound);
