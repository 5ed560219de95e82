// After an @ in a comment the names of people and groups are offered: arrows choose, Enter or Tab takes one, Escape closes the
// list. Without it a name can be typed in full. Fields say where names come from: data-names, on them or around them.
import { isComposing } from "./keys.js";
import { _ } from "./words.js";

const WAIT_MS = 120;
const BEGUN = /(?:^|\s)@([^\s@][^@\n]{0,59})?$/u;

let list;
let box;
let asked = 0;
let timer;

const begun = () => box.value.slice(0, box.selectionStart).match(BEGUN);
const options = () => (list ? [...list.querySelectorAll('[role="option"]')] : []);
const chosen = () => options().find((each) => each.getAttribute("aria-selected") === "true");

function close() {
  clearTimeout(timer);
  asked += 1; // what is still on its way comes too late
  list?.remove();
  list = undefined;
  box?.removeAttribute("aria-activedescendant");
  box?.removeAttribute("aria-controls");
}

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", each === option);
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(option) {
  const found = begun();
  if (!found) return close();
  const end = box.selectionStart;
  const start = end - (found[1] ?? "").length;
  box.setRangeText(`${option.dataset.name} `, start, end, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

function show(names, groups) {
  list?.remove();
  list = document.createElement("ul");
  list.className = "mention-list menu-panel";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", _("People and groups"));
  [...names, ...groups].forEach((name, place) => {
    const option = document.createElement("li");
    option.id = `mention-${place}`;
    option.className = "menu-item";
    option.setAttribute("role", "option");
    option.dataset.name = name;
    option.textContent = name;
    option.dir = "auto";
    if (place >= names.length) option.append(" ", mark());
    option.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the field keeps the cursor
      take(option);
    });
    list.append(option);
  });
  box.after(list);
  box.setAttribute("aria-controls", list.id);
  choose(options()[0]);
}

function mark() {
  const made = document.createElement("span");
  made.className = "badge";
  made.textContent = _("Group");
  return made;
}

async function ask(source, typed) {
  const mine = (asked += 1);
  let [names, groups] = [[], []];
  try {
    const answer = await fetch(`${source}?q=${encodeURIComponent(typed)}`, {
      headers: { Accept: "application/json" },
    });
    if (answer.ok) ({ names, groups = [] } = await answer.json());
  } catch {
    // Without the server nothing is offered; what is typed stays.
  }
  if (mine !== asked) return;
  if (names.length + groups.length) show(names, groups);
  else close();
}

document.addEventListener("input", (event) => {
  const source = event.target.matches?.("textarea") && event.target.closest("[data-names]");
  if (!source || isComposing(event)) return;
  if (box !== event.target) close();
  box = event.target;
  const found = begun();
  if (!found) return close();
  clearTimeout(timer);
  timer = setTimeout(() => ask(source.dataset.names, found[1] ?? ""), WAIT_MS);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.target !== box || isComposing(event)) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(all[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

document.addEventListener("focusout", (event) => event.target === box && close());
