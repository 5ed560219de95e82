// The player's captions: drawn over the picture by the page itself, so that they look alike everywhere and stay above the
// controls. Which language, and whether at all, is remembered between visits.
import { recall, remember } from "./memory.js";

export class Captions {
  constructor(player) {
    this.video = player.querySelector("video, audio");
    this.box = player.querySelector(".player-captions");
    this.button = player.querySelector('[data-do="captions"]');
    this.menu = player.querySelector("[data-captions]");
    this.tracks = [...this.video.querySelectorAll("track")];
    this.shown = null; // the <track> whose words are drawn
  }

  listen(signal) {
    if (!this.tracks.length) return;
    for (const element of this.tracks) {
      const draw = () => element === this.shown && this.draw();
      element.track.addEventListener("cuechange", draw, { signal });
      element.addEventListener("load", draw, { signal });
    }
    this.menu?.addEventListener("change", () => this.show(this.tracks[this.menu.selectedIndex]), { signal });
    const { on, language } = recall("captions", {});
    this.wanted = this.in(language);
    if (this.menu) this.menu.selectedIndex = this.tracks.indexOf(this.wanted);
    if (on) this.use(this.wanted);
    else this.use(null);
  }

  // The one of this language, else of the same one elsewhere ("pt" for "pt-BR"), else the first.
  in(language = "") {
    const main = ({ srclang }) => srclang.split("-")[0] === language.split("-")[0];
    return this.tracks.find(({ srclang }) => srclang === language) ?? this.tracks.find(main) ?? this.tracks[0];
  }

  toggle() {
    if (!this.tracks.length) return;
    this.show(this.shown ? null : this.tracks[this.menu?.selectedIndex ?? 0]);
  }

  // What somebody chose.
  show(element) {
    this.use(element);
    remember("captions", { on: element !== null, language: (element ?? this.wanted).srclang });
  }

  use(element) {
    this.shown = element;
    if (element) this.wanted = element;
    // "hidden" is read and drawn by nobody but us.
    for (const each of this.tracks) each.track.mode = each === element ? "hidden" : "disabled";
    this.button.setAttribute("aria-pressed", element !== null);
    this.draw();
  }

  draw() {
    const cues = [...(this.shown?.track.activeCues ?? [])];
    const lines = cues.map((cue) => {
      const line = document.createElement("p");
      line.dir = "auto";
      line.lang = this.shown.srclang;
      line.append(cue.getCueAsHTML?.() ?? cue.text);
      return line;
    });
    this.box.replaceChildren(...lines);
  }
}
