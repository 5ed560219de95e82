import { equal, find, html, press, test } from "/tests/harness.js";

// Two rows of two cards, and a last row of one.
const card = (number) => {
  const place = `position:absolute;width:80px;height:40px;left:${(number % 2) * 100}px;top:${Math.floor(number / 2) * 50}px`;
  return `<li class="card" style="${place}"><a class="card-link" href="#" id="card-${number}">${number}</a></li>`;
};

async function load() {
  html(`<main data-say="5 clips"><p id="results-say" role="status"></p>
    <ul id="cards">${[0, 1, 2, 3, 4].map(card).join("")}</ul></main>`);
  await import("/static/dam/js/results.js");
}

function goes(from, key, options = {}) {
  const link = find(`#card-${from}`);
  link.focus();
  const taken = press(key, { target: link, ...options });
  return taken ? Number(document.activeElement.textContent) : null;
}

test("arrows to the side go through the cards in order, and stop at the ends", async () => {
  await load();
  equal([goes(1, "ArrowRight"), goes(2, "ArrowLeft"), goes(4, "ArrowRight"), goes(0, "ArrowLeft")], [2, 1, null, null]);
});

test("arrows up and down go to the card above or below", async () => {
  await load();
  equal([goes(1, "ArrowDown"), goes(3, "ArrowUp"), goes(3, "ArrowDown"), goes(1, "ArrowUp")], [3, 1, 4, null]);
});

test("Home and End go to the first and the last card", async () => {
  await load();
  equal([goes(2, "Home"), goes(2, "End")], [0, 4]);
});

test("keys of the browser stay its own", async () => {
  await load();
  equal([goes(1, "ArrowLeft", { altKey: true }), goes(1, "a")], [null, null]);
});

test("how many there are is said, and again when the list changes", async () => {
  await load();
  equal(find("#results-say").textContent, "5 clips");
  find("[data-say]").dataset.say = "2 clips";
  document.dispatchEvent(new Event("htmx:afterSettle"));
  equal(find("#results-say").textContent, "2 clips");
});
