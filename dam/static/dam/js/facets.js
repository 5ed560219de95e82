// Facets stay folded as they were left, and a long one can be searched. Each value is a plain link.
const KEPT = "facets";

const folded = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");

function restore() {
  const kept = folded();
  for (const facet of document.querySelectorAll("[data-facet]")) {
    if (facet.dataset.facet in kept) facet.open = kept[facet.dataset.facet];
  }
}

// "toggle" doesn't bubble. What restore() sets comes here too, and says the same again.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.("[data-facet]")) return;
    sessionStorage.setItem(KEPT, JSON.stringify({ ...folded(), [target.dataset.facet]: target.open }));
  },
  true,
);

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-facet-find]")) return;
  const wanted = target.value.trim().toLowerCase();
  const facet = target.closest("[data-facet]");
  for (const item of facet.querySelectorAll("li")) {
    item.hidden = !item.querySelector(".ellipsis").textContent.toLowerCase().includes(wanted);
  }
  const rest = facet.querySelector(".facet-rest");
  if (rest) rest.open = wanted !== "";
});

restore();
document.addEventListener("htmx:afterSwap", restore);
