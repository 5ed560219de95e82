import { equal, find, html, test } from "/tests/harness.js";

async function page() {
  html(`<form><input type="radio" name="stays" value="older" data-answer-key="1" checked>
    <input type="radio" name="stays" value="newer" data-answer-key="2">
    <button data-answer-key="d" value="different"></button><input name="words"></form>`);
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    find("form").dataset.sent = event.submitter.value;
  });
  await import("/static/dam/js/duplicates.js");
}
const press = (key, target = document.body, more = {}) =>
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

test("a key chooses which clip stays", async () => {
  await page();
  press("2");
  equal(find('[value="newer"]').checked, true);
  press("1", find('[value="newer"]'));
  equal(find('[value="older"]').checked, true);
});

test("a key answers, unless somebody is typing, holds it or asks the browser for something", async () => {
  await page();
  press("d", find('[name="words"]'));
  press("d", document.body, { ctrlKey: true });
  press("d", document.body, { repeat: true });
  equal(find("form").dataset.sent, undefined);
  press("d");
  equal(find("form").dataset.sent, "different");
});

test("another way to compare goes on with the clip that is to stay", async () => {
  html(`<input type="radio" name="stays" value="older" data-answer-key="1" checked>
    <input type="radio" name="stays" value="newer" data-answer-key="2">
    <a href="/b/n/duplicates/1/?as=wipe&stays=older" data-keeps-choice>Wipe</a><a href="/other/?stays=x">Other</a>`);
  await import("/static/dam/js/duplicates.js");
  press("2");
  equal(find("[data-keeps-choice]").getAttribute("href").endsWith("/b/n/duplicates/1/?as=wipe&stays=newer"), true);
  equal(find("a:last-child").getAttribute("href"), "/other/?stays=x");
  find('[value="older"]').checked = true;
  dispatchEvent(new Event("pageshow"));
  equal(find("[data-keeps-choice]").search, "?as=wipe&stays=older");
});
