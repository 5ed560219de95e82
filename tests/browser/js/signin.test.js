import { click, equal, find, html, test } from "/tests/harness.js";

async function load() {
  html(`<form id="signin"><input name="login"><input name="password"></form>
    <button type="button" data-sign-in="ada@example.com" data-password="secret"><b>Ada</b></button><p>Text</p>`);
  const sent = [];
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    sent.push(Object.fromEntries(new FormData(event.target)));
  });
  await import("/static/dam/js/signin.js");
  return sent;
}

test("a press on a person signs in as them", async () => {
  const sent = await load();
  click(find("b"));
  equal(sent, [{ login: "ada@example.com", password: "secret" }]);
});

test("a press elsewhere sends nothing", async () => {
  const sent = await load();
  click(find("p"));
  equal(sent, []);
});
