// <reel-beside>: an older version beside the one under review, in step with its player (review/_beside.html).
import { drawnAt, showPictures } from "./drawing/pictures.js";
import { follow } from "./in-step.js";
import { isTyping, keyOf } from "./keys.js";

class ReelBeside extends HTMLElement {
  connectedCallback() {
    this.ending?.abort();
    this.ending = new AbortController();
    const { signal } = this.ending;
    this.player = document.querySelector("reel-player");
    this.leader = this.player?.querySelector("video, audio");
    this.older = this.querySelector("video, audio");
    if (!this.leader || !this.older) return;
    const [numerator, denominator] = this.dataset.rate.split("/").map(Number);
    this.older.muted = true; // one of two sounds
    this.older.style.maxInlineSize = this.leader.style.maxInlineSize;
    follow(this.leader, this.older, { frame: denominator / numerator, signal });
    // The bar above comes into the page after this.
    document.addEventListener("input", ({ target }) => target.matches("[data-wipe-here]") && this.wipe(target.value), { signal });
    document.addEventListener("click", ({ target }) => this.hear(target.closest("[data-hear]")), { signal });
    if (!this.querySelector("svg")) return; // of a sound nothing is drawn
    const show = () => this.show();
    this.player.addEventListener("frame", show, { signal });
    for (const name of ["htmx:afterSettle", "toggle"]) document.addEventListener(name, show, { signal, capture: true });
    const playing = new MutationObserver(show);
    playing.observe(this.player, { attributeFilter: ["playing"] });
    signal.addEventListener("abort", () => playing.disconnect());
    customElements.whenDefined("reel-player").then(show);
  }

  disconnectedCallback() {
    this.ending.abort();
    if (this.leader && this.isHeard) this.restore();
  }

  wipe(share) {
    this.style.setProperty("--compare-wipe", `${share}%`);
  }

  // Of the two sounds one is heard.
  hear(button) {
    if (!button) return;
    this.isHeard = !this.isHeard;
    this.older.volume = this.leader.volume;
    this.older.muted = !this.isHeard;
    if (this.isHeard) {
      this.wasMuted = this.leader.muted;
      this.leader.muted = true;
    } else this.restore();
    button.setAttribute("aria-pressed", this.isHeard);
  }

  // As it was, unless it has been turned on meanwhile.
  restore() {
    this.leader.muted &&= this.wasMuted;
  }

  // What was drawn into the older version, on its own frame.
  show() {
    showPictures(this.player);
    const still = !this.player.hasAttribute("playing");
    const drawn = still ? drawnAt(this.player.frame, `[data-of-version="${this.dataset.older}"]`) : [];
    this.querySelector("svg").replaceChildren(...drawn);
  }
}

customElements.define("reel-beside", ReelBeside);

// Not what moves the wipe: letters mean nothing there.
function isTaken(event) {
  const held = event.repeat || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey;
  return held || (isTyping(event) && !event.target.matches("[data-wipe-here]"));
}

document.addEventListener("keydown", (event) => {
  if (isTaken(event) || keyOf(event) !== "v") return;
  const turn = document.getElementById("compare-toggle");
  if (!turn) return;
  event.preventDefault();
  turn.click();
});
