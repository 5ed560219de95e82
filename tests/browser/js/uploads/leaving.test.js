import { click, equal, find, ok, settled, test } from "/tests/harness.js";
import { become, choose, leaves, load, made, part, rows, states, words } from "/tests/uploads/dock.js";

const LEFT = "upload " + JSON.stringify(["", "/uploads/", "", "old.mp4", 10, 5]);

function remember(answer) {
  localStorage.setItem(LEFT, JSON.stringify({ address: "/uploads/1/", at: Date.now() }));
  globalThis.fetch = async () => new Response(JSON.stringify(answer), { status: answer.status ?? 200 });
}

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
