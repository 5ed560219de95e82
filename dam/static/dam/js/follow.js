// Following somebody through a review, and letting others follow: playhead, pointer, and what is being drawn.
import { draw, write } from "./drawing/shapes.js";
import { isTyping, keyOf } from "./keys.js";
import { toast } from "./toast.js";
import { _ } from "./words.js";

const PACE_MS = 160; // between two words of what is shown
const PLAYING_MS = 1000; // so that whoever follows does not drift away
const BEAT_MS = 4000; // the server forgets who says nothing for twelve seconds
const APART_SECONDS = 0.4; // of two players that play: less is left alone
const NAMESPACE = "http://www.w3.org/2000/svg";

const find = (selector) => document.querySelector(selector);
const player = () => find("reel-player");
const board = () => find("drawing-board");

function note(words, { button = "" } = {}) {
  const box = find("[data-follow-note]");
  if (!box) return;
  box.querySelector("[role=status]").textContent = words;
  const stop = box.querySelector("button");
  stop.hidden = !button;
  stop.textContent = button;
  box.hidden = !words;
}

// Of this page, for the others.
export class Leading {
  // `ended` is called when the server takes no more.
  constructor(address, token, ended) {
    Object.assign(this, { address, token, ended });
    this.pointer = null;
    this.watching = new AbortController();
    const { signal } = this.watching;
    const on = (target, name, act, more = {}) => target?.addEventListener(name, act, { signal, ...more });
    const { video } = player();
    on(player(), "frame", () => video.paused && this.soon());
    for (const name of ["play", "pause", "ratechange", "seeked"]) on(video, name, () => this.soon());
    const stage = player().querySelector(".player-stage");
    on(stage, "pointermove", (event) => this.point(board().at(event)));
    on(stage, "pointerleave", () => this.point(null));
    on(window, "pagehide", () => this.stop());
    this.drawn = new MutationObserver(() => this.soon());
    const svg = board()?.querySelector("svg");
    if (svg) this.drawn.observe(svg, { childList: true });
    this.beat = setInterval(() => this.due() && this.soon(), PLAYING_MS);
    this.soon();
  }

  due() {
    return !player().video.paused || performance.now() - this.said >= BEAT_MS;
  }

  point(place) {
    const inside = place?.every((each) => each >= 0 && each <= 1);
    this.pointer = inside ? place : null;
    this.soon();
  }

  // At once, or after a moment for all that came meanwhile.
  soon() {
    if (this.waiting || this.watching.signal.aborted) return;
    const wait = Math.max(0, PACE_MS - (performance.now() - (this.said ?? -PACE_MS)));
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      this.say();
    }, wait);
  }

  state() {
    const { frame, video, fields, speed } = player();
    const { shapes = [], line } = board() ?? {};
    const drawn = fields?.pinned === frame ? [...shapes, ...(line ? [line] : [])] : [];
    const [x, y] = this.pointer ?? ["", ""];
    return { frame, playing: video.paused ? "" : 1, rate: video.paused ? speed : video.playbackRate, x, y, drawing: write(drawn) };
  }

  async say() {
    if (this.saying) return this.soon(); // one after the other: a later word must not come first
    this.said = performance.now();
    this.saying = true;
    try {
      const answer = await this.send(this.state());
      if (answer.status === 429 || answer.ok || this.watching.signal.aborted) return;
      toast((await answer.json().catch(() => ({}))).detail ?? _("Others can't follow you any more. Reload the page."), "error");
      this.ended();
    } catch {
      // The connection was lost; the next word tells all.
    } finally {
      this.saying = false;
    }
  }

  send(fields) {
    const headers = { "X-CSRFToken": this.token, Accept: "application/json" };
    return fetch(this.address, { method: "POST", headers, body: new URLSearchParams(fields), keepalive: true });
  }

  end() {
    clearTimeout(this.waiting);
    clearInterval(this.beat);
    this.drawn.disconnect();
    this.watching.abort();
  }

  stop() {
    this.end();
    this.send({ stop: 1 }).catch(() => {});
  }
}

// Of somebody else, in this page.
export class Following {
  constructor(address, name, ended) {
    this.name = name;
    this.ended = ended;
    this.pen = document.createElementNS(NAMESPACE, "svg");
    this.pen.classList.add("follow-pen");
    this.pen.setAttribute("aria-hidden", "true");
    const { width, height } = player().dataset;
    Object.assign(this, { width: Number(width), height: Number(height) });
    this.pen.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.pen.style.maxInlineSize = player().video.style.maxInlineSize;
    player().querySelector(".player-stage").append(this.pen);
    this.source = new EventSource(address);
    this.source.addEventListener("message", ({ data }) => this.show(JSON.parse(data)));
    this.source.addEventListener("over", () => this.stop({ theirs: true }));
    // Where the answer is no stream (no longer allowed, gone), a browser does not come again.
    this.source.addEventListener("error", () => this.source.readyState === EventSource.CLOSED && this.stop({ theirs: true }));
  }

  show({ frame, playing, rate, pointer, drawing }) {
    const there = player();
    const { video, clock } = there;
    there.toggleAttribute("started", true); // the large button would lie on what they point at
    if (playing) {
      if (there.reverse) there.stopReverse();
      video.playbackRate = rate;
      const apart = (Math.abs(there.frame - frame) * clock.denominator) / clock.numerator;
      if (apart > APART_SECONDS) there.seekFrame(frame);
      if (video.paused) there.roll();
    } else {
      if (!video.paused || there.reverse) there.pause();
      if (there.frame !== frame) there.seekFrame(frame);
    }
    const drawn = drawing.map((shape) => draw(shape, this.width, this.height));
    if (pointer) drawn.push(this.dot(pointer));
    this.pen.replaceChildren(...drawn);
  }

  dot([x, y]) {
    const dot = document.createElementNS(NAMESPACE, "circle");
    dot.classList.add("follow-dot");
    const placed = { cx: x * this.width, cy: y * this.height, r: this.height / 60 };
    for (const [key, value] of Object.entries(placed)) dot.setAttribute(key, value);
    return dot;
  }

  stop({ theirs = false } = {}) {
    this.source.close();
    this.pen.remove();
    this.ended(theirs);
  }
}

let leading;
let following;

function stopLeading() {
  leading?.stop();
  leading = undefined;
}

function lead(button) {
  following?.stop();
  leading = new Leading(button.dataset.lead, button.dataset.token, () => {
    leading.end();
    leading = undefined;
    note("");
    tell();
  });
  note(_("Others can follow you. They see your playhead, your pointer and what you draw."), { button: _("Stop") });
}

function follow(button) {
  const { follow: address, name } = button.dataset;
  following?.stop();
  stopLeading();
  following = new Following(address, name, (theirs) => {
    following = undefined;
    note(theirs ? _("{name} has stopped. You continue on your own.", { name }) : "");
    tell();
  });
  note(_("You're following {name}. Play, scrub or press a key to continue on your own.", { name }), { button: _("Stop following") });
}

// The buttons of a fragment that has just come know nothing of it.
function tell() {
  const button = find("[data-lead]");
  if (!button) return;
  button.setAttribute("aria-pressed", Boolean(leading));
  for (const each of document.querySelectorAll("[data-follow]")) each.setAttribute("aria-pressed", following?.name === each.dataset.name);
}

function stop() {
  stopLeading();
  following?.stop();
  note("");
  tell();
}

// Whoever takes hold of the clip goes their own way.
function takesHold(event) {
  if (!following) return;
  const quiet = ["Tab", "Shift", "Control", "Alt", "Meta", "AltGraph"].includes(event.key);
  if (event.type === "keydown" && (quiet || (isTyping(event) && keyOf(event) === "Escape"))) return;
  if (event.type === "pointerdown" && !event.target.closest("reel-player, [data-seek-frame], [data-comment-box]")) return;
  following.stop();
}

document.addEventListener("pointerdown", takesHold, { capture: true });
document.addEventListener("keydown", takesHold, { capture: true });
document.addEventListener("htmx:afterSettle", tell);
document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest?.(selector);
  const pressed = at("[data-lead], [data-follow]");
  if (at("[data-follow-stop]")) return stop();
  if (!pressed) return;
  const on = pressed.getAttribute("aria-pressed") === "true";
  if (on) stop();
  else if (pressed.dataset.lead) lead(pressed);
  else follow(pressed);
  tell();
});
