import { equal, html, send, test } from "/tests/harness.js";

const field = () => document.getElementById("secret");
const button = () => document.querySelector("button");

async function load() {
  html(
    '<form><input id="secret" type="password" value="x" /><button type="button" data-show-password ' +
      'aria-controls="secret" aria-pressed="false">Show</button></form>',
  );
  await import("/static/dam/js/passwords.js");
}

test("a press shows the password, the next one hides it", async () => {
  await load();
  button().click();
  equal([field().type, button().getAttribute("aria-pressed")], ["text", "true"]);
  button().click();
  equal([field().type, button().getAttribute("aria-pressed")], ["password", "false"]);
});

test("a password that is shown is hidden before it is sent", async () => {
  await load();
  button().click();
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("form").requestSubmit();
  equal(field().type, "password");
});
