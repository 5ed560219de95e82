import { equal, find, html, ok, press, test } from "/tests/harness.js";

const CLIPS = [
  { title: "Bottle, blue", kind: "Video", address: "http://dam/b/x/assets/1/", picture: "" },
  { title: "Bottle <b>", kind: "Image", address: "http://dam/b/x/assets/2/", picture: "data:image/gif;base64,R0lGODlhAQABAAAAACw=" },
];
const asked = [];
let clips = CLIPS;
let fails = false;
globalThis.fetch = async (address) => {
  asked.push(address);
  return { ok: !fails, status: fails ? 500 : 200, json: async () => ({ clips }) };
};

const settled = () => new Promise((done) => setTimeout(done, 220));

async function load(words = "Use the bottle of") {
  html(`<form><textarea name="body"></textarea><div class="attach-acts">
    <button type="button" data-link-clip="/clips/" aria-expanded="false">Link a clip</button></div><button>Send</button></form>`);
  await import("/static/dam/js/link-clip.js");
  asked.length = 0;
  fails = false;
  clips = CLIPS;
  const box = find("textarea");
  box.value = words;
  box.setSelectionRange(words.length, words.length);
  return box;
}

const field = () => find('[role="combobox"]');
const offered = () => [...document.querySelectorAll(".clip-picker-title")].map((each) => each.textContent);
const begin = async () => {
  find("[data-link-clip]").click();
  await settled();
};

test("clips are offered at once, and Enter puts the address of the chosen one into the words", async () => {
  const box = await load();
  await begin();
  equal([asked, offered()], [["/clips/?q="], ["Bottle, blue", "Bottle <b>"]]);
  equal(document.activeElement, field());
  press("ArrowDown", { target: field() });
  equal(press("Enter", { target: field() }), true);
  equal([box.value, document.activeElement, field()], ["Use the bottle of http://dam/b/x/assets/2/ ", box, null]);
});

test("what is typed is asked for, and is no part of the comment", async () => {
  await load();
  await begin();
  let heard = 0;
  find("form").addEventListener("input", () => (heard += 1));
  field().value = "blue & red";
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  equal(asked.at(-1), "/clips/?q=blue%20%26%20red");
  ok(!new FormData(find("form")).has(""), "it has no name");
});

test("Escape closes it, goes back to its button and changes nothing", async () => {
  const box = await load();
  await begin();
  press("Escape", { target: field() });
  equal([field(), box.value, find("[data-link-clip]").ariaExpanded], [null, "Use the bottle of", "false"]);
  equal(document.activeElement, find("[data-link-clip]"));
});

test("the address stands where the caret was", async () => {
  const box = await load("Use  instead");
  box.setSelectionRange(4, 4);
  await begin();
  press("Enter", { target: field() });
  equal(box.value, "Use http://dam/b/x/assets/1/ instead");
});

test("it says that there are none, and that they couldn't be loaded", async () => {
  await load();
  clips = [];
  await begin();
  equal(find('[role="status"]').textContent, "No clips yet.");
  press("Enter", { target: field() });
  ok(field(), "it stays open");
  fails = true;
  field().value = "x";
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  equal(find('[role="status"]').textContent, "Clips couldn't be loaded. Try again.");
});
