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

const HERE = `
  <section data-verify-here data-reader="/rules" data-known="/known" hidden>
    <p data-here-busy></p><div data-here-problem><p data-here-words></p></div>
    <div data-here-result><div data-here-verdict></div><ol data-here-chain></ol>
      <details data-here-codes><ul></ul></details><details data-here-raw><pre></pre></details></div>
    <section data-here-look-up><button data-here-hash>Hash</button><p data-here-hashing><span data-here-figure></span></p>
      <div data-here-known></div><p data-here-sha256></p></section>
  </section>
  <template data-verdict="unreadable"><section><div><h2>Unreadable</h2><p></p></div></section></template>`;
const RULES = {
  kinds: { head: 16, brands: {}, first_boxes: [], riff: {}, starts: [], playlists: [], stills_brands: [], avif_brands: [], forms: {}, bitmap_sizes: [] },
  notes: { kind_unknown: "No kind that is known." },
  addresses: { hashing: "/static/dam/js/uploads/hashing.js" },
};

async function here({ rules = RULES, known = '<div class="notice">Released by Acme</div>' } = {}) {
  globalThis.XMLHttpRequest = Sending;
  html(`<main>${PAGE.replace('<button type="submit">', '<div data-verify-send></div><button type="submit">')}${HERE}</main>`);
  const asked = [];
  globalThis.fetch = async (address, { body } = {}) => {
    asked.push([address, body && [...body]]);
    if (address === "/known") return new Response(known);
    return rules ? Response.json(rules) : new Response("", { status: 500 });
  };
  await import("/static/dam/js/verify.js");
  return asked;
}

const until = async (ready) => {
  while (!ready()) await new Promise((resolve) => requestAnimationFrame(resolve));
};
const ready = () => !find("[data-here-look-up]").hidden && find("[data-here-busy]").hidden;

test("a file is checked here as soon as it is chosen, and nothing of it is sent", async () => {
  const asked = await here();
  choose(10);
  await until(ready);
  equal(find("[data-here-verdict]").textContent, "UnreadableNo kind that is known.");
  ok(find("[data-verify-send]").hidden && !find("[data-here-result]").hidden);
  equal(asked, [["/rules", undefined]]);
  equal(requests, []);
});

test("only its hash is sent when that is asked for", async () => {
  const asked = await here();
  choose(3);
  await until(ready);
  find("[data-here-hash]").click();
  await until(() => find("[data-here-known]").textContent);
  equal(find("[data-here-known]").textContent, "Released by Acme");
  const sha256 = "709e80c88487a2411e1ee4dfb9f22a861492d20c4765150c0c794abd70f8147c";
  equal(asked.at(-1), ["/known", [["sha256", sha256]]]);
  ok(find("[data-here-sha256]").textContent.includes(sha256));
  equal(requests, []);
});

test("an answer without words of ours says what to do", async () => {
  await here({ known: "<h1>Server error</h1>" });
  choose(3);
  await until(ready);
  find("[data-here-hash]").click();
  await until(() => find("[data-here-known]").textContent);
  ok(find("[data-here-known]").textContent.includes("Reload the page"));
});

test("a browser that can't check it says so, and offers to send it", async () => {
  await here({ rules: null });
  choose(3);
  await until(ready);
  ok(find("[data-here-words]").textContent.includes("Nothing was sent"));
  ok(find("[data-here-result]").hidden && !find("[data-here-problem]").hidden);
});

const PAIR = `<section data-pair hidden><input type="radio" name="pair-mode" value="wipe" checked>
    <div data-pair-shown hidden><div data-pair-stage></div></div><div data-pair-problem hidden><p data-pair-words></p></div>
    <template data-pair-player><reel-compare><div class="compare-stage"></div><div class="compare-bar"><label class="compare-wipe">
      <input type="range" data-wipe></label></div></reel-compare></template></section>
  <section data-pair-send hidden></section><div data-pair-answer tabindex="-1"></div>`;

async function two(bytes = 10) {
  globalThis.XMLHttpRequest = Sending;
  html(`${PAGE.replace('<button type="submit">', '<div data-verify-send></div><button type="submit">')}${PAIR}`);
  await import("/static/dam/js/verify.js");
  const files = new DataTransfer();
  find("input").multiple = true;
  for (const name of ["one.png", "two.png"]) files.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
  find("input").files = files.files;
  find("input").dispatchEvent(new Event("change", { bubbles: true }));
}

test("two files are shown at once, and nothing of them is sent before that is asked for", async () => {
  await two();
  ok(!find("[data-pair]").hidden && !find("[data-pair-send]").hidden && find("[data-verify-send]").hidden);
  equal([document.querySelectorAll("figure").length, requests], [2, []]);
});

test("what is found of two files comes below them", async () => {
  await two();
  find("form").requestSubmit();
  requests.at(-1).answer(200, '<main><div data-compared>The same pictures</div></main>', `${location.href}#compared`);
  equal([find("[data-pair-answer]").textContent, location.hash, busy()], ["The same pictures", "#compared", false]);
  ok(find("[data-pair-send]").hidden && document.querySelectorAll("figure").length === 2);
});

test("two files that are too large together are not sent", async () => {
  await two(600);
  find("form").requestSubmit();
  ok(said().includes("too large"));
  equal(requests, []);
});
