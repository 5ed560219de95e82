import { equal, find, html, ok, send, settled, test } from "/tests/harness.js";

async function load({ person = "7", cookie = "fresh" } = {}) {
  html(`<div id="toasts"></div><template id="toast-template"><div data-toast><p></p></div></template>
    <form method="post" action="/comments/"><input name="csrfmiddlewaretoken" value="old"><button></button></form>`);
  document.body.dataset.person = person;
  document.body.setAttribute("hx-headers", '{"X-CSRFToken": "old"}');
  document.cookie = cookie ? `csrftoken=${cookie}` : "csrftoken=; max-age=0";
  return import("/static/dam/js/session.js");
}

const LOGIN = `${location.origin}/accounts/login/?next=/`;
const said = () => find("#toasts p")?.textContent ?? null;

function asks(verb) {
  const detail = { verb, headers: { "X-CSRFToken": "old" } };
  return { refused: send("htmx:configRequest", detail), token: detail.headers["X-CSRFToken"] };
}

test("a request has the token of now, not of when the page was loaded", async () => {
  await load();
  equal(asks("post"), { refused: false, token: "fresh" });
});

test("without a cookie the page's own token is sent", async () => {
  await load({ cookie: "" });
  equal(asks("post").token, "old");
});

test("a form that goes without htmx has it, too", async () => {
  await load();
  find("form").addEventListener("submit", (event) => event.preventDefault());
  find("form").requestSubmit();
  equal(find("[name=csrfmiddlewaretoken]").value, "fresh");
});

test("nothing is sent in the name of somebody who signed in elsewhere meanwhile", async () => {
  await load();
  localStorage.setItem("person", "8");
  equal([asks("post").refused, asks("get").refused], [true, false]);
  ok(said().includes("someone else"));
});

test("an ended session is said, with the way back, and the page stays", async () => {
  await load();
  const kept = send("htmx:beforeOnLoad", { xhr: { status: 200, responseURL: LOGIN } });
  equal([kept, document.querySelectorAll("[data-signed-out]").length], [true, 1]);
  equal(new URL(find("[data-signed-out] a").href).search, `?next=${encodeURIComponent(location.pathname)}`);
});

test("the sign-in page is put nowhere into this one", async () => {
  await load();
  document.body.dataset.login = "/accounts/login/";
  const stays = (path) => send("htmx:beforeOnLoad", { xhr: { status: 200, responseURL: location.origin + path } });
  equal([stays("/accounts/login/?next=/b/"), stays("/b/comments/")], [true, false]);
});

test("it is said once, however many requests come back", async () => {
  await load();
  for (let time = 0; time < 3; time += 1) send("htmx:beforeOnLoad", { xhr: { status: 200, responseURL: LOGIN } });
  equal(document.querySelectorAll("[data-signed-out]").length, 1);
});

test("signing out in one tab is said in the others", async () => {
  await load();
  new BroadcastChannel("session").postMessage("signed out");
  for (let turn = 0; turn < 40; turn += 1) await settled();
  ok(said()?.includes("signed out"));
});

test("a form that came back to be sent again is sent by nobody else", async () => {
  localStorage.setItem("person", "7");
  html(`<div id="toasts"></div><template id="toast-template"><div data-toast><p></p></div></template>
    <form method="post" action="/comments/" data-kept><button></button></form>`);
  await import("/static/dam/js/session.js");
  localStorage.setItem("person", "8"); // who signed in in the other tab
  const event = new SubmitEvent("submit", { bubbles: true, cancelable: true });
  find("form").dispatchEvent(event);
  equal([event.defaultPrevented, said()?.includes("someone else")], [true, true]);
});
