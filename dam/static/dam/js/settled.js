// Tells the server that a search led somewhere: a result was opened, or the page was looked at for a while.
import { token } from "./session.js";

const PAUSE_MS = 2000;
const told = new Set();
let timer;

const place = () => document.querySelector("[data-settled]");

function tell() {
  clearTimeout(timer);
  const { settled, query, none } = place()?.dataset ?? {};
  if (!settled || told.has(query)) return;
  told.add(query);
  const body = new URLSearchParams({ query, none: none ?? "" });
  // It arrives also when the page is left for what was found. If not, a recent search is missing, no more.
  fetch(settled, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } }).catch(() => {});
}

function wait() {
  clearTimeout(timer);
  if (place()) timer = setTimeout(() => (document.visibilityState === "visible" ? tell() : wait()), PAUSE_MS);
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".card-link")) tell();
});
document.addEventListener("htmx:afterSettle", wait);
wait();
