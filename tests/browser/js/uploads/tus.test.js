import { Lost, Refused, Upload } from "/static/dam/js/uploads/tus.js";
import { equal, ok, rejected, settled, stopTime, test } from "/tests/harness.js";

// A server of uploads as docs/uploads.md describes it: `calls` is what it was asked, `plan` what goes wrong with the
// next pieces ("lost", "hang" or an answer), `failing` what it answers to other methods. tus-js-client asks it by
// XMLHttpRequest, the page by fetch.
class Server {
  calls = [];
  plan = [];
  failing = {};
  received = 0;
  size = 10;
  most = Number.POSITIVE_INFINITY; // bytes in one request
  outcomes = [];

  constructor() {
    document.body.setAttribute("hx-headers", '{"X-CSRFToken": "token"}');
    globalThis.fetch = (address, options) => this.fetch(address, options);
    const server = this;
    globalThis.XMLHttpRequest = class {
      upload = {};
      headers = {};
      open(method, address) {
        Object.assign(this, { method, address });
      }
      setRequestHeader(name, value) {
        this.headers[name] = value;
      }
      getResponseHeader(name) {
        return this.answered?.[name] ?? null;
      }
      async send(body) {
        const answered = await server.take(this, body);
        if (this.aborted || answered === "hang") return;
        if (answered === "lost") this.onerror(new Event("error"));
        else this.answer(answered);
      }
      answer({ status, headers = {}, text = "" }) {
        Object.assign(this, { status, answered: headers, responseText: text });
        this.onload();
      }
      abort() {
        this.aborted = true;
      }
    };
  }

  async take(request, body) {
    const { method, headers } = request;
    const offset = Number(headers["Upload-Offset"]);
    this.calls.push(method === "PATCH" ? `PATCH ${offset}+${body.size}` : method);
    this.last = request;
    if (method === "POST") this.announced = headers;
    await settled();
    const wrong = method === "PATCH" ? this.plan.shift() : this.failing[method];
    if (wrong) return wrong;
    if (method === "POST") {
      this.size = Number(headers["Upload-Length"]);
      this.received = 0;
      return { status: 201, headers: { Location: "/upload/1" } };
    }
    if (method === "PATCH") {
      if (body.size > this.most) return { status: 413, text: "<h1>nginx</h1>" };
      this.received = offset + body.size;
      request.upload.onprogress({ loaded: body.size, lengthComputable: true });
    }
    const stands = { "Upload-Offset": String(this.received), "Upload-Length": String(this.size) };
    return { status: method === "HEAD" ? 200 : 204, headers: stands };
  }

  async fetch(address, { method, headers }) {
    this.calls.push(method);
    this.address = address;
    this.headers = headers;
    const wrong = this.failing[method];
    if (wrong === "lost") throw new TypeError("Failed to fetch");
    if (wrong) return answer(wrong);
    if (method === "DELETE") return answer({ status: 204 });
    const stands = this.received < this.size ? { state: "receiving", size: this.size } : { state: "taken", url: "/clip/" };
    return answer({ status: 200, text: JSON.stringify(this.outcomes.shift() ?? stands) });
  }
}

function answer({ status, headers = {}, text = null, redirected = false }) {
  const response = new Response(status === 204 ? null : text, { status, headers });
  return redirected ? Object.defineProperty(response, "redirected", { value: true }) : response;
}

function upload(bytes = 10, name = "clip.mp4") {
  const progress = [];
  const file = new File([new Uint8Array(bytes)], name, { lastModified: 5 });
  const made = new Upload(file, "/uploads/", (sent) => progress.push(sent));
  return Object.assign(made, { progress });
}

// Everything that is due, with time passing as fast as it can.
async function through(time, promise) {
  let over = false;
  promise.then(
    () => (over = true),
    () => (over = true),
  );
  while (!over) {
    await settled();
    if (time.waiting.length) await time.pass(Math.min(...time.waiting));
  }
  return promise;
}

const problem = (status, detail, code) => ({ status, text: JSON.stringify({ detail, code }) });

test("a file is announced and sent in one request", async () => {
  const server = new Server();
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+10"]);
});

test("the announcement has the length, the name and what the server wants to know", async () => {
  const server = new Server();
  await upload(10, "Grüße 🍋.mp4").send();
  const headers = server.announced;
  equal([headers["Upload-Length"], headers["Tus-Resumable"], headers["X-CSRFToken"]], ["10", "1.0.0", "token"]);
  const bytes = Uint8Array.from(atob(headers["Upload-Metadata"].split(" ")[1]), (letter) => letter.codePointAt(0));
  equal(new TextDecoder().decode(bytes), "Grüße 🍋.mp4");
});

test("what is sent says where it begins and who sends it", async () => {
  const server = new Server();
  await upload(4).send();
  ok(server.last.address.endsWith("/upload/1"));
  equal(server.last.headers, {
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": "0",
    "Content-Type": "application/offset+octet-stream",
    "X-CSRFToken": "token",
  });
});

test("progress tells how much of the file has been sent", async () => {
  new Server();
  const sent = upload(10);
  await sent.send();
  equal([sent.progress[0], sent.progress.at(-1)], [0, 10]);
});

test("an empty file is announced and nothing is sent", async () => {
  const server = new Server();
  await upload(0).send();
  equal(server.calls, ["POST"]);
});

test("what takes no large request on the way gets pieces", async () => {
  const server = new Server();
  server.most = 9;
  const sent = upload(10);
  const real = sent.transfer;
  sent.transfer = function () {
    if (Number.isFinite(this.piece)) this.piece = 6;
    return real.call(this);
  };
  await sent.send();
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD", "PATCH 0+6", "PATCH 6+4"]);
});

test("a refused announcement has the server's words and code", async () => {
  const server = new Server();
  server.failing = { POST: problem(413, "Too large.", "too_large") };
  const error = await rejected(upload().send());
  ok(error instanceof Refused);
  equal([error.message, error.code], ["Too large.", "too_large"]);
});

test("a refusal that says nothing says what to do", async () => {
  const server = new Server();
  server.failing = { POST: { status: 500, text: "<h1>Oops</h1>" } };
  const error = await rejected(upload().send());
  equal([error.message, error.code], ["The upload failed (error 500). Reload the page and try again.", "unknown"]);
});

test("who has been signed out is told so, and the file can be tried again from here", async () => {
  const server = new Server();
  server.failing = { POST: { status: 401 } };
  const error = await rejected(upload().send());
  ok(error instanceof Lost && error.message.includes("signed out") && error.message.includes("is kept"));
});

test("who was signed out in the middle goes on from the same byte", async () => {
  const server = new Server();
  server.plan = [{ status: 401 }];
  server.failing = { HEAD: { status: 401 } };
  const sent = upload(10);
  ok((await rejected(sent.send())).message.includes("signed out"));
  server.received = 6;
  ok((await rejected(sent.send())).message.includes("signed out"));
  server.failing = {};
  await sent.send();
  equal(server.calls.slice(-2), ["HEAD", "PATCH 6+4"]);
  equal(server.calls.filter((call) => call === "POST").length, 1);
});

test("a server that can't be reached at first is waited for and then lost, not refused", async () => {
  for (const wrong of ["lost", { status: 503 }]) {
    const server = new Server();
    const time = stopTime();
    server.failing = { POST: wrong };
    ok((await rejected(through(time, upload().send()))) instanceof Lost);
    equal(server.calls.length, 5);
  }
});

test("what was lost is sent again from where the server is", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 3;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD", "PATCH 3+7"]);
});

test("a lost answer to the last piece is no loss", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 10;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD"]);
});

test("each wait is longer than the last, and after four the upload is lost", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(9).fill("lost");
  const waits = [];
  const sent = upload(10).send();
  sent.catch(() => {});
  for (let turn = 0; turn < 60; turn += 1) {
    await settled();
    if (!time.waiting.length) continue;
    waits.push(...time.waiting);
    await time.pass(time.waiting[0]);
  }
  ok((await rejected(sent)) instanceof Lost);
  equal(waits, [500, 1500, 4000, 10000]);
  equal(server.calls.filter((call) => call.startsWith("PATCH")).length, 5);
});

test("a server that is busy or away for a moment is waited for", async () => {
  for (const status of [423, 502, 503, 504]) {
    const server = new Server();
    const time = stopTime();
    server.plan = [{ status }];
    await through(time, upload(4).send());
    equal(server.received, 4);
  }
});

test("a server that is elsewhere is asked where, and that is gone on from", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [{ status: 409, headers: { "Upload-Offset": "6" } }];
  const sending = upload(10).send();
  while (server.calls.length < 2) await settled();
  server.received = 6;
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+10", "HEAD", "PATCH 6+4"]);
});

test("a conflict that says no place is a refusal", async () => {
  const server = new Server();
  server.plan = [problem(409, "Closed.", "closed")];
  equal((await rejected(upload().send())).code, "closed");
});

test("a server without room keeps what it has, and its words are the reason", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(5).fill(problem(507, "The disk is full.", "disk_full"));
  const error = await rejected(through(time, upload(10).send()));
  ok(error instanceof Lost);
  equal(error.message, "The disk is full.");
});

test("a refused piece ends the upload at once", async () => {
  const server = new Server();
  server.plan = [problem(415, "This is no video.", "not_a_video")];
  equal((await rejected(upload().send())).message, "This is no video.");
  equal(server.calls.length, 2);
});

test("a file that can't be read any more says so, and not that the connection broke", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(5).fill("lost");
  const sent = upload(10);
  sent.file.slice = () => new Blob([new Uint8Array(10)]);
  const failing = { size: 10, arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) };
  const sending = through(time, sent.send());
  while (server.calls.length < 2) await settled();
  sent.file.slice = () => failing;
  equal((await rejected(sending)).code, "unreadable");
});

test("sending again after a loss goes on, and announces nothing twice", async () => {
  const server = new Server();
  const again = upload(10);
  again.address = "/upload/1";
  server.received = 8;
  await again.send();
  equal(server.calls, ["GET", "HEAD", "PATCH 8+2"]);
});

test("the same file in another tab goes on where the first was closed", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(5).fill("lost");
  await rejected(through(time, upload(10).send()));
  server.received = 4;
  server.calls = [];
  await upload(10).send();
  equal(server.calls, ["GET", "HEAD", "PATCH 4+6"]);
  server.received = 0;
  server.calls = [];
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+10"]); // what has arrived whole is remembered no longer
});

test("a file that arrived whole before its tab was closed is not sent again", async () => {
  const server = new Server();
  const again = upload(10);
  again.address = "/upload/1";
  server.received = 10;
  await again.send();
  equal(server.calls, ["GET"]);
  equal((await again.outcome()).state, "taken");
});

test("an upload that the server no longer has, or that was cancelled or refused before, begins anew", async () => {
  for (const left of [{ status: 404, text: "{}" }, "cancelled", "refused"]) {
    const server = new Server();
    if (typeof left === "string") server.outcomes = [{ state: left, reason: "Not checked.", code: "not_checked" }];
    else server.failing = { GET: left };
    const again = upload(10);
    again.address = "/upload/1";
    await again.send();
    equal(server.calls, ["GET", "POST", "PATCH 0+10"]);
  }
});

test("a refusal whose answer got lost is told with its reason", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  server.failing = { HEAD: { status: 410 } };
  server.outcomes = [{ state: "refused", reason: "This is no video.", code: "not_a_video" }];
  const error = await rejected(through(time, upload(10).send()));
  equal([error.message, error.code], ["This is no video.", "not_a_video"]);
});

test("what is sent while somebody signed in again is sent once more with the token of now", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [{ status: 403, headers: { "X-CSRFToken": "new" } }];
  const sending = upload(4).send();
  while (server.calls.length < 2) await settled();
  document.cookie = "csrftoken=new";
  await through(time, sending);
  equal(server.calls, ["POST", "PATCH 0+4", "HEAD", "PATCH 0+4"]);
  equal(server.last.headers["X-CSRFToken"], "new");
});

test("a pause keeps what has arrived, and sending again goes on from there", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (server.calls.length < 2) await settled();
  sent.pause();
  await sending;
  server.received = 7;
  await sent.send();
  equal(server.calls, ["POST", "PATCH 0+10", "GET", "HEAD", "PATCH 7+3"]);
});

test("a file that another tab is sending is not sent twice", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const first = upload(10);
  const sending = first.send();
  while (server.calls.length < 2) await settled();
  const error = await rejected(upload(10).send());
  ok(error instanceof Lost && error.message.includes("another tab"));
  first.pause();
  await sending;
});

test("the outcome is asked for until the server has looked at the file", async () => {
  const server = new Server();
  const time = stopTime();
  server.outcomes = [{ state: "receiving" }, { state: "received" }, { state: "taken", url: "/clip/" }];
  const sent = upload(4);
  await sent.send();
  equal(await through(time, sent.outcome()), { state: "taken", url: "/clip/" });
  equal(server.calls.filter((call) => call === "GET").length, 3);
});

test("while a check waits it is told why", async () => {
  const server = new Server();
  const time = stopTime();
  server.outcomes = [{ state: "received", reason: "" }, { state: "received", reason: "Delayed." }, { state: "taken" }];
  const sent = upload(4);
  await sent.send();
  const said = [];
  await through(time, sent.outcome((why) => said.push(why)));
  equal(said, ["Delayed."]);
});

test("an outcome that can't be asked for is a refusal", async () => {
  const server = new Server();
  server.failing = { GET: { status: 404, text: '{"detail": "Gone.", "code": "gone"}' } };
  const sent = upload(4);
  await sent.send();
  equal((await rejected(sent.outcome())).message, "Gone.");
});

test("while the server is away the outcome is waited for", async () => {
  for (const wrong of ["lost", { status: 503 }]) {
    const server = new Server();
    const time = stopTime();
    const sent = upload(4);
    await sent.send();
    server.failing = { GET: wrong };
    const outcome = sent.outcome();
    for (let turn = 0; turn < 20; turn += 1) {
      await settled();
      if (time.waiting.length) await time.pass(time.waiting[0]);
    }
    server.failing = {};
    equal((await through(time, outcome)).state, "taken");
  }
});

test("cancelling stops the piece on its way and tells the server", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (server.calls.length < 2) await settled();
  await sent.cancel();
  await sending;
  equal(server.calls, ["POST", "PATCH 0+10", "DELETE"]);
  equal(sent.stopped, true);
});

test("cancelling before anything was sent asks nothing of the server", async () => {
  const server = new Server();
  await upload().cancel();
  equal(server.calls, []);
});

test("cancelling succeeds though the server can't be reached", async () => {
  const server = new Server();
  server.failing = { DELETE: "lost" };
  const sent = upload(4);
  await sent.send();
  await sent.cancel();
  equal(server.calls.at(-1), "DELETE");
});

test("what is meant for a clip names it beside the file", async () => {
  const server = new Server();
  await new Upload(new File([new Uint8Array(4)], "a.mp4"), "/uploads/", () => {}, "the-clip").send();
  equal(server.announced["Upload-Metadata"], `filename ${btoa("a.mp4")},asset ${btoa("the-clip")}`);
});
