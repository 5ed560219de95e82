import { click, equal, find, html, ok, press, send, test } from "/tests/harness.js";

const use = (name) => `<label><input type="checkbox" name="uses" value="${name}"> ${name}</label>`;
const where = (name) => `<label><input type="radio" name="where" value="${name}"> ${name}</label>`;
const PAGE = `
  <div id="toasts"></div>
  <template id="toast-template"><div class="toast" data-toast><p></p></div></template>
  <div class="room-bar">
    <button aria-keyshortcuts="Shift+A">Approve</button>
    <button aria-keyshortcuts="Shift+C">Request changes</button>
    <button aria-keyshortcuts="Shift+R">Reject</button>
  </div>
  <p id="why"> You made this clip. </p>
  <dialog id="reject-dialog"></dialog>
  <form data-approval>
    ${["Web", "Social", "Print"].map(use).join("")}
    ${["worldwide", "EU", "countries"].map(where).join("")}
    <div data-countries hidden><input name="countries"></div>
    <input type="date" name="embargo_until">
    <input type="date" name="valid_until">
    <p data-approval-words></p>
    <button data-approval-button>Approve</button>
  </form><textarea></textarea>`;

async function load(extra = "") {
  html(PAGE + extra);
  await import("/static/dam/js/review.js");
}

function presses() {
  const pressed = [];
  document.querySelectorAll(".room-bar button").forEach((button) =>
    button.addEventListener("click", () => pressed.push(button.textContent)),
  );
  return pressed;
}

function fill({ uses = [], place = null, countries = "", from = "", until = "" }) {
  for (const box of document.querySelectorAll("[name=uses]")) box.checked = uses.includes(box.value);
  for (const choice of document.querySelectorAll("[name=where]")) choice.checked = choice.value === place;
  find("[name=countries]").value = countries;
  find("[name=embargo_until]").value = from;
  find("[name=valid_until]").value = until;
  find("[name=uses]").dispatchEvent(new Event("input", { bubbles: true }));
}

const words = () => find("[data-approval-words]").textContent;
const button = () => find("[data-approval-button]").textContent;

test("Shift with A, C or R presses the button of that decision", async () => {
  await load();
  const pressed = presses();
  for (const key of ["A", "C", "R"]) equal(press(key, { shiftKey: true }), true);
  equal(pressed, ["Approve", "Request changes", "Reject"]);
});

test("N and P go to the clips beside it in its set", async () => {
  await load(`<a href="#after" data-set-step="next"></a>`);
  equal(press("n"), true);
  equal(location.hash, "#after");
  equal(press("p"), false); // it is the first
  equal(press("n", { shiftKey: true }), false);
  equal(press("n", { repeat: true }), false); // held down, it would open all of them unseen
  equal(press("n", { target: find("textarea") }), false);
});

const DECISION = `
  <form class="decision">
    <input type="checkbox" name="uses"><textarea name="comment"></textarea>
    <input type="password" name="password">
    <footer><button type="submit">Approve</button></footer>
  </form>`;

test("Ctrl and Enter in a decision go to the password first and then send it", async () => {
  await load(DECISION);
  const form = find("form.decision");
  let sent = 0;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sent += 1;
  });
  for (const from of ["[name=uses]", "textarea[name=comment]"]) {
    equal(press("Enter", { ctrlKey: true, target: form.querySelector(from) }), true);
    equal(document.activeElement, form.elements.password);
    find("body").focus();
  }
  equal(sent, 0);
  form.elements.password.value = "secret";
  equal(press("Enter", { metaKey: true, target: form.elements.uses }), true);
  equal(sent, 1);
  equal(press("Enter", { ctrlKey: true, repeat: true, target: form.elements.uses }), false);
  form.querySelector("footer button").disabled = true; // it is on its way
  press("Enter", { ctrlKey: true, target: form.elements.uses });
  equal(sent, 1);
});

test("the letters alone are the player's", async () => {
  await load();
  const pressed = presses();
  equal(press("a"), false);
  equal(pressed, []);
});

test("the player does not hear the keys of a decision", async () => {
  await load();
  let heard = 0;
  document.addEventListener("keydown", () => (heard += 1));
  press("R", { shiftKey: true });
  equal(heard, 0);
  press("X", { shiftKey: true });
  equal(heard, 1);
});

test("a capital letter in a comment is a letter", async () => {
  await load();
  const pressed = presses();
  equal(press("A", { shiftKey: true, target: find("textarea") }), false);
  equal(pressed, []);
});

test("a decision that is not open to somebody says why", async () => {
  await load();
  const pressed = presses();
  find(".room-bar button").setAttribute("aria-disabled", "true");
  press("A", { shiftKey: true });
  equal(pressed, []);
  equal(find("#toasts p").textContent, "You made this clip.");
});

test("a page without the buttons leaves the keys alone", async () => {
  await load();
  find(".room-bar").remove();
  equal(press("A", { shiftKey: true }), false);
});

test("an empty approval asks for what it lacks", async () => {
  await load();
  equal([words(), button()], ["for [choose uses], [choose territories], with no end date", "Approve"]);
});

test("an approval is told in words while it is filled in", async () => {
  await load();
  fill({ uses: ["Web"], place: "EU", until: "2027-03-01" });
  equal([words(), button()], ["for web, in the EU, until 1 March 2027", "Approve for web, EU"]);
});

test("a first day of use is told in words, too", async () => {
  await load();
  fill({ uses: ["Web"], place: "EU", from: "2026-12-24", until: "2027-03-01" });
  equal(words(), "for web, in the EU, from 24 December 2026, until 1 March 2027");
});

test("two uses are joined by a word, three by a comma and a word", async () => {
  await load();
  fill({ uses: ["Web", "Social"], place: "worldwide" });
  equal(button(), "Approve for web and social, worldwide");
  fill({ uses: ["Web", "Social", "Print"], place: "worldwide" });
  equal(button(), "Approve for web, social and print, worldwide");
});

test("countries are named as they were typed", async () => {
  await load();
  fill({ uses: ["Web"], place: "countries", countries: " DE, FR " });
  equal([words(), button()], ["for web, in DE, FR, with no end date", "Approve for web, DE, FR"]);
});

test("countries that are not named yet are asked for", async () => {
  await load();
  fill({ uses: ["Web"], place: "countries" });
  equal([words(), button()], ["for web, [choose territories], with no end date", "Approve"]);
});

test("the line for countries is there when it is wanted", async () => {
  await load();
  const line = find("[data-countries]");
  equal(line.hidden, true);
  fill({ place: "countries" });
  equal(line.hidden, false);
  fill({ place: "EU" });
  equal(line.hidden, true);
});

test("a form that htmx brought is told at once", async () => {
  await load();
  fill({ uses: ["Web"], place: "EU" });
  find("[data-approval-words]").textContent = "";
  send("htmx:afterSettle", {});
  ok(words().startsWith("for web"));
});

test("a dialog that came back with errors is open again", async () => {
  await load('<div data-opened="reject"></div>');
  equal(find("#reject-dialog").open, true);
});

test("a dialog that is not there is not opened", async () => {
  await load('<div data-opened="elsewhere"></div>');
  click(find("#why"));
  equal(find("dialog[open]"), null);
});

const played = (...spans) => ({ length: spans.length, start: (at) => spans[at][0], end: (at) => spans[at][1] });

async function watch(...spans) {
  await load('<div class="room-stage"><video></video></div>');
  const video = find("video");
  Object.defineProperty(video, "duration", { value: 10 });
  Object.defineProperty(video, "played", { value: played(...spans) });
  const form = find("form");
  form.insertAdjacentHTML("beforeend", '<input type="hidden" name="played"><p data-played hidden></p>');
  video.dispatchEvent(new Event("timeupdate"));
  return form;
}

test("a decision takes along what was played of the clip", async () => {
  const form = await watch([0, 2], [5, 6.5]);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.requestSubmit();
  equal(form.elements.played.value, "[[0,2],[5,6.5]]");
});

test("who approves reads how much of the clip they have played", async () => {
  const form = await watch([0, 2], [5, 6.5]);
  equal(find("[data-played]").hidden, false);
  equal(find("[data-played]").textContent, "You have played 35% of the clip.");
  equal(form.elements.played.value, "");
});

test("who has played all of it reads so", async () => {
  await watch([0, 10]);
  equal(find("[data-played]").textContent, "You have played the whole clip.");
});


test("what was played is not told in the name of who signed in meanwhile", async () => {
  const sent = [];
  navigator.sendBeacon = (...told) => sent.push(told);
  document.body.dataset.person = "7";
  await load(`<div data-played-to="/played/" data-stage="1"></div><div class="room-stage"><video></video></div>`);
  const video = find(".room-stage video");
  Object.defineProperty(video, "played", { get: () => ({ length: 1, start: () => 0, end: () => 2 }) });
  localStorage.setItem("person", "8");
  send("pause", null, video);
  equal(sent.length, 0);
  localStorage.setItem("person", "7");
  send("pause", null, video);
  equal(sent.length, 1);
});

test("what was played is told where clips can be approved together, once for each change", async () => {
  const sent = [];
  navigator.sendBeacon = (address, body) => sent.push([address, body.get("stage"), body.get("played")]);
  await load(`<div data-played-to="/played/" data-stage="1"></div><div class="room-stage"><video></video></div>`);
  const video = find(".room-stage video");
  let played = [[0, 1.5]];
  Object.defineProperty(video, "played", {
    get: () => ({ length: played.length, start: (at) => played[at][0], end: (at) => played[at][1] }),
  });
  send("pause", null, video);
  send("pause", null, video);
  played = [[0, 2]];
  window.dispatchEvent(new Event("pagehide"));
  equal(sent, [
    ["/played/", "1", "[[0,1.5]]"],
    ["/played/", "1", "[[0,2]]"],
  ]);
});
