import { Changes, names } from "/static/dam/js/changes.js";
import { equal, ok, settled, stopTime, test } from "/tests/harness.js";

// Streams that say what a test says.
const streams = [];
let status = 200;

globalThis.fetch = async (address, { signal }) => {
  let say;
  const body = new ReadableStream({
    start(controller) {
      say = (text) => controller.enqueue(new TextEncoder().encode(text));
      signal.addEventListener("abort", () => controller.error(new DOMException("left", "AbortError")));
      streams.push({ address, say, signal, end: () => controller.close() });
    },
  });
  return new Response(body, { status });
};

let visible = "visible";
Object.defineProperty(document, "visibilityState", { get: () => visible });

function show(state) {
  visible = state;
  document.dispatchEvent(new Event("visibilitychange"));
}

// Locks and messages between tabs take the browser a few turns.
const soon = async () => {
  for (let turn = 0; turn < 60; turn += 1) await settled();
};

function tab(address, room) {
  const changes = new Changes(address, room);
  const heard = [];
  changes.addEventListener("jobs", () => heard.push("jobs"));
  return { changes, heard };
}

test("names come whole, however the bytes are cut, and nothing else does", async () => {
  const pieces = ["retry: 3000\n\nev", "ent: jo", "bs\ndata: changed\n\n: still here\n\nevent: reviews\nda", "ta: changed\n\n"];
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const found = [];
  for await (const name of names(body)) found.push(name);
  equal(found, ["jobs", "reviews"]);
});

test("of several tabs one has the stream, and all hear what it says", async () => {
  const tabs = ["/a/", "/a/", "/a/"].map(tab);
  await soon();
  equal(streams.length, 1);
  streams[0].say("event: jobs\ndata: changed\n\n");
  await soon();
  equal(tabs.map(({ heard }) => heard), [["jobs"], ["jobs"], ["jobs"]]);
});

test("a tab that has just loaded hears what came a moment ago", async () => {
  const first = tab("/h/");
  await soon();
  streams[0].say("event: jobs\ndata: changed\n\n");
  await soon();
  const second = tab("/h/");
  await soon();
  equal([first.heard, second.heard], [["jobs"], ["jobs"]]);
  // The first one heard it already, and a page that stands for long isn't told again.
});

test("when that tab closes another one takes over", async () => {
  const [first, second] = ["/b/", "/b/"].map(tab);
  await soon();
  first.changes.close();
  await soon();
  equal(streams.map(({ signal }) => signal.aborted), [true, false]);
  streams[1].say("event: jobs\ndata: changed\n\n");
  await soon();
  equal([first.heard, second.heard], [[], ["jobs"]]);
});

test("a hidden tab closes its stream after a while, and catches up when it is looked at", async () => {
  const time = stopTime();
  const { heard } = tab("/c/");
  await soon();
  show("hidden");
  await time.pass(1000);
  equal(streams[0].signal.aborted, false);
  await time.pass(1500);
  await soon();
  equal([streams.length, streams[0].signal.aborted], [1, true]);
  show("visible");
  await soon();
  equal(streams.length, 2);
  await time.pass(500);
  equal(heard, ["jobs"]);
});

test("a tab that was hidden for a moment keeps its stream", async () => {
  const time = stopTime();
  const { heard } = tab("/d/");
  await soon();
  show("hidden");
  await time.pass(1000);
  show("visible");
  await time.pass(5000);
  equal([streams.length, streams[0].signal.aborted, heard], [1, false, []]);
});

test("a stream that breaks is opened again, later each time", async () => {
  const time = stopTime();
  tab("/e/");
  await soon();
  status = 502;
  streams[0].end();
  await soon();
  const waits = [];
  for (let turn = 0; turn < 4; turn += 1) {
    waits.push(Math.max(...time.waiting.filter((wait) => wait < 45000)));
    await time.pass(60000);
    await soon();
  }
  ok(waits.every((wait, at) => wait >= 500 * 2 ** at && wait <= 1000 * 2 ** at), String(waits));
});

test("whoever is signed out asks no more", async () => {
  const time = stopTime();
  status = 401;
  tab("/f/");
  await soon();
  await time.pass(120000);
  equal(streams.length, 1);
});

test("one stream has the seats of all rooms, and another follows when a room opens or closes", async () => {
  const time = stopTime();
  const first = new Changes("/i/", "one");
  await soon();
  const second = new Changes("/i/", "two");
  new Changes("/i/", "two");
  new Changes("/i/");
  new Changes("/other/", "three");
  await soon();
  await time.pass(500);
  await soon();
  const open = () => streams.filter(({ signal }) => !signal.aborted).map(({ address }) => address).sort();
  equal(open(), ["/i/?room=one&room=two", "/other/?room=three"]);
  second.close();
  await soon();
  await time.pass(500);
  await soon();
  equal(open(), ["/i/?room=one&room=two", "/other/?room=three"]);
  first.close();
  await soon();
  await time.pass(500);
  await soon();
  equal(open(), ["/i/?room=two", "/other/?room=three"]);
});

test("a tab that died without a word gives up its room when the server next speaks", async () => {
  const time = stopTime();
  tab("/j/", "one");
  await soon();
  const other = new AbortController();
  const name = "changes  /j/?room=two";
  const held = new Promise((resolve) => other.signal.addEventListener("abort", resolve));
  navigator.locks.request(name, { mode: "shared" }, () => held);
  await soon();
  streams[0].say(": still here\n\n");
  await soon();
  await time.pass(500);
  await soon();
  equal(streams.at(-1).address, "/j/?room=one&room=two");
  other.abort();
  await soon();
  streams.at(-1).say(": still here\n\n");
  await soon();
  await time.pass(500);
  await soon();
  equal(streams.at(-1).address, "/j/?room=one");
});

test("another stream for a further room is no reason to fetch everything again", async () => {
  const time = stopTime();
  const { heard } = tab("/k/", "one");
  await soon();
  new Changes("/k/", "two");
  await soon();
  await time.pass(2000);
  await soon();
  equal([streams.length, heard], [2, []]);
});
