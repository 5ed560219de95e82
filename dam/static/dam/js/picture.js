// <reel-picture>: a still that is zoomed and moved in its place (components/picture.html), and that comments are drawn on:
// to them it is a player with one frame, which always stands still.
import { isTyping, keyOf } from "./keys.js";
import { FrameFields } from "./player/fields.js";
import { writing } from "./player/keys.js";
import { percent } from "./words.js";

const STEP = 1.5;
const MOST = 8; // of the pixels there are
const MOVED = 4; // pixels of a drag that is no click
const KEYS = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "whole" };

class ReelPicture extends HTMLElement {
  frame = 0;
  isRunning = false;
  range = { start: null, end: null };
  clock = { timecode: () => "" };
  showsDrawings = true;
  alone = null; // the small picture of the one drawing that is shown

  pause() {}
  seekFrame() {}
  clearRange() {}
  standStill() {}

  connectedCallback() {
    this.stage = this.querySelector(".picture-stage");
    this.image = this.querySelector("img");
    this.bar = this.querySelector(".picture-bar");
    this.bar.hidden = false;
    this.scale = 0; // 0 fits; else pixels of the screen for one of the picture
    this.ending?.abort();
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.bar.addEventListener("click", (event) => this.press(event.target.closest("[data-zoom]")), { signal });
    this.stage.addEventListener("click", (event) => this.click(event), { signal });
    this.stage.addEventListener("pointerdown", (event) => this.drag(event), { signal });
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    this.image.addEventListener("load", () => this.show(), { signal });
    addEventListener("resize", () => this.show(), { signal });
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    this.show();
    if (this.querySelector("drawing-board")) this.listen(signal);
  }

  listen(signal) {
    this.fields = new FrameFields(this);
    this.fields.listen(signal);
    this.fields.tell();
    const settle = () => {
      this.fields.settle();
      this.fields.tell();
      this.countDrawings();
    };
    document.addEventListener("htmx:afterSettle", settle, { signal });
    document.addEventListener("click", (event) => this.choose(event.target.closest("[data-drawing-of]")), { signal });
    this.querySelector('[data-do="show-drawings"]').addEventListener("click", () => this.toggleDrawings(), { signal });
    this.countDrawings();
  }

  // Of the page's comments: whether this drawing is to lie over the picture.
  shows(drawing) {
    this.findAlone();
    return this.alone ? drawing === this.alone : this.showsDrawings;
  }

  // The list of comments came anew: what was shown alone is another element there, or gone.
  findAlone() {
    if (!this.alone || this.alone.isConnected) return;
    this.alone = document.getElementById(this.aloneIn)?.querySelector("[data-drawing-of]") ?? null;
  }

  // Its small picture, pressed: it alone, and pressed again all of them.
  choose(drawing) {
    if (!drawing) return;
    this.alone = drawing === this.alone ? null : drawing;
    this.aloneIn = drawing.closest(".comment")?.id;
    this.showsDrawings = true;
    this.tellDrawings();
  }

  toggleDrawings() {
    this.showsDrawings = this.alone !== null ? false : !this.showsDrawings;
    this.alone = null;
    this.tellDrawings();
  }

  countDrawings() {
    this.querySelector('[data-do="show-drawings"]').hidden = !document.querySelector("[data-drawing-of]");
    this.tellDrawings();
  }

  tellDrawings() {
    this.findAlone();
    this.querySelector('[data-do="show-drawings"]').setAttribute("aria-pressed", this.showsDrawings);
    for (const each of document.querySelectorAll("[data-drawing-of]")) each.setAttribute("aria-pressed", each === this.alone);
    this.querySelector("drawing-board").show?.();
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  // Of the master: a picture that is shown smaller than it is counts as large as it is.
  get width() {
    return Number(this.dataset.width) || this.image.naturalWidth;
  }

  get fitting() {
    return this.image.clientWidth / (this.width || 1);
  }

  // A small drawing is drawn with more pixels than it says it has.
  get most() {
    return MOST * Math.max(1, this.image.naturalWidth / (this.width || 1));
  }

  // A picture that fits at its own size or larger has only closer to go.
  get clicked() {
    if (this.scale) return "fit";
    return this.fitting < 1 ? "whole" : "in";
  }

  press(button) {
    if (button) this.zoom(button.dataset.zoom);
  }

  key(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const asked = KEYS[event.key];
    const key = keyOf(event);
    if (asked) this.zoom(asked);
    else if (this.fields && !event.shiftKey && writing[key]) writing[key](this, event);
    else if (this.fields && !event.shiftKey && key === "s") this.toggleDrawings();
    else return;
    event.preventDefault();
  }

  // With Ctrl alone, as a pinch is told: the wheel goes on scrolling the page.
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? "in" : "out", event);
  }

  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || event.target.closest("drawing-board")) return;
    event.preventDefault();
    if (!this.dragged) this.zoom(this.clicked, event.detail ? event : null);
  }

  zoom(asked, at = null) {
    const now = this.scale || this.fitting;
    const wanted = { in: now * STEP, out: now / STEP, whole: 1, fit: 0 }[asked];
    const box = this.stage.getBoundingClientRect();
    const [x, y] = at ? [at.clientX - box.left, at.clientY - box.top] : [box.width / 2, box.height / 2];
    const [left, top] = [(this.stage.scrollLeft + x) / now, (this.stage.scrollTop + y) / now];
    this.scale = 0;
    this.show();
    this.scale = wanted > this.fitting ? Math.min(wanted, this.most) : 0;
    this.show();
    this.stage.scrollTo(left * this.scale - x, top * this.scale - y);
  }

  show() {
    this.stage.toggleAttribute("data-zoomed", this.scale > 0);
    this.stage.style.setProperty("--picture-width", `${Math.round(this.width * this.scale)}px`);
    this.bar.querySelector("[data-scale]").textContent = percent(this.scale || this.fitting);
  }

  drag(event) {
    this.dragged = false;
    if (!this.scale || event.pointerType === "touch" || event.button || event.target.closest("drawing-board")) return;
    const from = { x: event.clientX, y: event.clientY, left: this.stage.scrollLeft, top: this.stage.scrollTop };
    const end = new AbortController();
    const move = (moved) => {
      const [x, y] = [moved.clientX - from.x, moved.clientY - from.y];
      if (Math.hypot(x, y) > MOVED) this.dragged = true;
      this.stage.toggleAttribute("data-dragged", this.dragged);
      this.stage.scrollTo(from.left - x, from.top - y);
    };
    const stop = () => {
      end.abort();
      this.stage.removeAttribute("data-dragged");
    };
    addEventListener("pointermove", move, { signal: end.signal });
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, stop, { signal: end.signal });
  }
}

customElements.define("reel-picture", ReelPicture);
