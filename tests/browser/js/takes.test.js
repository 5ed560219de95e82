import { equal, find, html, ok, press, send, test } from "/tests/harness.js";

// The window of these tests asks for no motion.
const CALM = { matches: true, addEventListener: (name, act) => (CALM.changed = act) };
let narrow = false;
globalThis.matchMedia = (query) => (query.includes("reduced-motion") ? CALM : { matches: narrow });

async function load(markup, { calm = true } = {}) {
  CALM.matches = calm;
  html(markup);
  for (const video of document.querySelectorAll("video")) {
    video.play = async () => (video.dataset.did = "play");
    video.pause = () => (video.dataset.did = "pause");
  }
  await import("/static/dam/js/takes.js");
}

const did = () => find("video").dataset.did ?? null;

test("takes play where motion is welcome", async () => {
  await load("<video data-take></video>", { calm: false });
  equal([did(), find("video").controls], ["play", false]);
});

test("who wants no motion gets a still picture with controls", async () => {
  await load("<video data-take></video>");
  equal([did(), find("video").controls], ["pause", true]);
});

test("a wish that changes is followed at once", async () => {
  await load("<video data-take></video>", { calm: false });
  CALM.matches = true;
  CALM.changed();
  equal([did(), find("video").controls], ["pause", true]);
});

test("a video that is no take is left alone", async () => {
  await load("<video></video>");
  equal([did(), find("video").controls], [null, false]);
});

test("a take that htmx brings is settled too", async () => {
  await load('<div id="feed"></div>');
  find("#feed").innerHTML = "<video data-take></video>";
  send("htmx:load", { elt: find("video") });
  equal(find("video").controls, true);
});

test("a browser that refuses to play is no failure", async () => {
  html("<video data-take></video>");
  CALM.matches = false;
  find("video").play = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  await import("/static/dam/js/takes.js");
});

async function sent(markup) {
  await load(`<main>${markup}<h2 id="feed-title">Takes</h2></main>`);
  let scrolled = false;
  find("#feed-title").scrollIntoView = () => (scrolled = true);
  send("htmx:load", { elt: find("#studio") ?? find("main") });
  return scrolled;
}

test("in one column the page goes to the takes once the form was sent", async () => {
  narrow = true;
  ok(await sent('<div id="studio"><form id="brief"></form></div>'));
});

test("in one column it stays at the form while something in it is wrong", async () => {
  narrow = true;
  ok(!(await sent('<div id="studio"><form id="brief"><p role="alert">Too long</p></form></div>')));
});

test("beside each other nothing needs to move", async () => {
  narrow = false;
  ok(!(await sent('<div id="studio"><form id="brief"></form></div>')));
});

test("another part that comes moves nothing", async () => {
  narrow = true;
  ok(!(await sent("<div></div>")));
});

test("a seed that is typed is kept, one that is emptied is not", async () => {
  await load('<input id="seed" data-keeps="keep"><input type="checkbox" id="keep">');
  const seed = find("#seed");
  for (const [value, kept] of [["7", true], ["", false]]) {
    seed.value = value;
    seed.dispatchEvent(new Event("input", { bubbles: true }));
    equal(find("#keep").checked, kept);
  }
});

test("typing elsewhere keeps no seed", async () => {
  await load('<textarea></textarea><input type="checkbox" id="keep">');
  find("textarea").value = "a red ball";
  find("textarea").dispatchEvent(new Event("input", { bubbles: true }));
  equal(find("#keep").checked, false);
});

test("new words for the same seed begin in the words", async () => {
  location.hash = "#id_prompt";
  await load('<textarea id="id_prompt">a red ball</textarea>');
  const box = find("textarea");
  equal([document.activeElement, box.selectionStart, box.selectionEnd], [box, 0, 10]);
});

test("without that link the page begins where it begins", async () => {
  await load('<textarea id="id_prompt">a red ball</textarea>');
  equal(document.activeElement, document.body);
});
