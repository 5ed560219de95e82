// The Generate page: a seed that is kept once it is typed, and the way to the takes.

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
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
