// Files dropped on the page or chosen, and the list that shows what becomes of each.
import * as details from "./uploads/details.js";
import { dropped, meant } from "./uploads/folders.js";
import * as memory from "./uploads/memory.js";
import { offer } from "./uploads/offers.js";
import { Lost } from "./uploads/refusals.js";
import { Upload } from "./uploads/tus.js";
import { hash, twin } from "./uploads/twins.js";
import { _, ngettext, number, percent, size } from "./words.js";

const AT_ONCE = 2;
const OVER = ["taken", "known", "refused", "failed", "cancelled"];
const STILL = ["paused", "unfinished", "asking"]; // they wait for a person
const PACE_MS = 15000; // the time left is told by how much has gone lately
const root = document.getElementById("uploads");
const part = (name) => root.querySelector(`[data-${name}]`);
const dock = part("dock");
const waiting = [];
const rows = new Map(); // of each line, what it shows
let running = 0;

class Row {
  constructor(file) {
    this.file = file;
    this.element = part("upload-template").content.cloneNode(true).firstElementChild;
    this.find("name").textContent = file.name;
    this.find("cancel").setAttribute("aria-label", _("Cancel {name}", { name: file.name }));
    this.find("retry").addEventListener("click", () => this.queue());
    this.find("pause").addEventListener("click", () => this.turn());
    this.find("cancel").addEventListener("click", () => this.dismiss());
    this.find("bar").setAttribute("aria-label", file.name);
    const { create, asset, direct } = root.dataset;
    this.upload = new Upload(file, create, (sent) => this.progress(sent), asset, direct === "1");
    this.find("anyway").addEventListener("click", () => this.insist());
    this.said = details.recall(this.upload.key); // and the server doesn't know yet
    this.had = details.handedOver(this.upload.key);
    this.find("details")?.setAttribute("aria-label", _("Details of {name}", { name: file.name }));
    this.find("details")?.addEventListener("click", () => askDetails([this], true));
    this.sent = 0;
    this.compared = false; // with what the library has
    this.lost = false; // whether trying again may help
    part("dock-list").prepend(this.element);
    rows.set(this.element, this);
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
    this.find("anyway").hidden = state !== "asking";
    this.showPause(state);
    if (this.find("details")) this.find("details").hidden = OVER.includes(state);
    const over = OVER.includes(state);
    const { name } = this.file;
    this.find("cancel").setAttribute("aria-label", over ? _("Remove {name}", { name }) : _("Cancel {name}", { name }));
    if (over) part("dock-say").textContent = `${this.file.name}: ${words}`;
    summarise();
  }

  // What is wrong with its details.
  tell(problem) {
    this.find("problem").hidden = !problem;
    this.find("problem").textContent = problem;
  }

  showPause(state) {
    const button = this.find("pause");
    const { name } = this.file;
    const paused = state === "paused";
    button.hidden = !paused && !["waiting", "comparing", "sending"].includes(state);
    button.setAttribute("aria-label", paused ? _("Resume {name}", { name }) : _("Pause {name}", { name }));
  }

  progress(sent) {
    this.sent = sent;
    this.find("bar").value = this.file.size ? sent / this.file.size : 1;
    const share = this.file.size ? Math.floor((sent / this.file.size) * 100) / 100 : 1;
    const much = _("{sent} of {size}", { sent: size(sent), size: size(this.file.size) });
    this.show("sending", `${percent(share)} · ${much}${this.rate(sent)}`);
    this.deliver();
  }

  deliver() {
    if (this.said.length || this.had.texts.length) details.deliver(root.dataset.details, [this]);
  }

  // Time left, once enough has gone since it began or went on.
  rate(sent) {
    const now = performance.now();
    const [last] = this.pace.slice(-1);
    if (!last || sent < last.sent) this.pace = [{ now, sent }];
    else this.pace.push({ now, sent });
    while (this.pace.length > 2 && this.pace[1].now < now - PACE_MS) this.pace.shift();
    const seconds = (now - this.pace[0].now) / 1000;
    const gone = sent - this.pace[0].sent;
    if (seconds < 3 || gone === 0) return "";
    const left = Math.round(((this.file.size - sent) * seconds) / gone);
    const words = left < 60 ? _("{left} s left", { left }) : _("{left} min left", { left: Math.round(left / 60) });
    return ` · ${words}`;
  }

  queue() {
    this.show("waiting", `${_("Waiting")} · ${size(this.file.size)}`);
    waiting.push(this);
    next();
  }

  // Of several that were dropped on a clip's page only one is taken.
  leaveOut(taken) {
    const said = _("Not uploaded: one file at a time becomes the next version, here “{taken}”. Add this one afterwards, or in the library as a separate clip.", { taken });
    this.show("refused", said);
  }

  // Pause, or go on.
  turn() {
    if (this.state === "paused") {
      this.queue();
      return;
    }
    const at = waiting.indexOf(this);
    if (at >= 0) waiting.splice(at, 1);
    else this.stop();
    const much = _("{sent} of {size}", { sent: size(this.sent), size: size(this.file.size) });
    this.show("paused", `${_("Paused")} · ${much}`);
  }

  stop() {
    this.comparing?.abort();
    this.upload.pause();
  }

  // Whether to send the file: what the library has already is told instead.
  async compare() {
    const { hashing, known } = root.dataset;
    if (this.compared || this.upload.address || !hashing) return true;
    this.comparing = new AbortController();
    const { signal } = this.comparing;
    const tell = (read) => {
      const share = percent(Math.floor((read / this.file.size) * 100) / 100);
      this.find("bar").value = read / this.file.size;
      this.show("comparing", _("Checking whether it's already here · {share}", { share }));
    };
    tell(0);
    const sha256 = await hash(this.file, hashing, tell, signal);
    const found = sha256 && !signal.aborted ? await twin(known, sha256, signal, root.dataset.asset) : null;
    if (signal.aborted) return false;
    this.upload.sha256 = sha256 ?? "";
    this.compared = true;
    if (found) this.showTwin(found);
    return !found;
  }

  showTwin(found) {
    const { place, title, brand, version, asset, url } = found;
    const words = {
      library: _("Already in the library as “{title}”. It wasn't uploaded again.", { title }),
      trash: _("In the trash as “{title}”. Restore it there to use it.", { title }),
      hidden: _("Already in this brand, in a clip you can't see. Ask a librarian."),
      brand: _("You have it in {brand} as “{title}”.", { brand, title }),
    };
    const own = asset && asset === root.dataset.asset;
    if (url) this.find("name").href = url;
    const said = own ? _("Already version {version} of this clip.", { version }) : words[place];
    this.show(place === "brand" ? "asking" : "known", said);
    if (place !== "brand") details.forget(this);
    offer(this.element, found, root.dataset.asset);
  }

  // Add it here although another brand has it.
  insist() {
    this.find("name").removeAttribute("href");
    this.find("offers").hidden = true;
    this.queue();
  }

  async run() {
    this.pace = [];
    this.lost = false;
    try {
      if (!(await this.compare())) return;
      this.progress(this.sent);
      await this.upload.send();
      if (this.upload.stopped) return;
      this.deliver();
      this.find("bar").removeAttribute("value");
      this.show("checking", _("Checking the file…"));
      this.finish(await this.upload.outcome((why) => this.show("checking", why)));
    } catch (error) {
      if (this.upload.stopped) return;
      this.lost = error instanceof Lost;
      this.show(this.lost ? "failed" : "refused", error.message);
    }
  }

  finish({ state, reason, url, version }) {
    const taken = root.dataset.asset ? _("Added as version {version}", { version }) : _("Added to the library");
    const words = { taken, known: _("Already in the library") };
    this.show(state, (root.dataset.asset && state === "known" && reason) || words[state] || reason);
    if (state === "taken" && reason) this.tell(reason); // of what was said of it
    if (state === "taken") {
      details.settle(this);
      this.deliver();
    } else if (state === "known") details.forget(this);
    if (url) this.find("name").href = url;
  }

  dismiss() {
    const at = waiting.indexOf(this);
    if (at >= 0) waiting.splice(at, 1);
    this.comparing?.abort();
    if (!OVER.includes(this.state)) {
      this.upload.cancel();
      details.forget(this);
    }
    this.remove();
  }

  remove() {
    this.element.remove();
    rows.delete(this.element);
    if (part("dock-list").childElementCount === 0) dock.hidden = true;
    summarise();
  }
}

// A file that was on its way when its tab was closed: the server has its beginning, and the rest is in the file alone.
class Left extends Row {
  constructor(known, received) {
    super(known);
    Object.assign(this.upload, { key: known.key, address: known.address });
    this.said = details.recall(known.key);
    this.had = details.handedOver(known.key);
    this.find("bar").value = received / known.size;
    this.find("again").hidden = false;
    this.find("again").setAttribute("aria-label", _("Choose {name} again", { name: known.name }));
    this.find("again").addEventListener("click", () => part("upload-input").click());
    const much = _("{sent} of {size}", { sent: size(received), size: size(known.size) });
    this.show("unfinished", _("{much} uploaded. Choose the file again to continue.", { much }));
  }

  is(file) {
    return this.file.name === file.name && this.file.size === file.size;
  }
}

// What is said of one file, or of all that become clips.
function askDetails(about, single = false) {
  if (about.length) details.ask(root.dataset.details, about, { single, version: Boolean(root.dataset.asset) });
}
part("dock-details")?.addEventListener("click", () =>
  askDetails([...rows.values()].filter((row) => !OVER.includes(row.state) || row.state === "taken")),
);

function summarise() {
  const states = [...dock.querySelectorAll(".dock-item")].map((item) => item.dataset.state);
  const still = states.filter((state) => STILL.includes(state)).length;
  const left = states.filter((state) => !OVER.includes(state)).length - still;
  const bad = states.filter((state) => state === "refused" || state === "failed").length;
  const all = states.length;
  const several = () => _("{bad} of {count} files couldn't be added", { bad: number(bad), count: number(all) });
  const notAdded = all === 1 ? _("The file couldn't be added") : several();
  const uploaded = ngettext("{count} file uploaded", "{count} files uploaded", all);
  const unfinished = ngettext("{count} upload isn't finished", "{count} uploads aren't finished", still);
  if (left) part("dock-title").textContent = ngettext("Uploading {count} file", "Uploading {count} files", left);
  else if (still) part("dock-title").textContent = unfinished;
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
  dock.hidden = false;
  delete dock.dataset.folded;
  const unfinished = [...rows.values()].filter((row) => row instanceof Left);
  const [first, ...others] = files;
  const several = root.dataset.asset ? others : []; // each would replace the one before
  for (const file of several) new Row(file).leaveOut(first.name);
  for (const file of root.dataset.asset ? [first] : files) {
    unfinished.find((row) => row.is(file))?.remove();
    dock.hidden = false;
    new Row(file).queue();
  }
}

// What other tabs began and no tab sends now.
async function showLeft() {
  const known = memory.left(root.dataset.create, root.dataset.asset);
  if (!known.length) return;
  const busy = await memory.busy();
  for (const each of known.filter(({ key }) => !busy.has(key)).reverse()) {
    const response = await fetch(each.address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response || response.status === 401 || response.status >= 500) continue;
    const { state, received } = response.ok ? await response.json() : {};
    if (state !== "receiving") memory.forget(each.key);
    else if (![...rows.values()].some((row) => row.upload.key === each.key)) new Left(each, received);
  }
  dock.hidden = part("dock-list").childElementCount === 0;
}
showLeft();

// The network, or whoever was signed out, is back: go on with what had failed for want of it.
function goOn() {
  if (document.hidden || !navigator.onLine) return;
  for (const row of rows.values()) if (row.state === "failed" && row.lost) row.queue();
  details.deliver(root.dataset.details, [...rows.values()]);
}
addEventListener("online", goOn);
document.addEventListener("visibilitychange", goOn);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-upload-choose]")) part("upload-input").click();
  if (event.target.closest("[data-upload-folder]")) part("folder-input").click();
});
part("folder-input")?.addEventListener("change", (event) => {
  add(meant(event.target.files));
  event.target.value = "";
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
  for (const row of [...rows.values()]) if (OVER.includes(row.state)) row.remove();
  const stays = [...rows.values()].some((row) => row.state !== "unfinished"); // those come back with the next page
  dock.hidden = !stays;
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
document.addEventListener("drop", async (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  depth = 0;
  part("drop").hidden = true;
  add(await dropped(event.dataTransfer));
});

// Leaving the page loses the files that only this page has: those on their way, and those that could be tried again.
// What the server has every byte of goes on without it.
const IN_THIS_PAGE = ["waiting", "comparing", "sending", "paused", "asking", "failed"];

addEventListener("beforeunload", (event) => {
  const items = [...dock.querySelectorAll(".dock-item")];
  if (items.some((item) => IN_THIS_PAGE.includes(item.dataset.state))) event.preventDefault();
});
