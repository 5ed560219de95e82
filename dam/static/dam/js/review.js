// Reviews: keys for the three decisions and for the clips that come next, and the approval told in
// words while it is filled in.
import { isCommand, isTyping, keyOf } from "./keys.js";
import { isOfSomebodyElse, token } from "./session.js";
import "./signing.js";
import { toast } from "./toast.js";
import { _, day, list, midsentence } from "./words.js";

const KEYS = { a: "Shift+A", c: "Shift+C", r: "Shift+R" };

// Before the player's own keys: there R loops and C comments.
document.addEventListener(
  "keydown",
  (event) => {
    if (!event.shiftKey || isTyping(event)) return;
    const button = document.querySelector(`.room-bar [aria-keyshortcuts="${KEYS[keyOf(event)]}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.getAttribute("aria-disabled") === "true") toast(document.getElementById("why").textContent.trim());
    else button.click();
  },
  { capture: true },
);

// Ctrl/⌘ Enter anywhere in a decision goes to the password that it still needs, and else sends it. Before submit.js,
// which knows texts of several lines alone.
document.addEventListener(
  "keydown",
  (event) => {
    if (!isCommand(event, "Enter") || event.repeat) return;
    const form = event.target.closest?.("form.decision");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const password = form.querySelector("[name=password]");
    if (password && !password.value) password.focus();
    else if (!form.querySelector("footer [type=submit]")?.disabled) form.requestSubmit();
  },
  { capture: true },
);

const STEPS = { n: "next", p: "previous" };

document.addEventListener("keydown", (event) => {
  // Held down, it would open one clip after the other without anybody looking at them.
  if (event.repeat || event.shiftKey || isTyping(event)) return;
  const link = document.querySelector(`[data-set-step="${STEPS[keyOf(event)]}"]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

const chosen = (form, name) =>
  [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.closest("label").textContent.trim());

// [long, short]: "in the EU" and "EU".
function place(form) {
  const where = form.querySelector('[name="where"]:checked')?.value;
  if (where === "worldwide") return [_("worldwide"), _("worldwide")];
  if (where === "EU") return [_("in the EU"), _("EU")];
  const countries = form.elements.countries.value.trim();
  return where && countries ? [_("in {countries}", { countries }), countries] : [_("[choose territories]"), ""];
}

function describe(form) {
  const uses = list(chosen(form, "uses").map(midsentence));
  const [there, short] = place(form);
  const [from, until] = [form.elements.embargo_until, form.elements.valid_until].map((field) => field?.valueAsDate);
  const where = from ? _("{place}, from {day}", { place: there, day: day(from) }) : there;
  const parts = { uses: uses || _("[choose uses]"), where, day: until && day(until) };
  form.querySelector("[data-approval-words]").textContent =
    until ? _("for {uses}, {where}, until {day}", parts) : _("for {uses}, {where}, with no end date", parts);
  form.querySelector("[data-approval-button]").textContent =
    uses && short ? _("Approve for {uses}, {places}", { uses, places: short }) : _("Approve");
  form.querySelector("[data-countries]").hidden =
    form.querySelector('[name="where"]:checked')?.value !== "countries";
}

function describeAll() {
  for (const form of document.querySelectorAll("[data-approval]")) describe(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-approval]");
  if (form) describe(form);
});
document.addEventListener("htmx:afterSettle", () => {
  describeAll();
  tellPlayed();
});
describeAll();

const playerOf = () => document.querySelector(".room-stage :is(video, audio):not([data-older])");

// From and to, in seconds.
const spans = ({ played }) => Array.from({ length: played.length }, (_each, at) => [played.start(at), played.end(at)]);

function tellPlayed() {
  const player = playerOf();
  if (!player?.duration) return;
  const seconds = spans(player).reduce((sum, [start, end]) => sum + end - start, 0);
  const percent = Math.min(100, Math.round((100 * seconds) / player.duration));
  for (const line of document.querySelectorAll("[data-played]")) {
    line.hidden = false;
    line.textContent =
      percent === 100 ? _("You have played the whole clip.") : _("You have played {percent}% of the clip.", { percent });
  }
}

for (const name of ["timeupdate", "loadedmetadata"]) {
  document.addEventListener(name, (event) => event.target === playerOf() && tellPlayed(), { capture: true });
}

// The decision is recorded with how much of the clip was played.
document.addEventListener(
  "submit",
  (event) => {
    const field = event.target.elements.played;
    const player = playerOf();
    if (field && player) field.value = JSON.stringify(spans(player));
  },
  { capture: true },
);

// Where clips can be approved together the form that does so has no player: what was played is told from each room.
const room = document.querySelector("[data-played-to]");
let told = "[]";

function tell() {
  const player = playerOf();
  const played = player ? JSON.stringify(spans(player)) : told;
  if (!room || played === told || isOfSomebodyElse()) return;
  told = played;
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token(), stage: room.dataset.stage, played }))
    body.set(name, value);
  navigator.sendBeacon(room.dataset.playedTo, body);
}

for (const name of ["pause", "ended"])
  document.addEventListener(name, (event) => event.target === playerOf() && tell(), { capture: true });
document.addEventListener("visibilitychange", () => document.hidden && tell());
addEventListener("pagehide", tell);

// What others decide meanwhile changes which decisions there are, but not one that somebody is writing.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.target.querySelector("dialog[open]")) event.preventDefault();
});

// An answer that came back with errors, on a page loaded without htmx.
const opened = document.querySelector("[data-opened]")?.dataset.opened;
if (opened) document.getElementById(`${opened}-dialog`)?.showModal();
