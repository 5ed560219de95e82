// Results of a search: arrow keys go from card to card, and how many there are is read out when the list changes.

const SAYER = "results-say";

function say() {
  const sayer = document.getElementById(SAYER);
  const said = document.querySelector("[data-say]")?.dataset.say ?? "";
  if (sayer && sayer.textContent !== said) sayer.textContent = said;
}

// The card in the next or last row that lies most nearly above or below.
function inRow(links, from, direction) {
  const here = from.closest(".card").getBoundingClientRect();
  const boxes = links.map((link) => [link, link.closest(".card").getBoundingClientRect()]);
  const beyond = boxes.filter(([, box]) => (direction > 0 ? box.top >= here.bottom : box.bottom <= here.top));
  const distance = ([, box]) => Math.abs(box.top - here.top) * 1000 + Math.abs(box.left - here.left);
  return beyond.sort((a, b) => distance(a) - distance(b))[0]?.[0];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const link = event.target.closest?.("#cards .card-link");
  if (!link) return;
  const links = [...document.querySelectorAll("#cards .card-link")];
  const at = links.indexOf(link);
  const next = {
    ArrowRight: () => links[at + 1],
    ArrowLeft: () => links[at - 1],
    ArrowDown: () => inRow(links, link, 1),
    ArrowUp: () => inRow(links, link, -1),
    Home: () => links[0],
    End: () => links.at(-1),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.closest(".card").scrollIntoView({ block: "nearest" });
});

say();
document.addEventListener("htmx:afterSettle", say);
