import { equal, find, html, ok, test } from "/tests/harness.js";

const requests = [];

// What the page uses of XMLHttpRequest.
class Sending {
  upload = new EventTarget();
  heard = {};
  open(method, address) {
    Object.assign(this, { method, address });
  }
  addEventListener(name, act) {
    this.heard[name] = act;
  }
  send(body) {
    this.body = body;
    requests.push(this);
  }
  progress(loaded, total, lengthComputable = true) {
    this.upload.dispatchEvent(new ProgressEvent("progress", { loaded, total, lengthComputable }));
  }
  answer(status, responseText, responseURL = "") {
    Object.assign(this, { status, responseText, responseURL });
    this.heard.load();
  }
}

const PAGE = `
  <form data-verify data-most="1000" action="/verify/" method="post">
    <div data-verify-errors><p>An old error</p></div>
    <label class="verify-drop"><span class="strong">Drop a file</span><input type="file" name="file"></label>
    <button type="submit">Verify</button>
    <div data-verify-progress hidden><span data-verify-figure></span><progress max="100" value="0"></progress></div>
  </form>`;

function choose(bytes, name = "clip.mp4") {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name));
  find("input").files = files.files;
  find("input").dispatchEvent(new Event("change", { bubbles: true }));
}

async function load() {
  globalThis.XMLHttpRequest = Sending;
  html(PAGE);
  await import("/static/dam/js/verify.js");
}

async function sending(bytes = 10) {
  await load();
  choose(bytes);
  find("form").requestSubmit();
  return requests.at(-1);
}

const said = () => find("[data-verify-errors]").textContent;
const busy = () => !find("[data-verify-progress]").hidden && find("button").disabled;

test("a file and its .c2pa file are both named and sent", async () => {
  await load();
  const files = new DataTransfer();
  find("input").multiple = true;
  for (const name of ["film.webm", "film.c2pa"]) files.items.add(new File([new Uint8Array(5)], name));
  find("input").files = files.files;
  find("input").dispatchEvent(new Event("change", { bubbles: true }));
  equal(find(".strong").textContent, "film.webm + film.c2pa");
  find("form").requestSubmit();
  equal(requests.at(-1).body.getAll("file").length, 2);
});

test("a chosen file is named, and old errors go", async () => {
  await load();
  choose(10, "harbour.mp4");
  equal([find(".strong").textContent, said()], ["harbour.mp4", ""]);
});

test("a file is sent with the form", async () => {
  const request = await sending();
  equal([request.method, new URL(request.address).pathname], ["POST", "/verify/"]);
  equal(request.body.get("file").name, "clip.mp4");
  ok(busy());
});

test("a file that is too large for this page is not sent", async () => {
  equal(await sending(1001), undefined);
  ok(said().includes("too large for this page"));
  ok(!busy());
});

test("a file just small enough is sent", async () => {
  ok(await sending(1000));
});

test("without a file nothing is sent", async () => {
  await load();
  find("form").requestSubmit();
  equal(requests, []);
});

test("the page shows how much has been sent", async () => {
  const request = await sending();
  request.progress(333, 1000);
  equal([find("progress").value, find("[data-verify-figure]").textContent], [33, "33%"]);
});

test("a length that the browser does not know shows nothing", async () => {
  const request = await sending();
  request.progress(5, 0, false);
  equal(find("[data-verify-figure]").textContent, "");
});

test("an answer with a report leads to it", async () => {
  const request = await sending();
  request.answer(200, "", `${location.href}#report`);
  equal(location.hash, "#report");
});

test("an answer with errors shows them", async () => {
  const request = await sending();
  request.answer(422, '<div data-verify-errors><p class="notice">This is no media file.</p></div>');
  equal([said(), busy()], ["This is no media file.", false]);
});

test("an answer without reasons says what to do", async () => {
  const request = await sending();
  request.answer(500, "<h1>Server error</h1>");
  ok(said().includes("Reload the page"));
  ok(!busy());
});

test("a broken connection is said, and the form can be sent again", async () => {
  const request = await sending();
  request.heard.error();
  ok(said().includes("Connection lost"));
  ok(!busy());
});

test("the page of a report has no form, and that is fine", async () => {
  html("<h1>Report</h1>");
  await import("/static/dam/js/verify.js");
});
