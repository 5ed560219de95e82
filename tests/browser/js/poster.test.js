import { equal, find, html, send, test } from "/tests/harness.js";

async function load() {
  html(`<main><reel-player></reel-player><form><input type="number" data-poster-frame value="3"></form></main>`);
  find("reel-player").frame = 48;
  await import("/static/dam/js/poster.js");
}

test("the number is that of the frame which the player shows", async () => {
  await load();
  equal(find("[data-poster-frame]").value, "48");
  find("reel-player").frame = 49;
  find("reel-player").dispatchEvent(new Event("frame"));
  equal(find("[data-poster-frame]").value, "49");
});

test("a number that follows the player counts as written by nobody", async () => {
  await load();
  equal(find("[data-poster-frame]").defaultValue, "48");
});

test("a form that comes anew gets the number, too", async () => {
  await load();
  find("form").innerHTML = '<input type="number" data-poster-frame value="0">';
  send("htmx:afterSettle");
  equal(find("[data-poster-frame]").value, "48");
});
