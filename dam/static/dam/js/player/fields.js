// The page's fields of a frame: the one on screen, or the one at which somebody began to write a comment.

const FIELD = "[data-frame-field]";
const BOX = "[data-comment-box], [data-drawing]"; // words, and what is drawn into the picture

export class FrameFields {
  pinned = null;

  constructor(player) {
    this.player = player;
  }

  listen(signal) {
    const on = (name, act) => document.addEventListener(name, act, { signal });
    on("focusin", (event) => this.pin(event));
    on("input", (event) => this.pin(event));
    on("focusout", (event) => this.unpin(event));
    on("change", (event) => this.pinAgain(event));
  }

  tell() {
    if (document.querySelector("reel-player") !== this.player) return;
    const frame = this.pinned ?? this.player.frame;
    for (const field of document.querySelectorAll(FIELD)) field.value = frame;
    for (const output of document.querySelectorAll("[data-frame-timecode]"))
      output.textContent = this.player.clock.timecode(frame);
  }

  // After something has come by htmx: what was written may have been sent.
  settle() {
    if (!this.written) this.pinned = null;
  }

  // Whether somebody is at a comment: with the cursor in it, or with words in it.
  get written() {
    const boxes = [...document.querySelectorAll(BOX)];
    return boxes.some((box) => box === document.activeElement || box.value.trim() !== "");
  }

  pin({ target }) {
    if (this.pinned !== null || !target.matches?.(BOX)) return;
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

  unpin({ target }) {
    if (target.matches?.(BOX)) this.letGo();
  }

  // Unless something is written or drawn.
  letGo() {
    if ([...document.querySelectorAll(BOX)].some((box) => box.value.trim() !== "")) return;
    this.pinned = null;
    for (const field of document.querySelectorAll(FIELD)) delete field.dataset.kept;
    this.tell();
  }

  // Choosing "at this frame" anew means the one on screen now.
  pinAgain({ target }) {
    if (target.name !== "at_frame" || !target.checked || this.pinned === null) return;
    this.pinned = this.player.frame;
    this.tell();
  }
}
