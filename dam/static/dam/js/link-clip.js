// "Link a clip" below a comment that is being written: clips are found by their titles, and the address of the chosen one
// goes into the words, where the page shows it as the clip. Arrows choose, Enter takes one, Escape closes the list.
import { isComposing } from "./keys.js";
import { _ } from "./words.js";

const WAIT_MS = 150;

let open; // { button, panel, field, list, box }
let asked = 0;
let timer;
let count = 0; // so that ids differ

const options = () => (open ? [...open.list.querySelectorAll('[role="option"]')] : []);
const chosen = () => options().find((each) => each.getAttribute("aria-selected") === "true");
const boxOf = (button) => button.closest("form")?.querySelector('textarea[name="body"]');

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function close({ focus } = {}) {
  if (!open) return;
  clearTimeout(timer);
  asked += 1; // what is still on its way comes too late
  const { button, panel } = open;
  open = undefined;
  panel.remove();
  button.setAttribute("aria-expanded", "false");
  focus?.focus();
}

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", each === option);
  if (option) open.field.setAttribute("aria-activedescendant", option.id);
  else open.field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

// Where the caret was, with a space on either side where words stand there.
function take(option) {
  const { box } = open;
  const before = box.value.slice(0, box.selectionStart);
  const after = box.value.slice(box.selectionEnd);
  const text = `${/\S$/.test(before) ? " " : ""}${option.dataset.address}${/^\s/.test(after) ? "" : " "}`;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  close({ focus: box });
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function row({ title, kind, address, picture }, place) {
  const image = picture ? element("img", { src: picture, alt: "" }) : element("span", { class: "clip-picker-blank" });
  const name = element("span", { class: "clip-picker-title", dir: "auto" }, title);
  const option = element(
    "li",
    { id: `${open.list.id}-${place}`, class: "menu-item", role: "option", "data-address": address },
    image,
    name,
    element("span", { class: "tiny faint" }, kind),
  );
  option.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus until it is taken
    take(option);
  });
  return option;
}

function show(clips, told) {
  open.list.replaceChildren(...clips.map(row));
  open.list.hidden = !clips.length;
  open.field.setAttribute("aria-expanded", String(clips.length > 0));
  open.said.textContent = told;
  choose(options()[0]);
}

async function ask() {
  const mine = (asked += 1);
  const typed = open.field.value.trim();
  let clips = [];
  let told = "";
  try {
    const address = `${open.button.dataset.linkClip}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    ({ clips } = await answer.json());
    if (!clips.length) told = typed ? _("No clips with this title.") : _("No clips yet.");
  } catch {
    told = _("Clips couldn't be loaded. Try again.");
  }
  if (mine === asked && open) show(clips, told);
}

function begin(button, box) {
  close();
  const id = `clip-picker-${(count += 1)}`;
  const field = element("input", {
    type: "search",
    class: "input",
    role: "combobox",
    "aria-label": _("Find a clip by its title"),
    placeholder: _("Find a clip by its title"),
    "aria-controls": id,
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    autocomplete: "off",
  });
  const list = element("ul", { id, role: "listbox", "aria-label": _("Clips") });
  list.hidden = true;
  const said = element("p", { class: "small muted", role: "status" });
  const panel = element("div", { class: "clip-picker menu-panel" }, field, list, said);
  open = { button, box, field, list, said, panel };
  button.closest(".attach-acts").after(panel);
  button.setAttribute("aria-expanded", "true");
  field.focus();
  ask();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-link-clip]");
  if (!button) return;
  const box = boxOf(button);
  if (open?.button === button) close({ focus: button });
  else if (box) begin(button, box);
});

document.addEventListener("input", (event) => {
  if (!open || event.target !== open.field) return;
  event.stopPropagation(); // it is no part of the comment
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT_MS);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (!open || event.target !== open.field || isComposing(event)) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (all.length) choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if (event.key === "Enter") {
      if (at >= 0) take(all[at]);
    } else if (event.key === "Escape") close({ focus: open.button });
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// Leaving the field ends it, but for its own button, which does so itself.
document.addEventListener("focusout", (event) => {
  if (!open || event.target !== open.field || event.relatedTarget === open.button) return;
  close();
});
