import { click, equal, find, html, stopTime, test } from "/tests/harness.js";

const sent = [];
let time;

async function load(place = '<div data-settled="/settled/" data-query="?q=lime" data-none="1"></div>') {
  html(`<main>${place}<a class="card-link"><b>A clip</b></a><a class="other">Elsewhere</a></main>`);
  document.body.setAttribute("hx-headers", '{"X-CSRFToken": "of-now"}');
  globalThis.fetch = async (address, { method, body, keepalive, headers }) => {
    sent.push([address, method, body.toString(), keepalive, headers["X-CSRFToken"]]);
  };
  time = stopTime();
  await import("/static/dam/js/settled.js");
}

test("a search is told of once a result is opened, and only once", async () => {
  await load();
  click(find(".card-link b"));
  click(find(".card-link b"));
  equal(sent, [["/settled/", "POST", "query=%3Fq%3Dlime&none=1", true, "of-now"]]);
});

test("a search that is looked at for a while counts too", async () => {
  await load();
  await time.pass(1999);
  equal(sent.length, 0);
  await time.pass(1);
  equal(sent.length, 1);
});

test("another search begins the while anew", async () => {
  await load();
  await time.pass(1500);
  find("[data-settled]").dataset.query = "?q=ice";
  document.dispatchEvent(new Event("htmx:afterSettle"));
  await time.pass(1500);
  equal(sent.length, 0);
  await time.pass(500);
  equal(sent.map(([, , body]) => body), ["query=%3Fq%3Dice&none=1"]);
});

test("another link and a page without a search tell nothing", async () => {
  await load();
  click(find(".other"));
  find("[data-settled]").remove();
  click(find(".card-link"));
  await time.pass(5000);
  equal(sent.length, 0);
});
