import { click, equal, find, ok, settled, test } from "/tests/harness.js";
import { choose, leaves, load, made, part, rows, states, words } from "/tests/uploads/dock.js";

// With a library that knows `known` of each file that is asked about.
async function loadKnowing(known) {
  await load();
  Object.assign(find("#uploads").dataset, { hashing: "/static/dam/js/uploads/hashing.js", known: "/known/" });
  globalThis.fetch = async () => new Response(JSON.stringify({ known }));
}

async function until(state) {
  while (states()[0] !== state) await settled();
}

test("what the library has already is told, and not sent", async () => {
  await loadKnowing({ place: "library", title: "Spring", url: "/clip/", asset: "1", version: 1 });
  await choose(["a.mp4", 10]);
  equal(states(), ["comparing"]);
  await until("known");
  equal([words(), part("name").getAttribute("href"), made.length], [
    "Already in the library as “Spring”. It wasn't uploaded again.", "/clip/", 0,
  ]);
});

test("what the clip has already as a version, and what lies in the trash or is hidden, is told as such", async () => {
  await loadKnowing({ place: "library", title: "Spring", url: "/clip/", asset: "the-clip", version: 3 });
  find("#uploads").dataset.asset = "the-clip";
  await choose(["a.mp4", 10]);
  await until("known");
  equal(words(), "Already version 3 of this clip.");
  for (const [known, said] of [
    [{ place: "trash", title: "Spring", url: "/trash/" }, "In the trash as “Spring”. Restore it there to use it."],
    [{ place: "hidden" }, "Already in this brand, in a clip you can't see. Ask a librarian."],
  ]) {
    globalThis.fetch = async () => new Response(JSON.stringify({ known }));
    click(part("cancel"));
    await choose(["a.mp4", 10]);
    await until("known");
    equal([words(), made.length], [said, 0]);
  }
});

test("what another brand has can be opened there or sent here too", async () => {
  await loadKnowing({ place: "brand", brand: "Other", title: "Spring", url: "/other/" });
  await choose(["a.mp4", 10]);
  await until("asking");
  equal([words(), part("anyway").hidden], ["You have it in Other as “Spring”.", false]);
  ok(!leaves());
  click(part("anyway"));
  await until("sending");
  equal([made.length, part("anyway").hidden, part("name").hasAttribute("href")], [1, true, false]);
});

test("what is new, and what nobody can tell of, is sent", async () => {
  await loadKnowing(null);
  await choose(["a.mp4", 10]);
  await until("sending");
  globalThis.fetch = async () => new Response("", { status: 503 });
  await choose(["b.mp4", 10]);
  while (made.length < 2) await settled();
});

test("a comparison is paused and cancelled like an upload", async () => {
  await loadKnowing(null);
  globalThis.fetch = () => new Promise(() => {});
  await choose(["a.mp4", 10]);
  click(part("pause"));
  await settled();
  equal(states(), ["paused"]);
  click(part("pause"));
  await settled();
  equal(states(), ["comparing"]);
  click(part("cancel"));
  await settled();
  equal([rows().length, made.length], [0, 0]);
});
