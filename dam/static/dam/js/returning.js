// Back and Forward lead to the place that was left: the pieces of a list that were loaded, what was chosen in it, how
// far it was scrolled and the link that was followed. A browser remembers none of that, for #main is what scrolls.

const MORE = "[data-more]";
const main = document.getElementById("main");
const boxes = () => main.querySelectorAll('.card-pick input[type="checkbox"]');

const PREFIX = "place-";

// A name for this entry of the history, so that two tabs, or the same page twice, have a place each.
function entry() {
  if (!history.state?.entry) history.replaceState({ ...history.state, entry: `${Date.now()}-${Math.random()}` }, "");
  return `${PREFIX}${history.state.entry}`;
}

const sizeOf = (list) => list?.children.length ?? 0;
const list = () => main.querySelector("[data-grows]");
const linksTo = (href) => [...main.querySelectorAll("a[href]")].filter((each) => each.getAttribute("href") === href);

let followed = null;

document.addEventListener("click", (event) => (followed = event.target.closest?.("a[href]") ?? followed), true);

let over = false; // signed out: what was chosen is nobody's now

function forget() {
  over = true;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
}

function leave() {
  if (over) return;
  const { activeElement } = document;
  const link = [followed, activeElement].find((each) => each?.isConnected && each.matches("a[href]") && main.contains(each));
  const place = {
    top: main.scrollTop,
    size: sizeOf(list()),
    chosen: [...boxes()].filter((box) => box.checked).map((box) => box.value),
    href: link?.getAttribute("href"),
    nth: link && linksTo(link.getAttribute("href")).indexOf(link),
    at: link?.getBoundingClientRect().top,
  };
  try {
    sessionStorage.setItem(entry(), JSON.stringify(place));
  } catch {
    // A private window may keep nothing.
  }
}

function left() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return null;
  try {
    return JSON.parse(sessionStorage.getItem(entry()));
  } catch {
    return null;
  }
}

// Whether one more piece of the list has come.
function loadMore() {
  const link = list()?.querySelector(MORE);
  if (!link) return false;
  return new Promise((resolve) => {
    document.addEventListener("htmx:afterRequest", function done({ detail }) {
      if (detail.requestConfig?.elt !== link) return;
      document.removeEventListener("htmx:afterRequest", done);
      resolve(!link.isConnected);
    });
    link.click();
  });
}

async function goBackTo(place) {
  // Whoever scrolls or types meanwhile has gone on.
  const gone = new AbortController();
  for (const what of ["wheel", "touchstart", "pointerdown", "keydown"])
    document.addEventListener(what, () => gone.abort(), { capture: true, signal: gone.signal });
  while (sizeOf(list()) < place.size && !gone.signal.aborted && (await loadMore()));
  const chosen = new Set(place.chosen);
  for (const box of boxes()) if (chosen.has(box.value)) box.checked = true;
  document.dispatchEvent(new Event("chosen"));
  if (gone.signal.aborted) return;
  gone.abort();
  const link = linksTo(place.href)[place.nth];
  main.scrollTop = place.top;
  // What came on top of the list meanwhile has pushed it down.
  if (link) main.scrollTop += link.getBoundingClientRect().top - place.at;
  link?.focus({ preventScroll: true });
}

if (main) {
  const place = left();
  addEventListener("pagehide", leave);
  document.addEventListener("signed-out", forget);
  // After htmx, which waits for this event too.
  if (place) document.addEventListener("DOMContentLoaded", () => goBackTo(place));
}
