// The review room: keys for the three decisions, and the approval told in words while it is filled in.
import { isTyping } from "./keys.js";
import { toast } from "./toast.js";

const KEYS = { A: "Shift+A", C: "Shift+C", R: "Shift+R" };

// Before the player's own keys: there R loops and C comments.
document.addEventListener(
  "keydown",
  (event) => {
    if (!event.shiftKey || isTyping(event)) return;
    const button = document.querySelector(`.room-bar [aria-keyshortcuts="${KEYS[event.key.toUpperCase()]}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.getAttribute("aria-disabled") === "true") toast(document.getElementById("why").textContent.trim());
    else button.click();
  },
  { capture: true },
);

const chosen = (form, name) =>
  [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.closest("label").textContent.trim());

function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function place(form) {
  const [where] = chosen(form, "where");
  if (form.querySelector('[name="where"]:checked')?.value !== "countries") return where ?? "";
  return form.elements.countries.value.trim() || "…";
}

function describe(form) {
  const uses = list(chosen(form, "uses").map((use) => use.toLowerCase()));
  const where = place(form);
  const until = form.elements.valid_until.valueAsDate;
  const day = until?.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const scope = where === "Worldwide" ? "worldwide" : `in ${where === "European Union" ? "the EU" : where}`;
  form.querySelector("[data-approval-words]").textContent =
    `for ${uses || "…"}, ${scope}, ${day ? `until ${day}` : "with no end date"}.`;
  const short = where === "European Union" ? "EU" : where.toLowerCase() === "worldwide" ? "worldwide" : where;
  form.querySelector("[data-approval-button]").textContent = uses ? `Approve for ${uses}, ${short}` : "Approve";
  const countries = form.querySelector('[name="where"]:checked')?.value === "countries";
  form.querySelector("[data-countries]").hidden = !countries;
}

function describeAll() {
  for (const form of document.querySelectorAll("[data-approval]")) describe(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-approval]");
  if (form) describe(form);
});
document.addEventListener("htmx:afterSettle", describeAll);
describeAll();

// An answer that came back with errors, on a page loaded without htmx.
const opened = document.querySelector("[data-opened]")?.dataset.opened;
if (opened) document.getElementById(`${opened}-dialog`)?.showModal();
