import { Lost, Refused, Upload } from "/static/dam/js/uploads/tus.js";
import { equal, ok, rejected, settled, stopTime, test } from "/tests/harness.js";

const PIECE = 4;

// A server of uploads as docs/uploads.md describes it: `calls` is what it was asked, `plan` what goes wrong next.
class Server {
  calls = [];
  plan = [];
  received = 0;
  outcomes = [{ state: "taken", url: "/clip/" }];

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
        server.calls.push(`PATCH ${this.headers["Upload-Offset"]}+${body.size}`);
        server.last = this;
        const wrong = server.plan.shift();
        if (wrong === "hang") return;
        await settled();
        if (wrong === "lost") return this.onerror();
        if (wrong) return this.answer(wrong);
        server.received = Number(this.headers["Upload-Offset"]) + body.size;
        this.upload.onprogress({ loaded: body.size });
        this.answer({ status: 204, headers: { "Upload-Offset": String(server.received) } });
      }
      answer({ status, headers, text = "" }) {
        Object.assign(this, { status, answered: headers, responseText: text });
        this.onload();
      }
      abort() {
        this.onabort();
      }
    };
  }

  async fetch(address, { method, headers }) {
    this.calls.push(method);
    this.address = address;
    this.headers = headers;
    const wrong = method === "PATCH" ? null : this.failing?.[method];
    if (wrong === "lost") throw new TypeError("Failed to fetch");
    if (wrong) return answer(wrong);
    if (method === "POST") {
      return answer({ status: 201, headers: { Location: "/upload/1", "X-Upload-Piece-Bytes": String(PIECE) } });
    }
    if (method === "HEAD") return answer({ status: 200, headers: { "Upload-Offset": String(this.received) } });
    if (method === "GET") return answer({ status: 200, text: JSON.stringify(this.outcomes.shift()) });
    return answer({ status: 204, text: null });
  }
}

function answer({ status, headers = {}, text = null, redirected = false }) {
  const response = new Response(status === 204 ? null : text, { status, headers });
  return redirected ? Object.defineProperty(response, "redirected", { value: true }) : response;
}

function upload(bytes = 10, name = "clip.mp4") {
  const progress = [];
  const made = new Upload(new File([new Uint8Array(bytes)], name), "/uploads/", (sent) => progress.push(sent));
  return Object.assign(made, { progress });
}

test("a file is announced and sent piece by piece", async () => {
  const server = new Server();
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+4", "PATCH 4+4", "PATCH 8+2"]);
});

test("the announcement has the length, the name and what the server wants to know", async () => {
  const server = new Server();
  await upload(10, "Grüße 🍋.mp4").send();
  const headers = server.headers;
  equal([headers["Upload-Length"], headers["Tus-Resumable"], headers["X-CSRFToken"]], ["10", "1.0.0", "token"]);
  const bytes = Uint8Array.from(atob(headers["Upload-Metadata"].split(" ")[1]), (letter) => letter.codePointAt(0));
  equal(new TextDecoder().decode(bytes), "Grüße 🍋.mp4");
});

test("each piece says where it begins and who sends it", async () => {
  const server = new Server();
  await upload(4).send();
  equal(server.last.address, "/upload/1");
  equal(server.last.headers, {
    "Content-Type": "application/offset+octet-stream",
    "Upload-Offset": "0",
    "Tus-Resumable": "1.0.0",
    "X-CSRFToken": "token",
  });
});

test("progress tells all that has been sent, not only of this piece", async () => {
  new Server();
  const sent = upload(10);
  await sent.send();
  equal(sent.progress, [4, 8, 10]);
});

test("an empty file is announced and has no pieces", async () => {
  const server = new Server();
  await upload(0).send();
  equal(server.calls, ["POST"]);
});

test("a server that names no size of pieces gets large ones", async () => {
  const server = new Server();
  server.failing = { POST: { status: 201, headers: { Location: "/upload/1" } } };
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+10"]);
});

test("a refused announcement has the server's words and code", async () => {
  const server = new Server();
  server.failing = { POST: { status: 413, text: '{"detail": "Too large.", "code": "too_large"}' } };
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
  for (const answer of [{ status: 200, redirected: true }, { status: 401 }]) {
    server.failing = { POST: answer };
    const error = await rejected(upload().send());
    ok(error instanceof Lost && error.message.includes("signed out") && error.message.includes("is kept"));
  }
});

test("a server that can't be reached at first is lost, not refused", async () => {
  const server = new Server();
  server.failing = { POST: "lost" };
  ok((await rejected(upload().send())) instanceof Lost);
});

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

test("a lost piece is sent again from where the server is", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [null, "lost"];
  await through(time, upload(10).send());
  equal(server.calls, ["POST", "PATCH 0+4", "PATCH 4+4", "HEAD", "PATCH 4+4", "PATCH 8+2"]);
});

test("what arrived of a lost piece is not sent twice", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  server.received = 3;
  await through(time, upload(10).send());
  equal(server.calls.slice(0, 4), ["POST", "PATCH 0+4", "HEAD", "PATCH 3+4"]);
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

test("a piece that arrives makes the patience new", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost", "lost", "lost", "lost", null, "lost", "lost", "lost", "lost"];
  await through(time, upload(10).send());
  equal(server.received, 10);
});

test("while the server is away the question where it is may fail too", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = ["lost"];
  server.failing = { HEAD: "lost" };
  await through(time, upload(4).send());
  equal(server.calls, ["POST", "PATCH 0+4", "HEAD", "PATCH 0+4"]);
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

test("a server that is elsewhere says where, and that is gone on from", async () => {
  const server = new Server();
  server.plan = [{ status: 409, headers: { "Upload-Offset": "6" } }];
  await upload(10).send();
  equal(server.calls, ["POST", "PATCH 0+4", "PATCH 6+4"]);
});

test("a conflict that says no place is a refusal", async () => {
  const server = new Server();
  server.plan = [{ status: 409, text: '{"detail": "Closed.", "code": "closed"}' }];
  equal((await rejected(upload().send())).code, "closed");
});

test("a server without room keeps what it has, and its words are the reason", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = Array(5).fill({ status: 507, text: '{"detail": "The disk is full.", "code": "disk_full"}' });
  const error = await rejected(through(time, upload(10).send()));
  ok(error instanceof Lost);
  equal(error.message, "The disk is full.");
});

test("a refused piece ends the upload at once", async () => {
  const server = new Server();
  server.plan = [{ status: 413, text: '{"detail": "Too large.", "code": "too_large"}' }];
  equal((await rejected(upload().send())).message, "Too large.");
  equal(server.calls.length, 2);
});

test("sending again after a loss goes on, and announces nothing twice", async () => {
  const server = new Server();
  const again = upload(10);
  again.address = "/upload/1";
  again.piece = PIECE;
  server.received = 8;
  await again.send();
  equal(server.calls, ["HEAD", "PATCH 8+2"]);
});

test("an upload that the server no longer has begins with adding the file again", async () => {
  const server = new Server();
  server.failing = { HEAD: { status: 404 } };
  const again = upload(10);
  again.address = "/upload/1";
  equal((await rejected(again.send())).code, "gone");
});

test("a refusal whose answer got lost is told with its reason when the file is tried again", async () => {
  const server = new Server();
  server.failing = { HEAD: { status: 410 } };
  server.outcomes = [{ state: "refused", reason: "This is no video.", code: "not_a_video" }];
  const again = upload(10);
  again.address = "/upload/1";
  const error = await rejected(again.send());
  equal([error.message, error.code], ["This is no video.", "not_a_video"]);
  server.outcomes = [{ state: "cancelled", reason: "", code: "" }];
  equal((await rejected(again.send())).code, "gone");
});

test("a piece sent while somebody signed in again is sent once more with the token of now", async () => {
  const server = new Server();
  const time = stopTime();
  server.plan = [{ status: 403, headers: { "X-CSRFToken": "new" } }];
  await through(time, upload(4).send());
  equal(server.calls, ["POST", "PATCH 0+4", "HEAD", "PATCH 0+4"]);
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

test("a server that is away when a file is tried again has not forgotten it", async () => {
  const server = new Server();
  const time = stopTime();
  const sent = upload(10);
  server.plan = Array(5).fill({ status: 503 });
  await rejected(through(time, sent.send()));
  server.failing = { HEAD: { status: 503 } };
  ok((await rejected(sent.send())) instanceof Lost);
});

test("a server that is away when a file is announced is lost, not refused", async () => {
  const server = new Server();
  server.failing = { POST: { status: 503 } };
  ok((await rejected(upload().send())) instanceof Lost);
});

test("cancelling stops the piece on its way and tells the server", async () => {
  const server = new Server();
  server.plan = ["hang"];
  const sent = upload(10);
  const sending = sent.send();
  while (!server.last) await settled();
  await sent.cancel();
  await sending;
  equal(server.calls, ["POST", "PATCH 0+4", "DELETE"]);
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
  equal(server.headers["Upload-Metadata"], `filename ${btoa("a.mp4")},asset ${btoa("the-clip")}`);
});
