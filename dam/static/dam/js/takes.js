// The Generate page: clips that loop, a seed that is kept once it is typed.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Who wants no motion gets a still picture with controls.
const settle = (root) => {
  for (const video of root.querySelectorAll("video[data-take]")) {
    video.controls = calm.matches;
    if (calm.matches) video.pause();
    else video.play().catch(() => {});
  }
};

settle(document);
calm.addEventListener("change", () => settle(document));
document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  settle(arrived.parentElement ?? document);
  // In one column the takes lie below the form: go there once it was sent and nothing in it is wrong.
  const wrong = arrived.querySelector("#brief [role=alert]");
  if (arrived.id === "studio" && !wrong && matchMedia("(width < 60rem)").matches) {
    document.getElementById("feed-title").scrollIntoView();
  }
});

document.addEventListener("input", (event) => {
  const keeper = document.getElementById(event.target.dataset?.keeps ?? "");
  if (keeper) keeper.checked = event.target.value !== "";
  const told = document.getElementById(event.target.dataset?.told ?? "");
  if (told) told.textContent = event.target.value;
});

// What is typed there is looked up as it is typed; sending it would leave what else was filled in.
document.addEventListener("submit", (event) => {
  if (event.target.id === "brief-find") event.preventDefault();
});

// "Same seed, new prompt" leads to the words.
const words = location.hash === "#id_prompt" && document.getElementById("id_prompt");
if (words) {
  words.focus();
  words.select();
}
