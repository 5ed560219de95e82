import { equal, find, html, ok, send, test } from "/tests/harness.js";

const PAGE = `
  <div id="toasts"></div>
  <template id="toast-template"><div class="toast" data-toast><p></p></div></template>
  <section id="part"></section>`;

const said = () => find("#toasts p")?.textContent ?? null;

async function load(part = "") {
  html(PAGE);
  find("#part").innerHTML = part;
  await import("/static/dam/js/requests.js");
}

const answered = (status, requestConfig = {}) => send("htmx:responseError", { xhr: { status }, requestConfig });
const from = (type) => ({ triggeringEvent: { type } });

// Whether a request for the part is let go.
const asks = (type) => !send("htmx:beforeRequest", { requestConfig: type ? from(type) : {}, target: find("#part") });

test("a server that can't be reached is said, and promises no more than is known", async () => {
  await load();
  send("htmx:sendError", {}); // after the request had arrived, perhaps
  ok(said().includes("What you entered is kept"));
  ok(!said().includes("Nothing was changed"));
  ok(find(".toast-error"));
});

test("each refusal has its words", async () => {
  await load();
  for (const [status, words] of [[403, "role"], [404, "no longer exists"], [409, "Someone else"], [413, "too large"], [429, "Too many"], [503, "unavailable. What you entered is kept"]]) {
    find("#toasts").replaceChildren();
    answered(status);
    ok(said().includes(words), `${status} was to say "${words}": ${said()}`);
  }
});

test("who is signed out is told so, and what was typed stays", async () => {
  await load("<textarea></textarea>");
  find("textarea").value = "Half a sen";
  answered(401, from("submit"));
  ok(said().includes("signed out"));
  equal(find("textarea").value, "Half a sen");
});

test("what the page asks for by itself says nothing of being signed out", async () => {
  await load();
  answered(401, from("sse:version-7"));
  equal(said(), null);
});

test("a page whose token was old says to send it again", async () => {
  await load();
  send("htmx:responseError", { xhr: { status: 403, getResponseHeader: () => "new" }, requestConfig: {} });
  ok(said().includes("another tab"));
});

test("a refusal that the server has put into words is told once", async () => {
  await load();
  const told = '{"toast": {"text": "The clip is already in the trash.", "tone": "error"}}';
  const getResponseHeader = (name) => (name === "HX-Trigger" ? told : null);
  send("htmx:responseError", { xhr: { status: 409, getResponseHeader }, requestConfig: {} });
  equal(said(), null);
});

test("any other failure is the server's", async () => {
  await load();
  answered(500);
  ok(said().startsWith("Something went wrong"));
});

test("a thing that is gone is no news when only a live event asked for it", async () => {
  await load();
  answered(404, from("sse:version-7"));
  equal(said(), null);
});

test("a thing that is gone is news to who pressed a button", async () => {
  await load();
  answered(404, from("click"));
  ok(said());
});

test("another failure of a live event is said", async () => {
  await load();
  answered(500, from("sse:version-7"));
  ok(said());
});

test("a form that comes back with its errors is shown as an answer", async () => {
  await load();
  const detail = { xhr: { status: 422 }, shouldSwap: false, isError: true };
  send("htmx:beforeSwap", detail);
  equal([detail.shouldSwap, detail.isError], [true, false]);
});

test("an answer of another kind is left as htmx has it", async () => {
  await load();
  const detail = { xhr: { status: 500 }, shouldSwap: false, isError: true };
  send("htmx:beforeSwap", detail);
  equal([detail.shouldSwap, detail.isError], [false, true]);
});

test("a live event fetches a part in which nobody writes", async () => {
  await load("<textarea>Kept</textarea><input value='7'>");
  ok(asks("sse:version-7"));
});

test("a live event leaves a part alone in which somebody writes", async () => {
  await load("<textarea></textarea>");
  find("textarea").value = "Half a sen";
  ok(!asks("sse:version-7"));
});

test("a line of a form counts as much as a box", async () => {
  await load("<input value='7'>");
  find("#part input").value = "8";
  ok(!asks("sse:version-7"));
});

test("who presses a button gets the answer, whatever is being written", async () => {
  await load("<textarea></textarea>");
  find("textarea").value = "Half a sen";
  ok(asks("click"));
  ok(asks(null));
});

test("ticks, hidden values and sliders are no writing", async () => {
  await load("<input type=checkbox><input type=radio><input type=hidden value=1><input type=range>");
  const [tick, choice, hidden, slider] = document.querySelectorAll("#part input");
  tick.checked = choice.checked = true;
  hidden.value = "2";
  slider.value = "3";
  ok(asks("sse:version-7"));
});

test("a field that stays through a change does not hold it up", async () => {
  await load("<div hx-preserve><textarea></textarea></div>");
  find("textarea").value = "Half a sen";
  ok(asks("sse:version-7"));
});

// Whether the answer to a request that a live event made is put into the part.
function comes() {
  const detail = { xhr: { status: 200 }, shouldSwap: true, requestConfig: from("sse:version-7"), target: find("#part") };
  send("htmx:beforeSwap", detail);
  return detail.shouldSwap;
}

test("what was asked for before somebody began to write stays out as well", async () => {
  await load("<textarea></textarea>");
  equal(comes(), true);
  find("textarea").value = "Half a sen";
  equal(comes(), false);
});

test("a form on its way is not put aside by a live event, which is heard once its answer has come", async () => {
  await load('<form class="htmx-request"><div hx-preserve><textarea>Sent</textarea></div></form>');
  const heard = [];
  globalThis.htmx = { trigger: (elt, name) => heard.push(`${elt.id} ${name}`) };
  const requestConfig = { ...from("sse:version-7"), elt: find("#part") };
  ok(send("htmx:beforeRequest", { requestConfig, target: find("#part") }));
  equal(heard, []);
  find("form").classList.remove("htmx-request");
  send("htmx:afterRequest", {});
  equal(heard, ["part sse:version-7"]);
  delete globalThis.htmx;
});

// A change that comes while the part is asked for; whether it was let go at once.
const isFetchedAtOnce = (type) => !send("htmx:confirm", { elt: find("#part"), triggeringEvent: { type } });

async function followed() {
  await load();
  const triggered = [];
  window.htmx = { trigger: (elt, type) => triggered.push([elt, type]) };
  return triggered;
}

test("a change that comes while its fragment is fetched has the next one fetched again, once", async () => {
  const triggered = await followed();
  find("#part").classList.add("htmx-request");
  ok(!isFetchedAtOnce("sse:version-7"));
  ok(!isFetchedAtOnce("sse:version-7"));
  const old = find("#part");
  old.outerHTML = '<section id="part"></section>';
  send("htmx:afterRequest", { elt: old });
  equal(triggered.length, 0);
  send("htmx:load", { elt: find("#part") });
  send("htmx:load", { elt: find("#part") });
  equal(triggered.length, 1);
  ok(triggered[0][0] === find("#part"));
});

test("so has a fragment that stays where it is", async () => {
  const triggered = await followed();
  find("#part").classList.add("htmx-request");
  ok(!isFetchedAtOnce("sse:version-7"));
  send("htmx:afterRequest", { elt: find("#part") });
  equal(triggered.length, 1);
});

test("a change that comes while nothing is fetched is let go, and so is what a person asks for", async () => {
  const triggered = await followed();
  ok(isFetchedAtOnce("sse:version-7"));
  find("#part").classList.add("htmx-request");
  ok(isFetchedAtOnce("click"));
  send("htmx:afterRequest", { elt: find("#part") });
  equal(triggered.length, 0);
});
