// Into a collection without the way over its page: clips are dropped on one, or the palette names one. A page whose
// clips can be collected has a form that says which are chosen (data-collects: where it is sent), and the server answers
// as to its button, with a message that has an Undo.

const form = () => document.querySelector("form[data-collects]");
const itself = (element) => element?.closest?.("#cards .card") ?? null;
const target = (element) => element?.closest?.("[data-collect]") ?? null;
const tray = () => document.getElementById("collect-tray");
const KEY = /^card-(.+)$/;

// How many clips are chosen on this page: a number, or Infinity for all that its list has. What a form has of itself,
// unseen, nobody has chosen.
export function chosen() {
  const checked = [...(form()?.elements ?? [])].filter((each) => each.type === "checkbox" && each.checked);
  if (checked.some((each) => each.name === "all")) return Infinity;
  return checked.filter((each) => each.name === "asset").length;
}

// The form itself, as by a button of its own: what is chosen in it is then no draft to be put back.
function send(from, collection) {
  const button = document.createElement("button");
  [button.type, button.hidden] = ["submit", true];
  button.formAction = from.dataset.collects;
  if (collection) [button.name, button.value] = ["collection", collection];
  from.append(button);
  from.requestSubmit(button);
  button.remove();
}

// Sends the chosen clips, or `only` this one, to the collection; without one the server asks which.
export function collect(collection, only = null) {
  const from = form();
  if (!from) return;
  if (!only) return send(from, collection);
  const sent = document.createElement("form");
  sent.method = "post";
  sent.action = from.dataset.collects;
  sent.hidden = true;
  const put = (name, value) => {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", name, value];
    sent.append(input);
  };
  for (const [name, value] of new FormData(from)) if (["csrfmiddlewaretoken", "back"].includes(name)) put(name, value);
  put("asset", only);
  if (collection) put("collection", collection);
  document.body.append(sent);
  sent.requestSubmit();
}

let dragged = null; // the id of the clip whose card is dragged

function mark(place) {
  for (const each of document.querySelectorAll("[data-collect-here]")) delete each.dataset.collectHere;
  if (place) place.dataset.collectHere = "";
}

function end() {
  dragged = null;
  mark(null);
  if (tray()) tray().hidden = true;
}

// A card can be dragged by any place on it, where there is somewhere to drop it.
document.addEventListener("pointerdown", (event) => {
  const card = form() && event.pointerType === "mouse" ? itself(event.target) : null;
  if (card && !event.target.closest("input, button, summary, label")) card.draggable = true;
});

document.addEventListener("dragstart", (event) => {
  const card = form() ? itself(event.target.closest?.("[data-placed]")?.querySelector(".card") ?? event.target) : null;
  const key = card && KEY.exec(card.id)?.[1];
  if (!key) return;
  dragged = key;
  event.dataTransfer.effectAllowed = "copyMove";
  event.dataTransfer.setData("application/x-reelproof-clip", key);
  if (!tray()) return;
  // Chrome ends a drag whose start changes the page.
  setTimeout(() => {
    if (!dragged) return;
    tray().hidden = false;
    htmx.trigger(tray(), "collect");
  });
});

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  const place = target(event.target);
  mark(place);
  if (!place) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
});

document.addEventListener("drop", (event) => {
  const place = dragged && target(event.target);
  if (!place) return;
  event.preventDefault();
  const box = document.getElementById(`pick-${dragged}`);
  collect(place.dataset.collect, box?.checked ? null : dragged); // one of the chosen stands for all of them
  end();
});

document.addEventListener("dragend", end);
