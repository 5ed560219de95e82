// The Generate page: a seed that is kept once it is typed, and the way to the takes.
import { isTyping, keyOf } from "./keys.js";

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

// 1 to 9 go to a take of the brief that one is at, else of the newest: what can be done with it is there.
document.addEventListener("keydown", (event) => {
  if (isTyping(event) || !/^[1-9]$/.test(keyOf(event))) return;
  const brief = document.activeElement?.closest(".brief-takes") ?? document.querySelector(".brief-takes");
  const take = brief?.querySelectorAll(".take")[Number(keyOf(event)) - 1];
  const first = take?.querySelector(".take-actions :is(a, button, summary)");
  if (!first) return;
  event.preventDefault();
  first.focus({ focusVisible: true });
  take.scrollIntoView({ block: "nearest" });
});

// "Same seed, new prompt" leads to the words.
const words = location.hash === "#id_prompt" && document.getElementById("id_prompt");
if (words) {
  words.focus();
  words.select();
}
