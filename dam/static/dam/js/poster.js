// The number in "Use this frame as the poster" (assets/_poster.html) follows the player.
const player = document.querySelector("reel-player");

// As its default, too: nobody has written it, so what comes anew need not wait for them (requests.js).
function follow() {
  for (const field of document.querySelectorAll("[data-poster-frame]")) {
    field.defaultValue = player.frame ?? field.value;
    field.value = field.defaultValue;
  }
}

if (player) {
  player.addEventListener("frame", follow);
  document.addEventListener("htmx:afterSettle", follow);
  follow();
}
