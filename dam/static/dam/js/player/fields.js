// The page's fields of a frame: the one on screen, or the one at which somebody began to write a comment. With both ends
// of a range marked in the player, they can be the range instead. While somebody writes, the clip stands still: from a
// click into the box or the first key there, until that is sent, or left with nothing in it.

// What comments of the page are on: its first player, or the image, which is one frame.
export const PLAYER = "reel-player, reel-picture";
const FIELD = "[data-frame-field]";
const END = "[data-end-field]";
const RANGE = "[data-range-choice]"; // a label with its box
const BOX = "[data-comment-box], [data-drawing]"; // words, and what is drawn into the picture
const FILES = "form:has([data-comment-box]) [data-attached]";
const LEFT_MS = 150; // whoever presses something of the form, a label say, is at nothing for a moment

const all = (selector) => [...document.querySelectorAll(selector)];
const isFilled = (box) => box.value.trim() !== "";

export class FrameFields {
  pinned = null;
  meant = null; // the range that the comment is on, whatever is marked in the player since
  began = false; // whether somebody has written to it since the list came
  stood = false; // whether the clip was stopped since they came to the box: whoever plays it there means that
  goOn = undefined; // lets the clip that was stopped go on
  sent = false; // whether the server took it, and its place in the page is still to come

  constructor(player) {
    this.player = player;
  }

  listen(signal) {
    const on = (name, act) => document.addEventListener(name, act, { signal });
    for (const name of ["mousedown", "click", "input"]) on(name, (event) => this.begin(event));
    on("focusin", (event) => this.pin(event));
    on("focusout", (event) => this.unpin(event));
    on("keydown", (event) => this.escape(event));
    on("htmx:beforeOnLoad", (event) => this.take(event));
    on("change", (event) => this.choose(event));
    on("range", (event) => this.followRange(event));
    // A draft that was put back before there was a player.
    for (const box of all(BOX).filter(isFilled)) this.begin({ target: box, type: "input" });
  }

  tell() {
    if (document.querySelector(PLAYER) !== this.player) return;
    const frame = this.pinned ?? this.player.frame;
    const range = this.range;
    const whole = this.meant !== null && range !== null;
    const { clock } = this.player;
    for (const field of all(FIELD)) field.value = whole ? range.start : frame;
    for (const field of all(END)) field.value = whole ? range.end : "";
    for (const output of all("[data-frame-timecode]")) output.textContent = clock.timecode(frame);
    // Of the two places the one that is meant is shown, and the way to the other.
    for (const box of all('[name="at_frame"]')) box.closest("label")?.toggleAttribute("hidden", whole);
    for (const label of all(RANGE)) {
      label.hidden = range === null;
      label.querySelector("input").checked = whole;
      if (range) label.querySelector("output").textContent = `${clock.timecode(range.start)} – ${clock.timecode(range.end)}`;
    }
  }

  // What the comment is on, or may be put on. What is drawn stands on one frame.
  get range() {
    if (all("[data-drawing]").some(isFilled)) return null;
    return this.meant ?? this.marked ?? this.keptRange;
  }

  // Both ends of what is marked in the player.
  get marked() {
    const { start = null, end = null } = this.player.range ?? {};
    return start === null || end === null ? null : { start, end };
  }

  // The range of a draft that was put back.
  get keptRange() {
    const kept = document.querySelector(END)?.dataset.kept;
    return kept === undefined || this.kept === null ? null : { start: this.kept, end: Number(kept) };
  }

  // What somebody marks they mean, also while they write. What a search or another comment marks is offered, and takes
  // the place of what was marked before only where nothing is written about that.
  followRange({ target, detail }) {
    if (target !== this.player) return;
    if (detail.marked) this.meant = this.marked;
    else if (!this.written) this.meant = null;
    this.tell();
    if (detail.marked) this.keep();
  }

  // After something has come by htmx: what was written may have been sent.
  settle() {
    const { sent } = this;
    this.sent = false;
    if (this.written && !sent) return;
    this.pinned = null;
    if (this.began && this.meant) this.player.clearRange?.();
    if (this.began) this.meant = null;
    this.began = false;
    if (sent) this.resume();
  }

  take({ defaultPrevented, detail: { xhr, requestConfig } }) {
    const form = requestConfig?.elt;
    if (defaultPrevented || xhr.status >= 300 || !(form instanceof HTMLFormElement)) return;
    this.sent = form.querySelector("[data-comment-box]") !== null;
  }

  // Whether somebody is at a comment: with the cursor in it, or with words in it.
  get written() {
    return all(BOX).some((box) => box === document.activeElement || isFilled(box));
  }

  // Whether somebody is at a comment or has something in it: also at its buttons, or drawing.
  get isOccupied() {
    const around = all("[data-comment-box]").map((box) => box.form ?? box);
    if (around.some((each) => each.contains(document.activeElement))) return true;
    return document.querySelector("drawing-board[active]") !== null || all(`${BOX}, ${FILES}`).some(isFilled);
  }

  // A click into the box, or a key there. What a script puts in, as a draft, stops nothing.
  begin({ target, type }) {
    if (!target.matches?.(BOX)) return;
    if (type === "input") this.began = true;
    if (type !== "input") this.stand();
    else if (target === document.activeElement && !this.stood) this.stand();
    this.stood = document.activeElement === target;
    this.pinHere();
  }

  // The page's clip stands still, if it ran.
  stand() {
    if (document.querySelector(PLAYER) !== this.player) return;
    clearTimeout(this.leaving);
    this.goOn = this.player.standStill() ?? this.goOn;
  }

  // Coming to the box by Tab is no comment yet.
  pin({ target }) {
    if (target.matches?.(BOX) && !this.player.isRunning) this.pinHere();
  }

  pinHere() {
    if (this.pinned !== null) return;
    this.meant ??= this.keptRange;
    this.hold(this.kept ?? this.player.frame);
  }

  // The frame of a draft that was put back.
  get kept() {
    const kept = document.querySelector(FIELD)?.dataset.kept;
    return kept === undefined ? null : Number(kept);
  }

  // Also the frame that somebody begins to draw on.
  hold(frame) {
    this.pinned = frame;
    this.tell();
  }

  unpin({ target, relatedTarget }) {
    const around = all("[data-comment-box]").map((box) => box.form ?? box).find((each) => each.contains(target));
    if (target.matches?.(BOX)) this.letGo();
    if (!around || around.contains(relatedTarget)) return;
    this.stood = false;
    this.leave();
  }

  escape({ target, key, isComposing }) {
    if (key === "Escape" && !isComposing && target.matches?.("[data-comment-box]")) target.blur();
  }

  // Once it shows that they went elsewhere, and not within the form.
  leave() {
    clearTimeout(this.leaving);
    if (!this.goOn) return;
    this.leaving = setTimeout(() => {
      if (document.documentElement.matches(":active")) this.leave(); // a button of the mouse is down
      else if (!this.isOccupied) this.resume();
    }, LEFT_MS);
  }

  resume() {
    clearTimeout(this.leaving);
    const { goOn } = this;
    this.stood = false;
    this.goOn = undefined;
    goOn?.();
  }

  // Unless something is written or drawn.
  letGo() {
    if (all(BOX).some(isFilled)) return;
    this.leave();
    this.pinned = null;
    const { meant, marked } = this;
    if (meant?.start !== marked?.start || meant?.end !== marked?.end) this.meant = null; // it was that of a draft, say
    for (const field of [...all(FIELD), ...all(END)]) delete field.dataset.kept;
    this.tell();
  }

  // Choosing "at this frame" anew means the one on screen now.
  choose({ target }) {
    if (target.closest?.(RANGE)) this.meant = target.checked ? this.range : null;
    else if (target.name === "at_frame" && target.checked && this.pinned !== null) this.pinned = this.player.frame;
    else return;
    this.tell();
    this.keep();
  }

  // Fields that a script fills send no event: to what is written drafts.js has to hear of its place.
  keep() {
    if (all(BOX).some(isFilled)) document.querySelector(END)?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
