// Files dropped on the page or chosen, and the list that shows what becomes of each.
import { Lost, Upload } from "./uploads/tus.js";
import { _, ngettext, number, percent } from "./words.js";

const AT_ONCE = 2;
const OVER = ["taken", "known", "refused", "failed", "cancelled"];
const root = document.getElementById("uploads");
const part = (name) => root.querySelector(`[data-${name}]`);
const dock = part("dock");
const waiting = [];
let running = 0;

function size(bytes) {
  const units = [_("bytes"), _("KB"), _("MB"), _("GB"), _("TB")];
  const power = bytes ? Math.min(4, Math.floor(Math.log(bytes) / Math.log(1024))) : 0;
  const digits = power > 1 ? 1 : 0;
  const figure = number(bytes / 1024 ** power, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${figure} ${units[power]}`;
}

class Row {
  constructor(file) {
    this.file = file;
    this.element = part("upload-template").content.cloneNode(true).firstElementChild;
    this.find("name").textContent = file.name;
    this.find("cancel").setAttribute("aria-label", _("Cancel {name}", { name: file.name }));
    this.find("retry").addEventListener("click", () => this.queue());
    this.find("cancel").addEventListener("click", () => this.dismiss());
    this.find("bar").setAttribute("aria-label", file.name);
    this.upload = new Upload(file, root.dataset.create, (sent) => this.progress(sent), root.dataset.asset);
    part("dock-list").prepend(this.element);
  }

  find(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  get state() {
    return this.element.dataset.state;
  }

  show(state, words) {
    this.element.dataset.state = state;
    this.find("words").textContent = words;
    this.find("retry").hidden = state !== "failed";
    const over = OVER.includes(state);
    const { name } = this.file;
    this.find("cancel").setAttribute("aria-label", over ? _("Remove {name}", { name }) : _("Cancel {name}", { name }));
    if (over) part("dock-say").textContent = `${this.file.name}: ${words}`;
    summarise();
  }

  progress(sent) {
    this.find("bar").value = this.file.size ? sent / this.file.size : 1;
    const share = this.file.size ? Math.floor((sent / this.file.size) * 100) / 100 : 1;
    const much = _("{sent} of {size}", { sent: size(sent), size: size(this.file.size) });
    this.show("sending", `${percent(share)} · ${much}${this.rate(sent)}`);
  }

  // Time left, once enough has gone to tell.
  rate(sent) {
    const seconds = (performance.now() - this.began) / 1000;
    if (seconds < 3 || sent === 0) return "";
    const left = Math.round(((this.file.size - sent) * seconds) / sent);
    const words = left < 60 ? _("{left} s left", { left }) : _("{left} min left", { left: Math.round(left / 60) });
    return ` · ${words}`;
  }

  queue() {
    this.show("waiting", `${_("Waiting")} · ${size(this.file.size)}`);
    waiting.push(this);
    next();
  }

  async run() {
    this.began = performance.now();
    try {
      this.progress(0);
      await this.upload.send();
      if (this.upload.stopped) return;
      this.find("bar").removeAttribute("value");
      this.show("checking", _("Checking the file…"));
      this.finish(await this.upload.outcome((why) => this.show("checking", why)));
    } catch (error) {
      if (this.upload.stopped) return;
      this.show(error instanceof Lost ? "failed" : "refused", error.message);
    }
  }

  finish({ state, reason, url, version }) {
    const taken = root.dataset.asset ? _("Added as version {version}", { version }) : _("Added to the library");
    const words = { taken, known: _("Already in the library") };
    this.show(state, (root.dataset.asset && state === "known" && reason) || words[state] || reason);
    if (url) this.find("name").href = url;
  }

  dismiss() {
    const at = waiting.indexOf(this);
    if (at >= 0) waiting.splice(at, 1);
    if (!OVER.includes(this.state)) this.upload.cancel();
    this.element.remove();
    if (part("dock-list").childElementCount === 0) dock.hidden = true;
    summarise();
  }
}

function summarise() {
  const states = [...dock.querySelectorAll(".dock-item")].map((item) => item.dataset.state);
  const left = states.filter((state) => !OVER.includes(state)).length;
  const bad = states.filter((state) => state === "refused" || state === "failed").length;
  const all = states.length;
  const several = () => _("{bad} of {count} files couldn't be added", { bad: number(bad), count: number(all) });
  const notAdded = all === 1 ? _("The file couldn't be added") : several();
  const uploaded = ngettext("{count} file uploaded", "{count} files uploaded", all);
  if (left) part("dock-title").textContent = ngettext("Uploading {count} file", "Uploading {count} files", left);
  else part("dock-title").textContent = bad ? notAdded : uploaded;
}

async function next() {
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    waiting
      .shift()
      .run()
      .finally(() => {
        running -= 1;
        next();
      });
  }
}

function add(files) {
  if (!files.length) return;
  if (root.dataset.asset) files = files.slice(0, 1); // each would replace the one before
  dock.hidden = false;
  delete dock.dataset.folded;
  for (const file of files) new Row(file).queue();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-upload-choose]")) part("upload-input").click();
});
part("upload-input").addEventListener("change", (event) => {
  add([...event.target.files]);
  event.target.value = "";
});
part("dock-fold").addEventListener("click", (event) => {
  const folded = dock.toggleAttribute("data-folded");
  event.currentTarget.setAttribute("aria-expanded", !folded);
});
part("dock-close").addEventListener("click", () => {
  dock.querySelectorAll(".dock-item").forEach((item) => OVER.includes(item.dataset.state) && item.remove());
  dock.hidden = part("dock-list").childElementCount === 0;
});

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!hasFiles(event)) return;
  depth += 1;
  part("drop").hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!hasFiles(event)) return;
  depth = Math.max(0, depth - 1);
  part("drop").hidden = depth === 0;
});
document.addEventListener("dragover", (event) => {
  if (hasFiles(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  depth = 0;
  part("drop").hidden = true;
  add([...event.dataTransfer.files]);
});

// Leaving the page loses the files that only this page has: those on their way, and those that could be tried again.
// What the server has every byte of goes on without it.
const IN_THIS_PAGE = ["waiting", "sending", "failed"];

addEventListener("beforeunload", (event) => {
  const items = [...dock.querySelectorAll(".dock-item")];
  if (items.some((item) => IN_THIS_PAGE.includes(item.dataset.state))) event.preventDefault();
});
