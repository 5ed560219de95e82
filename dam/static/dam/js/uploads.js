// Files dropped on the page or chosen, and the list that shows what becomes of each.
import { Lost, Upload } from "./uploads/tus.js";

const AT_ONCE = 2;
const OVER = ["taken", "known", "refused", "failed", "cancelled"];
const root = document.getElementById("uploads");
const part = (name) => root.querySelector(`[data-${name}]`);
const dock = part("dock");
const waiting = [];
let running = 0;

function size(bytes) {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const power = bytes ? Math.min(4, Math.floor(Math.log(bytes) / Math.log(1024))) : 0;
  return `${(bytes / 1024 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power]}`;
}

class Row {
  constructor(file) {
    this.file = file;
    this.element = part("upload-template").content.cloneNode(true).firstElementChild;
    this.find("name").textContent = file.name;
    this.find("cancel").setAttribute("aria-label", `Cancel ${file.name}`);
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
    this.find("cancel").setAttribute("aria-label", `${over ? "Remove" : "Cancel"} ${this.file.name}`);
    if (over) part("dock-say").textContent = `${this.file.name}: ${words}`;
    summarise();
  }

  progress(sent) {
    this.find("bar").value = this.file.size ? sent / this.file.size : 1;
    const share = this.file.size ? Math.floor((sent / this.file.size) * 100) : 100;
    this.show("sending", `${share}% · ${size(sent)} of ${size(this.file.size)}${this.rate(sent)}`);
  }

  // Time left, once enough has gone to tell.
  rate(sent) {
    const seconds = (performance.now() - this.began) / 1000;
    if (seconds < 3 || sent === 0) return "";
    const left = Math.round(((this.file.size - sent) * seconds) / sent);
    return left < 60 ? ` · ${left} s left` : ` · ${Math.round(left / 60)} min left`;
  }

  queue() {
    this.show("waiting", `Waiting · ${size(this.file.size)}`);
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
      this.show("checking", "Checking the file…");
      this.finish(await this.upload.outcome((why) => this.show("checking", why)));
    } catch (error) {
      if (this.upload.stopped) return;
      this.show(error instanceof Lost ? "failed" : "refused", error.message);
    }
  }

  finish({ state, reason, url, version }) {
    const taken = root.dataset.asset ? `Added as version ${version}` : "Added to the library";
    const words = { taken, known: "Already in the library" };
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
  const files = (count) => `${count} file${count === 1 ? "" : "s"}`;
  const notAdded = states.length === 1 ? "The file couldn't be added" : `${bad} of ${files(states.length)} couldn't be added`;
  if (left) part("dock-title").textContent = `Uploading ${files(left)}`;
  else part("dock-title").textContent = bad ? notAdded : `${files(states.length)} uploaded`;
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
