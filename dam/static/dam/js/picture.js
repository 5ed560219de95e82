// <reel-picture>: a still that is zoomed and moved in its place (components/picture.html).
import { isTyping } from "./keys.js";
import { percent } from "./words.js";

const STEP = 1.5;
const MOST = 8; // of the pixels there are
const MOVED = 4; // pixels of a drag that is no click
const KEYS = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "whole" };

class ReelPicture extends HTMLElement {
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
    const asked = KEYS[event.key];
    if (!asked || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.zoom(asked);
  }

  // With Ctrl alone, as a pinch is told: the wheel goes on scrolling the page.
  wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoom(event.deltaY < 0 ? "in" : "out", event);
  }

  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
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
    if (!this.scale || event.pointerType === "touch" || event.button) return;
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
