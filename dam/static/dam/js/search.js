// "/" goes to the search box, "?" shows the keys.
import { isTyping, keyOf } from "./keys.js";

document.addEventListener("keydown", (event) => {
  const key = keyOf(event);
  if (!["/", "?"].includes(key) || isTyping(event)) return;
  if (key === "?") return document.getElementById("shortcuts").showModal();
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
