import { equal, find, html, test } from "/tests/harness.js";

const kept = () => JSON.parse(sessionStorage.getItem(`place-${history.state.entry}`));

async function load() {
  sessionStorage.clear();
  html(`<main id="main">
    <ul data-grows><li><a href="/clips/1/">One</a></li><li><a href="/clips/2/">Two</a></li></ul>
    <label class="card-pick"><input type="checkbox" value="1" checked></label>
    <label class="card-pick"><input type="checkbox" value="2"></label>
  </main>`);
  await import("/static/dam/js/returning.js");
}

test("leaving keeps how much was loaded, what was chosen and the link that was followed", async () => {
  await load();
  find('a[href="/clips/2/"]').focus();
  dispatchEvent(new Event("pagehide"));
  const { size, chosen, href, nth } = kept();
  equal([size, chosen, href, nth], [2, ["1"], "/clips/2/", 0]);
});

test("a page that was not come back to is left as it is", async () => {
  await load();
  equal([find("#main").scrollTop, document.activeElement === document.body], [0, true]);
});

test("nothing is left of it after signing out", async () => {
  await load();
  dispatchEvent(new Event("pagehide"));
  document.dispatchEvent(new Event("signed-out"));
  dispatchEvent(new Event("pagehide"));
  equal(Object.keys(sessionStorage).filter((name) => name.startsWith("place-")), []);
});
