// <reel-player>: components/player.html and sound.html come alive. See docs/design-system.md for events and data attributes.
import { Captions } from "./player/captions.js";
import { Clock, SoundClock } from "./player/clock.js";
import { FrameFields } from "./player/fields.js";
import "./player/keys.js";
import * as markers from "./player/markers.js";
import { recall, remember } from "./player/memory.js";
import * as stream from "./player/stream.js";
import * as tiles from "./player/tiles.js";
import * as volume from "./player/volume.js";
import { _ } from "./words.js";

const SHUTTLE = [1, 2, 4, 8];
const calm = () => matchMedia("(prefers-reduced-motion: reduce)");
// A small clip may grow this much before interpolation shows more than the clip does.
const MOST_ENLARGED = 6;
// What a step goes, and one with Shift: frames of a film, milliseconds of a sound.
const STEPS = { film: [1, 10], sound: [5000, 100] };

class ReelPlayer extends HTMLElement {
  connectedCallback() {
    if (this.clock) return;
    this.video = this.querySelector("video, audio");
    this.isSound = this.video.matches("audio");
    this.seek = this.querySelector(".player-seek > input");
    const holds = JSON.parse(this.dataset.holds || "[]");
    this.clock = new (this.isSound ? SoundClock : Clock)(this.dataset.rate, Number(this.dataset.frames), holds);
    this.range = { start: null, end: null };
    this.frame = 0;
    this.reverse = 0;
    this.moves = 0; // how often it was played, or led to a frame
    this.rolling = false; // whether it is to play, which a browser at the end of the clip has forgotten
    this.speed = 1;
    this.fields = new FrameFields(this);
    this.captions = new Captions(this);
    this.showsFrames = !this.isSound && recall("frames", false);
    this.looping = "loop" in this.dataset;
    volume.bringBack(this.video);
    if ("quiet" in this.dataset) this.video.muted = true; // several play at once, and browsers let nothing else begin
    this.seek.max = this.clock.last;
    if (this.isSound) {
      this.video.controls = false; // they are there without script
    } else {
      this.video.style.maxInlineSize = `${Number(this.dataset.width) * MOST_ENLARGED}px`;
      this.querySelector(".player-stage").style.aspectRatio = `${this.dataset.width} / ${this.dataset.height}`;
    }
    this.listen();
    this.streaming = stream.play(this.video, this.dataset.stream, { otherwise: () => this.playFile() });
    this.readMarkers();
    this.showControls();
    // Also to the first frame: until something is looked for, a browser shows the poster, which is another one.
    const start = Number(this.dataset.start ?? 0);
    this.whenReady(() => {
      this.begun = true;
      this.seekFrame(this.frame || this.clock.frameAtMilliseconds(start)); // or where somebody has gone meanwhile
    });
    this.present(this.frame);
    if (this.dataset.until) this.whenReady(() => this.showMoment(start, Number(this.dataset.until)));
    else if ("quiet" in this.dataset) this.whenReady(() => this.begin());
  }

  // A moment that a search found: its range is marked, and it plays unless the reader wants things still.
  showMoment(start, until) {
    const [first, end] = [start, until].map((at) => this.clock.frameAtMilliseconds(at));
    this.showPassage(first, Math.max(first + 1, end - 1));
    this.begin();
  }

  // By itself, unless the reader wants things still.
  begin() {
    if (!calm().matches) this.roll();
  }

  // What a comment is about, so that Play shows just that.
  showPassage(start, end, how) {
    this.range = { start, end };
    this.showRange(how);
  }

  disconnectedCallback() {
    this.stopReverse();
    this.watching?.abort();
    this.streaming?.stop();
  }

  // The one file in the place of a stream that can't be played (any more), at the frame that was shown.
  playFile() {
    const { begun, frame, rolling } = this;
    if (!begun) return; // it has nowhere to go back to
    this.whenReady(() => {
      this.seekFrame(frame);
      if (rolling) this.roll();
    });
  }

  fail() {
    if (this.streaming?.fallBack()) return;
    this.querySelector(".player-failed").hidden = false;
  }

  whenReady(act) {
    if (this.video.readyState >= 1) act();
    else this.video.addEventListener("loadedmetadata", act, { once: true });
  }

  listen() {
    this.watching = new AbortController();
    const { signal } = this.watching;
    const on = (target, name, act) => target.addEventListener(name, act, { signal });
    const { video } = this;
    on(this, "click", (event) => this.press(event));
    on(video, "click", () => this.toggle());
    on(video, "dblclick", () => this.toggleFullscreen());
    for (const name of ["play", "pause", "volumechange", "ratechange"]) on(video, name, () => this.showControls());
    on(video, "play", () => {
      this.moves += 1;
      this.rolling = true;
    });
    on(video, "pause", () => {
      if (!video.ended) this.rolling = false;
    });
    on(video, "ended", () => this.rolling && this.finish());
    on(video, "error", () => this.fail());
    on(video, "loadedmetadata", () => this.countFrames());
    on(this.seek, "input", () => this.seekFrame(Number(this.seek.value)));
    on(this.querySelector("[data-speed]"), "change", (event) => {
      this.speed = Number(event.target.value);
      video.playbackRate = this.speed;
    });
    on(this.querySelector("[data-volume]"), "input", (event) => volume.set(video, Number(event.target.value)));
    const bar = this.querySelector(".player-seek");
    on(bar, "pointermove", (event) => this.peek(event));
    on(bar, "pointerleave", () => {
      this.querySelector(".player-peek").hidden = true;
    });
    if ("quiet" in this.dataset) on(calm(), "change", ({ matches }) => (matches ? this.pause() : this.begin()));
    this.captions.listen(signal);
    this.fields.listen(signal);
    on(document, "htmx:afterSettle", () => {
      this.readMarkers();
      this.fields.settle();
      this.present(this.frame); // fields of the frame that have just come
    });
    on(document, "click", (event) => {
      const target = event.target.closest("[data-seek-frame]");
      if (!target || document.querySelector("reel-player") !== this) return;
      this.pause();
      const { seekFrame, seekEnd } = target.dataset;
      this.seekFrame(Number(seekFrame));
      if (seekEnd) this.showPassage(Number(seekFrame), Number(seekEnd));
    });
    this.follow();
  }

  // Where the browser tells which frame it presented, that is the truth; elsewhere the clock is.
  follow() {
    if (this.isSound) {
      const tell = () => this.video.seeking || this.present(this.clock.frameAt(this.video.currentTime));
      let next; // one round of it, however often it begins anew
      const goOn = () => {
        cancelAnimationFrame(next);
        tell();
        if (this.isConnected && !this.video.paused) next = requestAnimationFrame(goOn);
      };
      this.video.addEventListener("play", goOn, { signal: this.watching.signal });
      for (const name of ["timeupdate", "seeked"]) this.video.addEventListener(name, tell, { signal: this.watching.signal });
    } else if ("requestVideoFrameCallback" in HTMLVideoElement.prototype) {
      const tell = (_, { mediaTime }) => {
        if (!this.isConnected) return;
        // While a seek is under way an earlier one's frame may still arrive: quick steps must not fall back to it.
        if (!this.video.seeking) this.present(this.clock.shownAt(mediaTime, this.video.currentTime));
        this.video.requestVideoFrameCallback(tell);
      };
      this.video.requestVideoFrameCallback(tell);
      // While one picture is held, none is presented.
      const goOn = () => {
        const hold = this.clock.holdAt(this.frame);
        if (hold && !this.video.seeking) this.present(this.clock.within(this.clock.frameAt(this.video.currentTime), hold));
      };
      this.video.addEventListener("timeupdate", goOn, { signal: this.watching.signal });
    } else {
      const tell = () => this.present(this.clock.frameAt(this.video.currentTime));
      this.video.addEventListener("timeupdate", tell, { signal: this.watching.signal });
      this.video.addEventListener("seeked", tell, { signal: this.watching.signal });
    }
  }

  // A page may not know the number of frames: the length says it.
  countFrames() {
    if (this.clock.frames) return;
    this.clock.frames = Math.round((this.video.duration * this.clock.numerator) / this.clock.denominator);
    this.seek.max = this.clock.last;
    this.readMarkers();
    this.present(this.frame);
  }

  press(event) {
    const acts = {
      play: () => this.toggle(),
      back: () => this.step(-this.stride()),
      forward: () => this.step(this.stride()),
      clock: () => this.toggleClock(),
      in: () => this.mark("start"),
      out: () => this.mark("end"),
      loop: () => this.toggleLoop(),
      captions: () => this.captions.toggle(),
      mute: () => this.toggleMute(),
      full: () => this.toggleFullscreen(),
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  present(frame) {
    const changed = frame !== this.frame;
    this.frame = frame;
    this.seek.value = frame;
    const timecode = this.clock.timecode(frame);
    this.seek.setAttribute("aria-valuetext", this.isSound ? timecode : _("{timecode}, frame {frame}", { timecode, frame }));
    const words = (at) => (this.showsFrames ? String(at) : this.clock.timecode(at));
    this.querySelector("[data-now]").textContent = words(frame);
    this.querySelector("[data-total]").textContent = ` / ${words(this.clock.last)}`;
    const share = (at) => `${(at / Math.max(1, this.clock.last)) * 100}%`;
    this.querySelector(".player-done").style.inlineSize = share(frame);
    this.fields.tell();
    if (changed) {
      this.toggleAttribute("started", true);
      const detail = {
        frame,
        timecode,
        milliseconds: Math.round((frame * 1000 * this.clock.denominator) / this.clock.numerator),
      };
      this.dispatchEvent(new CustomEvent("frame", { bubbles: true, detail }));
    }
    const end = this.range.end ?? null;
    if (end !== null && frame >= end && this.rolling) this.finish();
  }

  seekFrame(frame) {
    const wanted = this.clock.clamp(frame);
    this.moves += 1;
    this.video.currentTime = Math.min(this.clock.middleOf(wanted), this.video.duration || Infinity);
    this.present(wanted);
  }

  stride(shift = false) {
    return STEPS[this.isSound ? "sound" : "film"][Number(shift)];
  }

  step(frames) {
    if (!this.isSound) this.pause(); // who listens goes on elsewhere
    this.seekFrame(this.frame + frames);
  }

  play() {
    this.stopReverse();
    const { start, end } = this.range;
    if (this.frame >= (end ?? this.clock.last) || this.frame < (start ?? 0)) this.seekFrame(start ?? 0);
    this.roll();
  }

  roll() {
    this.rolling = true;
    this.video.play().catch(() => {
      this.rolling = false;
      this.showControls();
    });
  }

  pause() {
    this.rolling = false;
    this.stopReverse();
    this.video.pause();
    this.video.playbackRate = this.speed;
  }

  get isRunning() {
    return this.reverse > 0 || !this.video.paused;
  }

  // Stands still on the frame that is shown, if it ran. What is returned lets it go on as it did, unless somebody has
  // moved or played it meanwhile.
  standStill() {
    if (!this.isRunning) return undefined;
    const { frame, reverse, video } = this;
    const rate = video.playbackRate;
    this.pause();
    this.seekFrame(frame);
    const { moves } = this;
    return () => {
      if (this.isRunning || this.moves !== moves || !this.isConnected) return;
      if (reverse) return this.rewind(reverse);
      video.playbackRate = rate;
      this.roll();
    };
  }

  toggle() {
    if (this.isRunning) this.pause();
    else {
      this.video.playbackRate = this.speed;
      this.play();
    }
  }

  // At the end of the clip or of the range: again, or stay there.
  finish() {
    if (this.looping) {
      this.seekFrame(this.range.start ?? 0);
      this.roll();
    } else {
      this.pause();
      if (this.range.end !== null) this.seekFrame(this.range.end);
    }
  }

  // J and L: each press in the same direction is faster.
  shuttle(direction) {
    if (direction > 0) {
      const faster = SHUTTLE[Math.min(SHUTTLE.indexOf(this.video.playbackRate) + 1, 2)];
      this.video.playbackRate = this.video.paused ? 1 : faster;
      if (this.video.paused || this.reverse) this.play();
      return;
    }
    this.rolling = false;
    this.video.pause();
    this.rewind(SHUTTLE[Math.min(SHUTTLE.indexOf(this.reverse) + 1, 3)]);
  }

  rewind(speed) {
    this.reverse = speed;
    if (!this.reversing) this.goBack(performance.now());
    this.showControls();
  }

  // Browsers don't play backwards: show frame after frame at the pace of the clip.
  goBack(since) {
    this.reversing = requestAnimationFrame((now) => {
      const frames = Math.floor((((now - since) / 1000) * this.reverse * this.clock.numerator) / this.clock.denominator);
      if (this.frame <= (this.range.start ?? 0)) return this.stopReverse();
      if (frames >= 1 && !this.video.seeking) {
        this.seekFrame(Math.max(this.frame - frames, this.range.start ?? 0));
        return this.goBack(now);
      }
      this.goBack(since);
    });
  }

  stopReverse() {
    cancelAnimationFrame(this.reversing);
    this.reversing = undefined;
    this.reverse = 0;
    this.showControls();
  }

  mark(edge) {
    const other = edge === "start" ? "end" : "start";
    this.range[edge] = this.frame;
    const { start, end } = this.range;
    if (start !== null && end !== null && start >= end) this.range[other] = null;
    this.showRange({ marked: true });
  }

  clearRange() {
    this.showPassage(null, null, { marked: true });
  }

  // `marked`: by the person, and not by a search or a comment.
  showRange({ marked = false } = {}) {
    const { start, end } = this.range;
    const bar = this.querySelector(".player-range");
    bar.hidden = start === null && end === null;
    const share = (frame) => (frame / Math.max(1, this.clock.last)) * 100;
    bar.style.insetInlineStart = `${share(start ?? 0)}%`;
    bar.style.insetInlineEnd = `${100 - share(end ?? this.clock.last)}%`;
    this.querySelector('[data-do="in"]').setAttribute("aria-pressed", start !== null);
    this.querySelector('[data-do="out"]').setAttribute("aria-pressed", end !== null);
    this.dispatchEvent(new CustomEvent("range", { bubbles: true, detail: { ...this.range, marked } }));
  }

  toggleLoop() {
    this.looping = !this.looping;
    this.showControls();
  }

  toggleMute() {
    volume.toggle(this.video);
  }

  toggleClock() {
    this.showsFrames = !this.showsFrames;
    remember("frames", this.showsFrames);
    this.present(this.frame);
  }

  toggleFullscreen() {
    if (this.isSound) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else this.requestFullscreen?.();
  }

  showControls() {
    const playing = this.isRunning;
    this.toggleAttribute("playing", playing);
    this.toggleAttribute("muted", this.video.muted || this.video.volume === 0);
    for (const button of this.querySelectorAll('[data-do="play"]'))
      button.setAttribute("aria-label", playing ? _("Pause") : _("Play"));
    this.showSpeed();
    this.querySelector('[data-do="loop"]').setAttribute("aria-pressed", this.looping);
    this.querySelector('[data-do="mute"]').setAttribute("aria-pressed", this.video.muted);
    this.querySelector("[data-volume]").value = this.video.muted ? 0 : this.video.volume;
  }

  // The speed that it has, also one that only J and L reach and nobody can choose.
  showSpeed() {
    const speeds = this.querySelector("[data-speed]");
    const speed = this.reverse ? -this.reverse : this.video.playbackRate;
    speeds.querySelector("[data-shuttle]")?.remove();
    if (![...speeds.options].some((option) => Number(option.value) === speed)) {
      const option = new Option(`${String(speed).replace("-", "−")}×`, speed);
      option.dataset.shuttle = "";
      speeds.append(option);
    }
    speeds.value = [...speeds.options].find((option) => Number(option.value) === speed).value;
  }

  readMarkers() {
    this.markers = markers.read();
    markers.show(this.querySelector(".player-markers"), this.markers, this.clock);
  }

  toMarker(direction) {
    const frames = this.markers.map((marker) => marker.frame);
    const next = direction > 0 ? frames.find((at) => at > this.frame) : frames.findLast((at) => at < this.frame);
    if (next === undefined) return;
    this.pause();
    this.seekFrame(next);
  }

  async peek(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const peek = this.querySelector(".player-peek");
    const canvas = peek.querySelector("canvas");
    peek.hidden = false;
    const frame = Math.round(share * this.clock.last);
    peek.querySelector("span").textContent = this.clock.timecode(frame);
    peek.style.insetInlineStart = `clamp(4.5rem, ${share * 100}%, calc(100% - 4.5rem))`;
    canvas.hidden = !this.dataset.sprite;
    if (!this.dataset.sprite) return;
    const image = await tiles.load(this.dataset.sprite);
    if (!image) return;
    const grid = tiles.grid(this.dataset);
    canvas.width = 256;
    canvas.height = Math.round((256 * image.naturalHeight * grid.columns) / (image.naturalWidth * grid.rows));
    tiles.draw(canvas, image, { ...grid, frame });
  }
}

customElements.define("reel-player", ReelPlayer);
