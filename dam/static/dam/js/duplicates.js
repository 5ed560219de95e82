// The page of a pair that looks alike: a key for each answer, as its tooltip says.
import { isTyping, keyOf } from "./keys.js";

// A radio that has the focus is a field, and no text is written there.
const isWriting = (event) => isTyping(event) && !event.target.matches?.('[type="radio"]');

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isWriting(event)) return;
  const key = keyOf(event);
  if (!/^[a-z0-9]$/.test(key)) return;
  const button = document.querySelector(`[data-answer-key="${key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// Comparing them in another way is another page: it goes on with the one that is to stay.
function keep() {
  const chosen = document.querySelector('[name="stays"]:checked');
  if (!chosen) return;
  for (const link of document.querySelectorAll("[data-keeps-choice]")) {
    const address = new URL(link.href);
    address.searchParams.set("stays", chosen.value);
    link.href = address.href;
  }
}

document.addEventListener("change", (event) => event.target.matches('[name="stays"]') && keep());
addEventListener("pageshow", keep); // a browser that comes back to the page chooses what was chosen
