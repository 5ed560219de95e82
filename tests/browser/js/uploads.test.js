import { click, equal, find, ok, settled, test } from "/tests/harness.js";
import { become, choose, files, leaves, load, made, part, rows, states, title, words } from "/tests/uploads/dock.js";

test("chosen files are listed and sent", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  equal([find("[data-dock]").hidden, states(), title()], [false, ["sending", "sending"], "Uploading 2 files"]);
  equal(rows().map((row) => row.querySelector("[data-name]").textContent), ["a.mp4", "b.mp4"]);
});

test("what is meant for a clip is sent with its id, one file alone, and says which version it is", async () => {
  await load();
  find("#uploads").dataset.asset = "the-clip";
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  await become({ state: "taken", url: "/clip/", version: 2 });
  equal([made[0].asset, made.length, words(1)], ["the-clip", 1, "Added as version 2"]);
});

test("of several files on a clip's page one is taken, and the others say what became of them", async () => {
  await load();
  find("#uploads").dataset.asset = "the-clip";
  await choose(["a.mp4", 10], ["b.mp4", 10], ["c.mp4", 10]);
  equal(states(), ["refused", "refused", "sending"]);
  ok(words(0).startsWith("Not uploaded: one file at a time becomes the next version, here “a.mp4”."));
  equal([part("name", 0).textContent, part("retry", 0).hidden, made.length], ["b.mp4", true, 1]);
});

test("what the clip has already says in which version", async () => {
  await load();
  find("#uploads").dataset.asset = "the-clip";
  await choose(["a.mp4", 10]);
  await become({ state: "known", url: "/clip/", reason: "as version 1" });
  equal(words(), "as version 1");
});

test("two files go at once, the others wait their turn", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10], ["c.mp4", 10]);
  equal([made.length, states()[2]], [2, "waiting"]);
  await become({ state: "taken", url: "/a/" });
  equal([made.length, states()], [3, ["taken", "sending", "sending"]]);
});

test("what of its details couldn't be added is told with the file", async () => {
  await load();
  await choose(["a.mp4", 10]);
  await become({ state: "taken", url: "/a/", reason: "There is no field “x”." });
  equal([states(), words(), part("problem").hidden, part("problem").textContent], [["taken"], "Added to the library", false, "There is no field “x”."]);
});

test("choosing the same file again is a new choice", async () => {
  await load();
  await choose(["a.mp4", 10]);
  equal(find("[data-upload-input]").value, "");
});

test("choosing nothing opens no list", async () => {
  await load();
  await choose();
  equal(find("[data-dock]").hidden, true);
});

test("the button opens the browser's own choice", async () => {
  await load();
  let opened = false;
  find("[data-upload-input]").click = () => (opened = true);
  click(find("b"));
  ok(opened);
});

test("sizes are told in words", async () => {
  await load();
  await choose(["a", 1], ["b", 1], ["nothing", 0], ["small", 900], ["some", 20 * 1024], ["large", 3.5 * 1024 ** 2]);
  equal([2, 3, 4, 5].map((at) => words(at)), ["Waiting · 0 bytes", "Waiting · 900 bytes", "Waiting · 20 KB", "Waiting · 3.5 MB"]);
});

test("what has been sent is shown as a share and in bytes", async () => {
  await load();
  await choose(["a.mp4", 2048]);
  made[0].onProgress(1024);
  equal([words(), part("bar").value], ["50% · 1 KB of 2 KB", 0.5]);
});

test("the time left is told once enough has gone to tell", async () => {
  let now = 0;
  performance.now = () => now;
  await load();
  await choose(["a.mp4", 1000]);
  now = 2000;
  made[0].onProgress(100);
  ok(!words().includes("left"));
  now = 10000;
  made[0].onProgress(500);
  ok(words().endsWith("· 10 s left"), words());
});

test("the time left goes by what has gone lately, and anew after a pause", async () => {
  let now = 0;
  performance.now = () => now;
  await load();
  await choose(["a.mp4", 1000]);
  for (now = 1000; now <= 20000; now += 1000) made[0].onProgress(now / 100);
  now = 40000;
  made[0].onProgress(300);
  ok(words().endsWith("· 2 min left"), words()); // 100 in the last 20 s
  click(part("pause"));
  await settled();
  now = 400000;
  click(part("pause"));
  await settled();
  now = 404000;
  made[0].onProgress(400);
  ok(words().endsWith("· 24 s left"), words());
});

test("an empty file is sent as a whole", async () => {
  await load();
  await choose(["a.mp4", 0]);
  equal([words(), part("bar").value], ["100% · 0 bytes of 0 bytes", 1]);
});

test("a sent file is checked, with a bar of no length", async () => {
  await load();
  await choose(["a.mp4", 10]);
  made[0].sent();
  await settled();
  equal([states(), words(), part("bar").hasAttribute("value")], [["checking"], "Checking the file…", false]);
});

test("an upload is paused and goes on from where it was", async () => {
  await load();
  await choose(["a.mp4", 2048]);
  made[0].onProgress(1024);
  equal(part("pause").getAttribute("aria-label"), "Pause a.mp4");
  click(part("pause"));
  await settled();
  equal([states(), words(), title()], [["paused"], "Paused · 1 KB of 2 KB", "1 upload isn't finished"]);
  ok(!leaves());
  equal(part("pause").getAttribute("aria-label"), "Resume a.mp4");
  click(part("pause"));
  await settled();
  equal([states(), words(), made.length], [["sending"], "50% · 1 KB of 2 KB", 2]);
});

test("a paused upload leaves its place to another, and one that waits is paused before it begins", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10], ["c.mp4", 10], ["d.mp4", 10]);
  click(part("pause", 3));
  click(part("pause"));
  await settled();
  equal(states(), ["paused", "sending", "sending", "paused"]);
});

test("what failed for want of a network goes on when it is back", async () => {
  const { Lost, Refused } = await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  made[0].fail(new Lost());
  made[1].fail(new Refused("Too large.", "too_large"));
  await settled();
  dispatchEvent(new Event("online"));
  await settled();
  equal(states(), ["sending", "refused"]);
});
