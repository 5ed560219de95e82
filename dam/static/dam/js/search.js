// "/" goes to the search box.
import { isTyping } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || isTyping(event)) return;
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
