import * as details from "/static/dam/js/uploads/details.js";
import { equal, html, settled, test } from "/tests/harness.js";

const row = (key, address = null) => ({
  upload: { key, address },
  said: details.recall(key),
  had: details.handedOver(key),
  tell(problem) {
    this.told = problem;
  },
});

// What is asked of the server, and what it says to it.
function server(...answers) {
  const asked = [];
  globalThis.fetch = async (address, { body }) => {
    asked.push(`${address}?${body}`);
    const answer = { problems: {}, busy: [], ...(answers.shift() ?? { status: 200 }) };
    if (!answer.status) throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(answer), { status: answer.status });
  };
  return asked;
}

test("what is said waits until the file is on its way, also in another tab", async () => {
  localStorage.clear();
  const asked = server();
  const one = row("one");
  details.say(one, "tags=a");
  await details.deliver("/details/", [one]);
  equal([asked, details.recall("one")], [[], ["tags=a"]]);
  const again = row("one", "/b/acme/uploads/7/");
  await details.deliver("/details/", [again]);
  equal([asked, details.recall("one"), again.told], [["/details/?tags=a&upload=7"], [], ""]);
});

test("what is said of several files goes in one request", async () => {
  localStorage.clear();
  const asked = server();
  const rows = [row("one", "/u/1/"), row("two", "/u/2/")];
  for (const each of rows) details.say(each, "tags=a");
  await details.deliver("/details/", rows);
  equal(asked, ["/details/?tags=a&upload=1&upload=2"]);
});

test("one file's form takes the place of all that was said, one for all is added", () => {
  localStorage.clear();
  const one = row("one");
  details.say(one, "tags=a");
  details.say(one, "licence=b");
  equal(details.recall("one"), ["tags=a", "licence=b"]);
  details.say(one, "single=1&tags=c");
  equal(details.recall("one"), ["single=1&tags=c"]);
});

test("without a network or a session it is kept, and not asked at once again", async () => {
  localStorage.clear();
  const asked = server({ status: 0 });
  const one = row("one", "/u/1/");
  details.say(one, "tags=a");
  await details.deliver("/details/", [one]);
  await details.deliver("/details/", [one]);
  equal([asked.length, details.recall("one")], [1, ["tags=a"]]);
});

test("what the server refuses or could not put on is told by the file", async () => {
  localStorage.clear();
  server({ status: 422 }, { status: 200, problems: { 1: "No such field." } });
  const one = row("one", "/u/1/");
  details.say(one, "tags=a");
  await details.deliver("/details/", [one]);
  equal([one.told, details.recall("one")], ["Its details can't be kept as they are. Open and change them.", ["tags=a"]]);
  details.say(one, "single=1&tags=b");
  await details.deliver("/details/", [one]);
  equal([one.told, details.recall("one")], ["No such field.", []]);
});

test("what was said anew while it was handed over is handed over too", async () => {
  localStorage.clear();
  const asked = server();
  const one = row("one", "/u/1/");
  details.say(one, "tags=a");
  const handing = details.deliver("/details/", [one]);
  details.say(one, "single=1&tags=b");
  await handing;
  await settled();
  equal([asked.length, details.recall("one")], [2, []]);
});

test("a form shows what the server didn't know yet", () => {
  html(`<form><input name="tags"><input type="hidden" name="single" value="1"><select name="origin"><option></option>
    <option value="camera"></option></select><input type="checkbox" name="own-a" value="x"><input type="checkbox" name="own-a" value="y"></form>`);
  const form = document.querySelector("form");
  details.fill(form, ["tags=a&own-a=y&origin=camera", "tags=&single=1"]);
  equal([form.elements.tags.value, form.elements.origin.value, form.querySelectorAll(":checked").length], ["a", "camera", 2]);
  equal([...form.querySelectorAll("[type=checkbox]")].map((each) => each.checked), [false, true]);
});

test("what is folded comes into view where it says something", () => {
  html(`<form><details id="more"><input name="audience"></details><details id="rest"><input name="other"></details></form>`);
  details.fill(document.querySelector("form"), ["audience=adults&other="]);
  equal([...document.querySelectorAll("details")].map((each) => each.open), [true, false]);
});

test("an upload that begins anew is told again what another was told, until the file is in the library", async () => {
  localStorage.clear();
  const asked = server();
  const one = row("one", "/u/1/");
  details.say(one, "tags=a");
  await details.deliver("/details/", [one]);
  details.say(one, "tags=b");
  await details.deliver("/details/", [one]);
  await details.deliver("/details/", [one]);
  equal(asked.length, 2);
  const anew = row("one", "/u/2/"); // the first was refused; the file is chosen again
  await details.deliver("/details/", [anew]);
  equal(asked.slice(2), ["/details/?tags=a&upload=2", "/details/?tags=b&upload=2"]);
  details.settle(anew);
  equal(localStorage.length, 0);
  const third = row("one", "/u/3/");
  await details.deliver("/details/", [third]);
  equal(asked.length, 4);
});

test("of one file alone only what was said last is told again", async () => {
  localStorage.clear();
  const asked = server();
  const one = row("one", "/u/1/");
  for (const text of ["tags=a", "single=1&tags=b"]) {
    details.say(one, text);
    await details.deliver("/details/", [one]);
  }
  await details.deliver("/details/", [row("one", "/u/2/")]);
  equal(asked.slice(2), ["/details/?single=1&tags=b&upload=2"]);
});

test("what an upload that is being written to wasn't told is told again", async () => {
  localStorage.clear();
  const asked = server({ status: 200, busy: ["1"] });
  const rows = [row("one", "/u/1/"), row("two", "/u/2/")];
  for (const each of rows) details.say(each, "tags=a");
  await details.deliver("/details/", rows);
  equal([rows[0].said, rows[1].said, details.recall("one")], [["tags=a"], [], ["tags=a"]]);
  await details.deliver("/details/", rows);
  equal([asked[1], rows[0].said], ["/details/?tags=a&upload=1", []]);
});

test("what is said while the file is taken still goes onto the clip", async () => {
  localStorage.clear();
  const asked = server();
  const one = row("one", "/u/1/");
  one.notBefore = Date.now() + 5000; // the network was away a moment ago
  one.said = ["tags=a"];
  details.settle(one);
  await details.deliver("/details/", [one]);
  equal([asked, localStorage.length], [["/details/?tags=a&upload=1"], 0]);
});

test("files are of a kind where their types leave no doubt", () => {
  const kind = (...types) => details.kindOf(types.map((type) => ({ type })));
  equal([kind("video/mp4", "video/webm"), kind("audio/wav"), kind("image/jpeg", "image/png")], ["video", "sound", "still"]);
  equal([kind("image/gif"), kind(""), kind("video/mp4", "image/jpeg"), kind("image/webp")], ["", "", "", ""]);
});
