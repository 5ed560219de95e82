import { click, equal, find, html, ok, settled, test } from "/tests/harness.js";

const PAGE = `
  <button data-upload-choose><b>Upload</b></button>
  <div id="uploads" data-create="/uploads/">
    <input type="file" multiple hidden data-upload-input><input type="file" webkitdirectory hidden data-folder-input>
    <div hidden data-drop></div>
    <section hidden data-dock>
      <h2 data-dock-title></h2><button data-dock-fold aria-expanded="true"></button><button data-dock-close></button>
      <ul data-dock-list></ul><p data-dock-say></p>
    </section>
    <template data-upload-template>
      <li class="dock-item" data-state="waiting">
        <a data-name></a><progress max="1" value="0" data-bar></progress><p data-words></p><p hidden data-problem></p><button data-details></button>
        <div hidden data-offers><a data-offer-open></a><a data-offer-version></a>
          <form data-offer-collect><input name="csrfmiddlewaretoken"><input name="asset"></form>
          <form data-offer-restore><input name="csrfmiddlewaretoken"></form></div>
        <button data-retry hidden>Try again</button><button data-again hidden>Choose file</button><button data-anyway hidden></button>
        <button data-pause hidden></button><button data-cancel></button>
      </li>
    </template>
  </div>`;

// Uploads that do what a test says. uploads.js makes them of the class in tus.js, whose methods are replaced.
const made = [];

async function load() {
  html(PAGE);
  const tus = await import("/static/dam/js/uploads/tus.js");
  Object.assign(tus.Upload.prototype, {
    send() {
      made.push(this);
      return new Promise((resolve, reject) => Object.assign(this, { sent: resolve, fail: reject }));
    },
    outcome() {
      return new Promise((resolve, reject) => Object.assign(this, { became: resolve, fail: reject }));
    },
    pause() {
      this.stopped = true;
      this.sent?.();
    },
    async cancel() {
      this.stopped = true;
      this.cancelled = true;
    },
  });
  await import("/static/dam/js/uploads.js");
  return tus;
}

function files(...given) {
  const transfer = new DataTransfer();
  for (const [name, bytes] of given) transfer.items.add(new File([new Uint8Array(bytes)], name));
  return transfer;
}

async function choose(...given) {
  const input = find("[data-upload-input]");
  input.files = files(...given).files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

const rows = () => [...document.querySelectorAll(".dock-item")].reverse(); // the newest lies on top
const states = () => rows().map((row) => row.dataset.state);
const words = (at = 0) => rows()[at].querySelector("[data-words]").textContent;
const title = () => find("[data-dock-title]").textContent;
const part = (name, at = 0) => rows()[at].querySelector(`[data-${name}]`);

async function become(outcome, at = 0) {
  made[at].sent();
  await settled();
  made[at].became(outcome);
  await settled();
}

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
  equal([made[0].asset, made.length, words()], ["the-clip", 1, "Added as version 2"]);
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

test("a file that was taken leads to its clip", async () => {
  await load();
  await choose(["a.mp4", 10]);
  await become({ state: "taken", url: "/clip/" });
  equal([states(), words(), part("name").getAttribute("href")], [["taken"], "Added to the library", "/clip/"]);
  equal([title(), find("[data-dock-say]").textContent], ["1 file uploaded", "a.mp4: Added to the library"]);
});

test("a file that is there already says so", async () => {
  await load();
  await choose(["a.mp4", 10]);
  await become({ state: "known", url: "/clip/" });
  equal(words(), "Already in the library");
});

test("a file that was refused after its check says why", async () => {
  await load();
  await choose(["a.txt", 10]);
  await become({ state: "refused", reason: "This is no video." });
  equal([states(), words(), title()], [["refused"], "This is no video.", "The file couldn't be added"]);
  equal(part("retry").hidden, true);
});

test("a file that was refused at once says why", async () => {
  const { Refused } = await load();
  await choose(["a.mp4", 10]);
  made[0].fail(new Refused("Too large.", "too_large"));
  await settled();
  equal([states(), words(), part("retry").hidden], [["refused"], "Too large.", true]);
});

test("a lost file can be tried again", async () => {
  const { Lost } = await load();
  await choose(["a.mp4", 10]);
  made[0].fail(new Lost());
  await settled();
  equal([states(), part("retry").hidden], [["failed"], false]);
  click(part("retry"));
  await settled();
  equal([states(), made.length, made[1] === made[0]], [["sending"], 2, true]);
});

test("a cancelled upload is stopped and leaves the list", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  click(part("cancel"));
  equal([made[0].cancelled, rows().length, title()], [true, 1, "Uploading 1 file"]);
});

test("an upload that waits is cancelled before it begins", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10], ["c.mp4", 10]);
  click(part("cancel", 2));
  await become({ state: "taken", url: "/a/" });
  equal(made.length, 2);
});

test("a cancelled upload says nothing when it ends", async () => {
  await load();
  await choose(["a.mp4", 10]);
  click(part("cancel"));
  made[0].sent();
  await settled();
  equal([rows().length, find("[data-dock]").hidden], [0, true]);
});

test("the cross removes what is over and cancels what is not", async () => {
  await load();
  await choose(["a.mp4", 10]);
  equal(part("cancel").getAttribute("aria-label"), "Cancel a.mp4");
  await become({ state: "taken", url: "/a/" });
  equal(part("cancel").getAttribute("aria-label"), "Remove a.mp4");
  click(part("cancel"));
  equal([made[0].cancelled, rows().length], [undefined, 0]);
});

test("closing the list keeps what is still on its way", async () => {
  await load();
  await choose(["a.mp4", 10], ["b.mp4", 10]);
  await become({ state: "taken", url: "/a/" });
  click(find("[data-dock-close]"));
  equal([states(), find("[data-dock]").hidden], [["sending"], false]);
  await become({ state: "taken", url: "/b/" }, 1);
  click(find("[data-dock-close]"));
  equal(find("[data-dock]").hidden, true);
});

test("the list folds and unfolds, and new files unfold it", async () => {
  await load();
  await choose(["a.mp4", 10]);
  const fold = find("[data-dock-fold]");
  click(fold);
  equal([find("[data-dock]").hasAttribute("data-folded"), fold.getAttribute("aria-expanded")], [true, "false"]);
  await choose(["b.mp4", 10]);
  equal(find("[data-dock]").hasAttribute("data-folded"), false);
});

function drag(name, transfer) {
  const event = new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: transfer });
  return !document.body.dispatchEvent(event);
}

test("files that are dragged in show where to drop them", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, false);
  equal(drag("dragover", files(["a.mp4", 1])), true);
});

test("going over things on the page does not make it flicker", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  drag("dragenter", files(["a.mp4", 1]));
  drag("dragleave", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, false);
  drag("dragleave", files(["a.mp4", 1]));
  equal(find("[data-drop]").hidden, true);
});

test("dropped files are sent", async () => {
  await load();
  drag("dragenter", files(["a.mp4", 1]));
  equal(drag("drop", files(["a.mp4", 10])), true);
  await settled();
  equal([find("[data-drop]").hidden, states()], [true, ["sending"]]);
});

test("dragged words are no files", async () => {
  await load();
  const transfer = new DataTransfer();
  transfer.setData("text/plain", "words");
  drag("dragenter", transfer);
  equal([find("[data-drop]").hidden, drag("dragover", transfer), drag("drop", transfer)], [true, false, false]);
});

const leaves = () => dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("leaving the page is asked about while something is on its way", async () => {
  await load();
  ok(leaves());
  await choose(["a.mp4", 10]);
  ok(!leaves());
  await become({ state: "taken", url: "/a/" });
  ok(leaves());
});

test("leaving is free while only the server is at work", async () => {
  await load();
  await choose(["a.mp4", 10]);
  rows()[0].dataset.state = "checking";
  ok(leaves());
});

test("leaving is asked about while a file could still be tried again from here", async () => {
  await load();
  await choose(["a.mp4", 10]);
  rows()[0].dataset.state = "failed";
  ok(!leaves());
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

const LEFT = "upload " + JSON.stringify(["", "/uploads/", "", "old.mp4", 10, 5]);

function remember(answer) {
  localStorage.setItem(LEFT, JSON.stringify({ address: "/uploads/1/", at: Date.now() }));
  globalThis.fetch = async () => new Response(JSON.stringify(answer), { status: answer.status ?? 200 });
}

test("what another tab began is listed, and goes on when its file is chosen again", async () => {
  remember({ state: "receiving", received: 4 });
  await load();
  while (!rows().length) await settled();
  equal([find("[data-dock]").hidden, states(), part("bar").value], [false, ["unfinished"], 0.4]);
  equal(words(), "4 bytes of 10 bytes uploaded. Choose the file again to continue.");
  ok(leaves()); // nothing of it is lost
  let opened = false;
  find("[data-upload-input]").click = () => (opened = true);
  click(part("again"));
  ok(opened);
  await choose(["old.mp4", 10]);
  equal([states(), made.length], [["sending"], 1]);
});

test("what another tab began can be dropped", async () => {
  remember({ state: "receiving", received: 4 });
  await load();
  while (!rows().length) await settled();
  const { Upload } = await import("/static/dam/js/uploads/tus.js");
  let cancelled = "";
  Upload.prototype.cancel = async function () {
    cancelled = this.address;
  };
  click(part("cancel"));
  equal([cancelled, rows().length, find("[data-dock]").hidden], ["/uploads/1/", 0, true]);
});

test("what is over meanwhile is forgotten", async () => {
  remember({ state: "taken" });
  await load();
  while (localStorage.getItem(LEFT) !== null) await settled();
  equal(rows().length, 0);
});

test("what the server no longer has is forgotten", async () => {
  remember({ status: 404 });
  await load();
  while (localStorage.getItem(LEFT) !== null) await settled();
  equal(rows().length, 0);
});

test("a folder is chosen without what systems leave in it", async () => {
  await load();
  const input = find("[data-folder-input]");
  Object.defineProperty(input, "files", { value: files([".DS_Store", 1], ["a.mp4", 1]).files });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
  equal(rows().map((row) => row.querySelector("[data-name]").textContent), ["a.mp4"]);
});

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
