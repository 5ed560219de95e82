import { Lost, Refused } from "/static/dam/js/uploads/refusals.js";
import { Upload } from "/static/dam/js/uploads/tus.js";
import { equal, ok, rejected, settled, stopTime, test } from "/tests/harness.js";
import { Server, problem, through, upload } from "/tests/uploads/server.js";

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

test("the announcement of a next version has its clip, and what the bytes come to where that is known", async () => {
  const server = new Server();
  const sent = upload(4);
  Object.assign(sent, { asset: "clip", sha256: "ab".repeat(32) });
  await sent.send();
  const told = server.announced["Upload-Metadata"].split(",").map((pair) => atob(pair.split(" ")[1]));
  equal(told, ["clip.mp4", "clip", "ab".repeat(32)]);
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
  const real = sent.sendPieces;
  sent.sendPieces = function () {
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

test("what is meant for a clip names it beside the file", async () => {
  const server = new Server();
  await new Upload(new File([new Uint8Array(4)], "a.mp4"), "/uploads/", () => {}, "the-clip").send();
  equal(server.announced["Upload-Metadata"], `filename ${btoa("a.mp4")},asset ${btoa("the-clip")}`);
});

test("too many uploads at once isn't the end of one: it can be tried again, and the server says when", async () => {
  const server = new Server();
  server.failing.POST = problem(429, "You have 200 uploads open. Finish or cancel some, then try again.", "too_many");
  const error = await rejected(upload(10).send());
  ok(error instanceof Lost);
  ok(error.message.endsWith("then try again."));
});
