// <reel-compare>: two versions that play as one (assets/compare.html). The first leads, the second follows its time.
import { follow } from "./in-step.js";
import { isTyping, keyOf } from "./keys.js";

const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
const TEN = 10;

class ReelCompare extends HTMLElement {
  connectedCallback() {
    this.media = [...this.querySelectorAll("video, audio")];
    [this.leader, this.follower] = this.media;
    this.bar = this.querySelector(".compare-bar");
    this.seekBar = this.querySelector("[data-seek]");
    const [numerator, denominator] = (this.dataset.rate ?? "25/1").split("/").map(Number);
    this.frame = denominator / numerator; // seconds
    this.ending?.abort();
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.querySelector("[data-wipe]")?.addEventListener("input", (event) => this.wipe(event.target.value), { signal });
    this.bar.hidden = !this.leader && !this.querySelector("[data-wipe]");
    if (!this.follower) return;
    for (const each of this.media) each.controls = false;
    this.follower.muted = true; // one of two sounds; the leader's is heard
    follow(this.leader, this.follower, { frame: this.frame, signal, mapped: () => this.mapped });
    for (const button of this.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.do(button.dataset.do), { signal });
    }
    this.querySelector("[data-speed]")?.addEventListener("change", (event) => this.pace(Number(event.target.value)), { signal });
    this.seekBar.addEventListener("input", () => this.seek(Number(this.seekBar.value)), { signal });
    for (const name of ["timeupdate", "seeked", "loadedmetadata", "durationchange", "pause"]) {
      for (const each of this.media) each.addEventListener(name, () => this.show(), { signal });
    }
    this.leader.addEventListener("ended", () => this.pause(), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    document.addEventListener("click", (event) => this.jump(event.target.closest("[data-seek-ms]")), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  // How the second's time follows from the first's, where both don't begin together or run alike.
  get mapped() {
    return { ratio: Number(this.dataset.ratio ?? 1) || 1, offset: Number(this.dataset.offsetMs ?? 0) / 1000 };
  }

  // Of the longer one: what only one of them has is to be seen as well.
  get length() {
    const { ratio, offset } = this.mapped;
    const [one, two] = this.media.map(({ duration }) => (Number.isFinite(duration) ? duration : 0));
    return Math.max(0, one, two ? (two - offset) / ratio : 0);
  }

  wipe(share) {
    this.style.setProperty("--compare-wipe", `${share}%`);
  }

  // The middle of a frame, so that rounding in a decoder can't land beside it.
  seek(seconds) {
    const at = Math.min(Math.max(seconds, 0), Math.max(0, this.length - this.frame / 2));
    const middle = (Math.floor(at / this.frame + 1e-4) + 0.5) * this.frame;
    const { ratio, offset } = this.mapped;
    this.leader.currentTime = middle;
    if (this.follower) this.follower.currentTime = Math.max(0, middle * ratio + offset);
    this.show();
  }

  step(frames) {
    this.pause();
    this.seek(this.leader.currentTime + frames * this.frame);
  }

  jump(button) {
    if (button) this.go(Number(button.dataset.seekMs) / 1000);
  }

  go(seconds) {
    this.pause();
    this.seek(seconds);
  }

  toggle() {
    if (!this.leader.paused) {
      this.pause();
      return;
    }
    if (this.leader.ended) this.seek(0);
    this.leader.play().catch(() => {});
  }

  pause() {
    this.leader.pause();
  }

  do(what) {
    const acts = {
      play: () => this.toggle(),
      back: () => this.step(-1),
      forward: () => this.step(1),
      mute: () => this.mute(),
      full: () => this.fill(),
    };
    acts[what]();
  }

  // Of both: the second follows the first.
  pace(rate) {
    this.leader.playbackRate = rate;
  }

  mute() {
    const button = this.querySelector('[data-do="mute"]');
    if (!button) return;
    this.leader.muted = !this.leader.muted;
    button.setAttribute("aria-pressed", String(this.leader.muted));
  }

  fill() {
    if (!this.querySelector('[data-do="full"]')) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else this.requestFullscreen?.().catch(() => {});
  }

  show() {
    const now = this.leader.currentTime;
    this.seekBar.max = this.length || 1;
    this.seekBar.value = now;
    const [minutes, seconds] = [Math.floor(now / 60), Math.floor(now % 60)];
    const frame = this.dataset.rate && this.leader.matches("video") ? ` · ${Math.floor(now / this.frame + 1e-4)}` : ""; // sound has none, and of a file at hand it isn't known
    this.querySelector("[data-now]").textContent = `${minutes}:${String(seconds).padStart(2, "0")}${frame}`;
    this.toggleAttribute("data-playing", !this.leader.paused);
  }

  key(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target !== document.body || document.querySelector("dialog[open]")) return;
    if ([" ", "k"].includes(keyOf(event))) this.toggle();
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.length);
    else if (keyOf(event) === "m") this.mute();
    else if (keyOf(event) === "f") this.fill();
    else if (event.key in MOVES) this.step(MOVES[event.key] * (event.shiftKey ? TEN : 1));
    else return;
    event.preventDefault();
  }
}

customElements.define("reel-compare", ReelCompare);
