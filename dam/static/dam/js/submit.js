// Ctrl/⌘ Enter in a text of several lines sends its form.
import { isComposing } from "./keys.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || isComposing(event) || event.repeat) return;
  if (!event.target.matches?.("textarea") || !event.target.form) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
