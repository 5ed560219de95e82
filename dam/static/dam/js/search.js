// "/" goes to the search box, "?" shows the keys.
import { isTyping } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (!["/", "?"].includes(event.key) || isTyping(event)) return;
  if (event.key === "?") return document.getElementById("shortcuts").showModal();
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
