// <drawing-board>: draws on the frame that the player stands at, or on the image, into the comment that is being written,
// and shows what the comments of this page have drawn there.
import { isCommand, isField, keyOf } from "../keys.js";
import { PLAYER } from "../player/fields.js";
import { toast } from "../toast.js";
import { _ } from "../words.js";
import { draw, parse, write } from "./shapes.js";
import { drawnAt, showPictures } from "./pictures.js";

const FIELD = "[data-drawing]";
const MOST_SHAPES = 200;
const MOST_POINTS = 5000; // of all shapes together, as the server takes
const LONGEST_TEXT = 200;
const WIDTHS = { pencil: 0.006, arrow: 0.008, rectangle: 0.006, ellipse: 0.006, text: 0.06 };
const APART = 0.002; // of the picture: points closer than that say nothing new
const LEAST = 0.004; // a click that was meant to draw nothing
// Whether all of it lies beside the picture, where nobody sees it: the server refuses that.
const isBeside = (points) =>
  [0, 1].some((axis) => points.every((point) => point[axis] > 1) || points.every((point) => point[axis] < 0));
const place = (value) => Math.round(value * 10_000) / 10_000;

class DrawingBoard extends HTMLElement {
  connectedCallback() {
    if (this.svg) return;
    this.svg = this.querySelector("svg");
    this.player = this.closest(PLAYER);
    this.tools = this.player.querySelector(".drawing-tools");
    this.width = Number(this.dataset.width);
    this.height = Number(this.dataset.height);
    this.shapes = [];
    this.before = []; // what Undo goes back to
    this.active = false;
    this.watching = new AbortController();
    const { signal } = this.watching;
    const on = (target, name, act, more = {}) => target.addEventListener(name, act, { signal, ...more });
    on(this.svg, "pointerdown", (event) => this.begin(event));
    on(this.svg, "pointermove", (event) => this.go(event));
    for (const name of ["pointerup", "pointercancel"]) on(this.svg, name, (event) => this.end(event));
    on(this.player, "click", (event) => this.press(event));
    on(this.player, "frame", () => this.show());
    const playing = new MutationObserver(() => this.show());
    playing.observe(this.player, { attributeFilter: ["playing"] });
    signal.addEventListener("abort", () => playing.disconnect());
    on(document, "keydown", (event) => this.key(event), { capture: true });
    on(document, "input", (event) => event.target.matches?.(FIELD) && event.target !== this.telling && this.read());
    on(document, "htmx:afterSettle", () => this.read());
    on(document, "toggle", () => this.show(), { capture: true });
    // Beside it, or on top of it: no wider than the video is shown.
    this.style.maxInlineSize = this.player.querySelector("video, img").style.maxInlineSize;
    customElements.whenDefined(this.player.localName).then(() => this.read());
  }

  disconnectedCallback() {
    this.watching?.abort();
  }

  get field() {
    return document.querySelector(FIELD);
  }

  get points() {
    return this.shapes.reduce((sum, shape) => sum + shape.points.length, 0);
  }

  get tool() {
    return this.tools.querySelector('[name="drawing-tool"]:checked').value;
  }

  get colour() {
    return this.tools.querySelector('[name="drawing-colour"]:checked').value;
  }

  // What is in the comment now: a draft that came back, or nothing after it was sent.
  read() {
    if (this.line) return;
    const written = this.field?.value ?? "";
    if (!this.shapes.length || written !== write(this.shapes)) this.before = []; // else Undo goes on
    this.shapes = parse(written);
    if (!this.field) this.stop();
    const { fields } = this.player;
    if (this.shapes.length && fields?.pinned === null) fields.hold(fields.kept ?? this.player.frame);
    showPictures(this.player);
    this.show();
  }

  toggle() {
    if (this.active) this.stop();
    else this.start();
  }

  start() {
    if (!this.field || !this.player.checkVisibility()) return;
    this.player.fields.stand();
    this.player.pause();
    this.player.toggleAttribute("started", true); // the large button would lie on the picture
    this.toFrame();
    this.active = true;
    this.tell();
    this.tools.querySelector("input:checked").focus({ preventScroll: true });
  }

  // One comment has one frame: what is drawn already says which. Whether that is the one on screen.
  toFrame() {
    const { fields, frame } = this.player;
    if (this.shapes.length && fields.pinned !== null && fields.pinned !== frame) {
      this.player.seekFrame(fields.pinned);
      return false;
    }
    if (!this.shapes.length && this.drawnOn !== frame) this.before = []; // Undo would bring another frame's drawing onto this one
    this.drawnOn = frame;
    fields.hold(frame);
    return true;
  }

  stop() {
    if (!this.active) return;
    this.finishText?.();
    this.active = false;
    if (!this.shapes.length) this.player.fields.letGo();
    this.tell();
  }

  tell() {
    this.toggleAttribute("active", this.active);
    this.tools.hidden = !this.active;
    for (const button of document.querySelectorAll('[data-do="draw"]')) button.setAttribute("aria-pressed", this.active);
    this.tools.querySelector('[data-do="undo-drawing"]').disabled = !this.before.length;
    this.tools.querySelector('[data-do="clear-drawing"]').disabled = !this.shapes.length;
    this.show();
  }

  press(event) {
    const acts = {
      draw: () => this.toggle(),
      "undo-drawing": () => this.undo(),
      "clear-drawing": () => this.change([]),
      "end-drawing": () => this.finish(),
    };
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  }

  // On to the words.
  finish() {
    this.stop();
    document.querySelector("[data-comment-box]")?.focus();
  }

  key(event) {
    if (!this.active || (isField(event.target) && event.target.type !== "radio")) return;
    if (keyOf(event) === "Escape") this.stop();
    else if (isCommand(event, "z")) this.undo();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // Where in the picture, from 0 to 1.
  at(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [place(x / this.width), place(y / this.height)];
  }

  begin(event) {
    if (!this.active || event.button !== 0 || this.line || this.erasing) return;
    event.preventDefault();
    this.finishText?.();
    this.player.pause();
    if (!this.toFrame()) return; // somebody stepped on meanwhile: first they see what they draw on
    if (this.tool === "text") return this.beginText(event);
    this.svg.setPointerCapture(event.pointerId);
    this.drawsWith = event.pointerId;
    if (this.tool === "eraser") {
      this.erasing = true;
      return this.erase(event);
    }
    if (this.shapes.length >= MOST_SHAPES || this.points >= MOST_POINTS)
      return void toast(_("The drawing is full. Undo some of it, or go on in another comment."));
    const [x, y] = this.at(event);
    const points = this.tool === "pencil" ? [[x, y, this.pressure(event)]] : [[x, y], [x, y]];
    this.line = { kind: this.tool, colour: this.colour, width: WIDTHS[this.tool], points };
    this.show();
  }

  // A mouse says 0.5 while a button is down.
  pressure(event) {
    return Math.round((event.pressure || 0.5) * 100) / 100;
  }

  // Of several fingers the first one draws.
  go(event) {
    if (event.pointerId !== this.drawsWith) return;
    if (this.erasing) return this.erase(event);
    if (!this.line) return;
    const points = this.line.points;
    if (this.line.kind !== "pencil") points[1] = this.at(event);
    else {
      const steps = event.getCoalescedEvents?.() ?? [];
      for (const each of steps.length ? steps : [event]) {
        const [x, y] = this.at(each);
        const [u, v] = points.at(-1);
        if (Math.hypot(x - u, y - v) >= APART && this.points + points.length < MOST_POINTS) points.push([x, y, this.pressure(each)]);
      }
    }
    this.show();
  }

  end(event) {
    if (event.pointerId !== this.drawsWith) return;
    this.erasing = false;
    const line = this.line;
    if (!line) return;
    this.line = undefined;
    const [first, last] = [line.points[0], line.points.at(-1)];
    const tiny = line.kind !== "pencil" && Math.hypot(last[0] - first[0], last[1] - first[1]) < LEAST;
    if (event.type === "pointercancel" || tiny || isBeside(line.points)) this.show();
    else this.change([...this.shapes, line]);
  }

  erase(event) {
    const found = document.elementsFromPoint(event.clientX, event.clientY).find((each) => each.dataset?.own !== undefined);
    if (found) this.change(this.shapes.filter((_shape, index) => index !== Number(found.dataset.own)));
  }

  beginText(event) {
    const point = this.at(event);
    if (isBeside([point])) return;
    const input = document.createElement("input");
    input.className = "drawing-text";
    input.maxLength = LONGEST_TEXT;
    input.setAttribute("aria-label", _("Text on the frame"));
    const box = this.getBoundingClientRect();
    input.style.insetInlineStart = `${event.clientX - box.left}px`;
    input.style.insetBlockStart = `${event.clientY - box.top}px`;
    const shape = { kind: "text", colour: this.colour, width: WIDTHS.text, points: [point] };
    this.finishText = (kept = true) => {
      this.finishText = undefined;
      const text = input.value.trim();
      input.remove();
      if (kept && text) this.change([...this.shapes, { ...shape, text }]);
    };
    input.addEventListener("blur", () => this.finishText?.());
    input.addEventListener("keydown", (pressed) => {
      if (!["Enter", "Escape"].includes(pressed.key) || pressed.isComposing) return;
      pressed.preventDefault();
      pressed.stopPropagation();
      this.finishText?.(pressed.key === "Enter");
    });
    this.append(input);
    input.focus();
  }

  undo() {
    if (this.before.length) this.change(this.before.pop(), { undone: true });
  }

  change(shapes, { undone = false } = {}) {
    if (!undone) this.before.push(this.shapes);
    this.shapes = shapes;
    const field = this.field;
    if (field) {
      field.value = write(shapes);
      this.telling = field;
      field.dispatchEvent(new Event("input", { bubbles: true })); // drafts keep it, the frame stays pinned
      this.telling = undefined;
      const atFrame = field.form.elements.at_frame; // of an image there is nothing to choose
      if (shapes.length && atFrame && !atFrame.checked) atFrame.click();
    }
    this.tell();
  }

  // Drawings into an older version that is shown beside this one are seen there.
  get notBeside() {
    const beside = document.querySelector("reel-beside[data-older]");
    return beside ? `:not([data-of-version="${beside.dataset.older}"])` : "";
  }

  // Of the page's comments, those that can be seen; and what is drawn now, at its frame.
  show() {
    const { frame, fields } = this.player;
    const still = !this.player.hasAttribute("playing");
    const theirs = still ? drawnAt(frame, this.notBeside, this.player.shows?.bind(this.player)) : [];
    const mine = still && fields?.pinned === frame ? [...this.shapes, ...(this.line ? [this.line] : [])] : [];
    const drawn = mine.map((shape, index) => {
      const element = draw(shape, this.width, this.height);
      element.dataset.own = index;
      return element;
    });
    this.svg.replaceChildren(...theirs, ...drawn);
  }
}

customElements.define("drawing-board", DrawingBoard);
